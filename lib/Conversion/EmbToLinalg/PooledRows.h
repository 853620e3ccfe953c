//===- PooledRows.h - Lookups as loops over tensors -------------*- C++ -*-===//

#ifndef RECFLEX_LIB_CONVERSION_EMBTOLINALG_POOLEDROWS_H
#define RECFLEX_LIB_CONVERSION_EMBTOLINALG_POOLEDROWS_H

#include "BagArrays.h"

#include "recflex/Dialect/Emb/IR/LookupShape.h"

namespace recflex {

/// The rows of `table`, pooled as `shape` says: tensor<?xWxf32>, a row a
/// sample. Samples are independent of each other (scf.forall), and so are the
/// columns of a row (linalg.generic); the lookups of a bag follow one another.
/// `weights` stand beside the bags' values, and are not read if the shape is
/// unweighted.
mlir::Value poolRows(mlir::ImplicitLocOpBuilder &b,
                     const emb::LookupShape &shape, mlir::Value table,
                     BagArrays bags, mlir::Value weights);

/// Pooled rows side by side, as a tensor of `type`. There is at least one of
/// them, and all have as many samples and static widths.
mlir::Value joinColumns(mlir::ImplicitLocOpBuilder &b, mlir::ValueRange pooled,
                        mlir::Type type);

} // namespace recflex

#endif // RECFLEX_LIB_CONVERSION_EMBTOLINALG_POOLEDROWS_H
