//===- GpuTarget.h - #emb.target for MLIR's gpu dialect ---------*- C++ -*-===//

#ifndef RECFLEX_TARGET_GPUTARGET_H
#define RECFLEX_TARGET_GPUTARGET_H

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace recflex {

/// Lets -gpu-module-to-binary compile modules with an #emb.target: to PTX, as
/// translateToLLVM() and emitPTX() do.
void registerGpuTarget(mlir::DialectRegistry &registry);

} // namespace recflex

#endif // RECFLEX_TARGET_GPUTARGET_H
