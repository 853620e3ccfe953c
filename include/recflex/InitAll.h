//===- InitAll.h - Everything that a tool registers -------------*- C++ -*-===//

#ifndef RECFLEX_INITALL_H
#define RECFLEX_INITALL_H

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace recflex {

/// The emb dialect, its schedules' code generators, the dialects that lowering
/// makes, and their translations to LLVM IR.
void registerAllDialects(mlir::DialectRegistry &registry);

/// Every pass and pipeline of RecFlex.
void registerAllPasses();

} // namespace recflex

#endif // RECFLEX_INITALL_H
