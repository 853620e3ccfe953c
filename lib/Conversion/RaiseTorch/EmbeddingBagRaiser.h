//===- EmbeddingBagRaiser.h - embedding_bag as emb.lookup -------*- C++ -*-===//

#ifndef RECFLEX_LIB_CONVERSION_RAISETORCH_EMBEDDINGBAGRAISER_H
#define RECFLEX_LIB_CONVERSION_RAISETORCH_EMBEDDINGBAGRAISER_H

#include "EmbeddingBagCall.h"

#include <tuple>

namespace recflex::torch {

/// Replaces PyTorch's ops by those of emb, and says so in remarks.
class EmbeddingBagRaiser {
public:
  /// Raises every call of an embedding_bag inside `root`, then every
  /// concatenation of their results along the columns. What cannot be taken
  /// stays as it is.
  void raiseAll(mlir::Operation *root);

  int64_t numRaised = 0, numLeft = 0; ///< calls of embedding_bag

private:
  void raise(mlir::Operation *op, const EmbeddingBagCall &call);
  void raiseConcat(mlir::Operation *op);

  /// `value` as a builtin tensor, once for all its uses.
  mlir::Value toTensor(mlir::Value value);
  /// The bags of a call, once for all calls of a block that take the same.
  mlir::Value makeBags(mlir::OpBuilder &builder, mlir::Location loc,
                       const EmbeddingBagCall &call);
  mlir::Value makeWeights(mlir::OpBuilder &builder, mlir::Location loc,
                          const EmbeddingBagCall &call);
  /// Puts `pooled`, tensor<?xWxf32>, in the place of the op's first result.
  void replace(mlir::Operation *op, mlir::Value pooled);
  void eraseWithArguments(mlir::Operation *op);

  /// A block, values, offsets, and 1 if these include the last one.
  using BagsKey = std::tuple<mlir::Block *, mlir::Value, mlir::Value, unsigned>;
  llvm::DenseMap<mlir::Value, mlir::Value> tensors;
  llvm::DenseMap<BagsKey, mlir::Value> bagsOf;
  /// Pooled rows by what has replaced the result of an op.
  llvm::DenseMap<mlir::Value, mlir::Value> pooledOf;
};

} // namespace recflex::torch

#endif // RECFLEX_LIB_CONVERSION_RAISETORCH_EMBEDDINGBAGRAISER_H
