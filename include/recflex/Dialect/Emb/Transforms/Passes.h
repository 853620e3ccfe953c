//===- Passes.h - Passes on the emb dialect ---------------------*- C++ -*-===//

#ifndef RECFLEX_DIALECT_EMB_TRANSFORMS_PASSES_H
#define RECFLEX_DIALECT_EMB_TRANSFORMS_PASSES_H

#include "recflex/Dialect/Emb/IR/Emb.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace recflex::emb {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "recflex/Dialect/Emb/Transforms/Passes.h.inc"

/// Attaches statistics, one a feature of `kjt`, to the lookups of its
/// features: what -emb-import-stats does with measured ones.
void attachStats(mlir::Value kjt, llvm::ArrayRef<BagStats> stats);

} // namespace recflex::emb

#endif // RECFLEX_DIALECT_EMB_TRANSFORMS_PASSES_H
