//===- FunctionLowering.h - One function to loops ---------------*- C++ -*-===//

#ifndef RECFLEX_LIB_CONVERSION_EMBTOLOOPS_FUNCTIONLOWERING_H
#define RECFLEX_LIB_CONVERSION_EMBTOLOOPS_FUNCTIONLOWERING_H

#include "PoolFunctions.h"

#include "recflex/Dialect/Emb/IR/Emb.h"

#include "llvm/ADT/MapVector.h"

namespace recflex {

/// Whether `op` belongs to the emb dialect.
bool isEmbOp(mlir::Operation *op);

/// Rewrites one function that uses emb into loops on memrefs.
class FunctionLowering {
public:
  explicit FunctionLowering(mlir::func::FuncOp function) : function(function) {}

  /// Whether the function has the form that lower() takes: one block; emb ops
  /// take the function's arguments or each other's results; pooled rows are
  /// joined or returned. Emits an error that names what has not.
  mlir::LogicalResult check();

  /// Rewrites the function, which has passed check(). `pools` belongs to its
  /// module.
  void lower(PoolFunctions &pools);

private:
  /// The arrays of a jagged input, memref<?xi> each.
  struct Jagged {
    mlir::Value values, offsets;
  };
  /// Where the bags of a lookup are.
  struct Bags {
    Jagged arrays;
    int64_t feature; ///< of those in `arrays`
  };
  /// A value to write into an output, and from which column on.
  struct Piece {
    mlir::Value value;
    int64_t column;
  };

  mlir::LogicalResult checkArgument(mlir::BlockArgument argument);
  mlir::LogicalResult checkOp(mlir::Operation *op);
  mlir::LogicalResult checkOperands(mlir::Operation *op,
                                    mlir::ValueRange operands,
                                    llvm::StringRef what);
  mlir::LogicalResult checkArrays(mlir::Operation *op);
  mlir::LogicalResult checkKjt(mlir::Operation *op, mlir::Value kjt);
  mlir::LogicalResult checkBags(mlir::Operation *op);
  mlir::LogicalResult checkPooled(mlir::Operation *op);
  mlir::LogicalResult checkReturn();

  void convertArguments();
  void fill(mlir::Value output, mlir::Value pooled, PoolFunctions &pools);
  Jagged findJagged(mlir::Value kjt);
  Bags findBags(emb::LookupOp lookup);
  Jagged toJagged(emb::BagsOp bags);
  void call(mlir::Location loc, PoolFunctions &pools,
            const emb::LookupShape &shape, Bags bags, mlir::Value weights,
            mlir::Value table, mlir::Value output, int64_t column);
  void freeOffsets();
  void eraseEmbOps();

  mlir::Block &entry() { return function.getBody().front(); }
  mlir::func::ReturnOp terminator() {
    return mlir::cast<mlir::func::ReturnOp>(entry().getTerminator());
  }

  mlir::func::FuncOp function;
  llvm::DenseMap<mlir::Value, Jagged> jagged;
  llvm::DenseMap<mlir::Value, mlir::Value> arrays;
  /// Offsets with the last one appended, by those without it and the values.
  llvm::MapVector<std::pair<mlir::Value, mlir::Value>, mlir::Value>
      completedOffsets;
  mlir::SmallVector<mlir::DictionaryAttr> argumentAttrs;
};

} // namespace recflex

#endif // RECFLEX_LIB_CONVERSION_EMBTOLOOPS_FUNCTIONLOWERING_H
