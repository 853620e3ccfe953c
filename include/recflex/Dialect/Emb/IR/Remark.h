//===- Remark.h - What the passes' remarks have in common -------*- C++ -*-===//

#ifndef RECFLEX_DIALECT_EMB_IR_REMARK_H
#define RECFLEX_DIALECT_EMB_IR_REMARK_H

#include "mlir/IR/Operation.h"
#include "mlir/IR/Remarks.h"

namespace recflex::emb {

/// A remark `name` of `pass` about `op`: with the function that it stands in.
mlir::remark::RemarkOpts remarkOn(mlir::Operation *op, llvm::StringRef name,
                                  llvm::StringRef pass);

/// Adds the feature that `lookup` is of, as "Feature", if its location says so:
/// imported lookups have no line of a file that could.
void addFeature(mlir::remark::detail::InFlightRemark &remark,
                mlir::Operation *lookup);

} // namespace recflex::emb

#endif // RECFLEX_DIALECT_EMB_IR_REMARK_H
