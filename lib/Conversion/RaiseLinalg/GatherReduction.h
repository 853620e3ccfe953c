//===- GatherReduction.h - A lookup as one linalg.generic -------*- C++ -*-===//

#ifndef RECFLEX_LIB_CONVERSION_RAISELINALG_GATHERREDUCTION_H
#define RECFLEX_LIB_CONVERSION_RAISELINALG_GATHERREDUCTION_H

#include "recflex/Dialect/Emb/IR/Emb.h"
#include "recflex/Support/Result.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace recflex {

/// A linalg.generic over samples, lookups and columns that reads a row of a
/// table for each index and reduces over the lookups: bags that are all of one
/// length.
struct GatherReduction {
  mlir::Value table;   ///< [rows, width]
  mlir::Value indices; ///< [samples, lookups]
  mlir::Value weights; ///< [samples, lookups], or null
  emb::PoolingKind pooling;

  /// Whether `op` reduces what it reads of a table by computed indices: it may
  /// be one.
  static bool isCandidate(mlir::linalg::GenericOp op);

  /// Reads a candidate. The error says what a lookup has otherwise.
  static Result<GatherReduction> read(mlir::linalg::GenericOp op);
};

} // namespace recflex

#endif // RECFLEX_LIB_CONVERSION_RAISELINALG_GATHERREDUCTION_H
