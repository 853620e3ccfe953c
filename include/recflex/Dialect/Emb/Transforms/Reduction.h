//===- Reduction.h - Smaller functions that still fail ----------*- C++ -*-===//
//
// For mlir-reduce and its kin, recflex-reduce among them. Their own way, to
// leave out operations, ends where the results of lookups are joined: a
// concatenation of fewer columns has another type, and so has the function that
// returns it.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_DIALECT_EMB_TRANSFORMS_REDUCTION_H
#define RECFLEX_DIALECT_EMB_TRANSFORMS_REDUCTION_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/PatternMatch.h"

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace recflex::emb {

/// Says of a module, which is valid, whether it has what is looked for.
using IsInteresting = llvm::function_ref<bool(mlir::ModuleOp)>;

/// Leaves out of `function` what its module is interesting without: results,
/// inputs of concatenations, features of fused lookups, keys of jagged inputs,
/// arguments, attributes of emb. The function's type changes with them, so one
/// that others call stays as it is. Returns whether anything changed.
bool reduceLookups(mlir::func::FuncOp function, mlir::RewriterBase &rewriter,
                   IsInteresting isInteresting);

/// Gives the emb dialect that as its reduction pattern, for -reduction-tree.
void registerReductionPatterns(mlir::DialectRegistry &registry);

} // namespace recflex::emb

#endif // RECFLEX_DIALECT_EMB_TRANSFORMS_REDUCTION_H
