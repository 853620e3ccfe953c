//===- EmbeddingBagCall.h - One embedding_bag of PyTorch's ------*- C++ -*-===//

#ifndef RECFLEX_LIB_CONVERSION_RAISETORCH_EMBEDDINGBAGCALL_H
#define RECFLEX_LIB_CONVERSION_RAISETORCH_EMBEDDINGBAGCALL_H

#include "recflex/Dialect/Emb/IR/Emb.h"
#include "recflex/Support/Result.h"

#include <optional>

namespace recflex::torch {

/// A call of ATen's embedding_bag, or of one of its variants, that emb can say.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.embedding_bag.html
struct EmbeddingBagCall {
  mlir::Value weight;           ///< the table, [rows, width]
  mlir::Value indices;          ///< [lookups]
  mlir::Value offsets;          ///< [samples], or one more
  mlir::Value perSampleWeights; ///< [lookups], or null
  emb::PoolingKind pooling;
  bool includeLastOffset;
  std::optional<int64_t> paddingRow; ///< from 0 on

  /// Whether `op` calls one.
  static bool isOne(mlir::Operation *op);

  /// Reads such an op. The error says what emb cannot, and what to do about it.
  /// Types of the operands have a getTensorType().
  static Result<EmbeddingBagCall> read(mlir::Operation *op);
};

} // namespace recflex::torch

#endif // RECFLEX_LIB_CONVERSION_RAISETORCH_EMBEDDINGBAGCALL_H
