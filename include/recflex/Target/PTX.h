//===- PTX.h - Kernels to LLVM IR and PTX -----------------------*- C++ -*-===//

#ifndef RECFLEX_TARGET_PTX_H
#define RECFLEX_TARGET_PTX_H

#include "mlir/Dialect/GPU/IR/GPUDialect.h"

#include <memory>
#include <string>

namespace llvm {
class LLVMContext;
class Module;
} // namespace llvm
namespace recflex {

struct PTXOptions {
  std::string chip = "sm_90"; ///< sm_80 and later
};

/// The LLVM IR of a gpu.module in the NVVM dialect, optimised for `chip`: what
/// the simulator runs, and what PTX is made of. Null after an error at the
/// module's location.
std::unique_ptr<llvm::Module> translateToLLVM(mlir::gpu::GPUModuleOp module,
                                              llvm::LLVMContext &context,
                                              const PTXOptions &options);

/// Assembly of the NVPTX backend for `module`.
mlir::FailureOr<std::string> emitPTX(const llvm::Module &module,
                                     const PTXOptions &options,
                                     mlir::Location loc);

} // namespace recflex

#endif // RECFLEX_TARGET_PTX_H
