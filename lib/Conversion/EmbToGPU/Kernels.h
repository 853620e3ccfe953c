//===- Kernels.h - Emitting the three kernels -------------------*- C++ -*-===//
//
// Signatures and meaning: recflex/Runtime/KernelABI.h.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_LIB_CONVERSION_EMBTOGPU_KERNELS_H
#define RECFLEX_LIB_CONVERSION_EMBTOGPU_KERNELS_H

#include "recflex/Conversion/EmbToGPU/KernelPlan.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"

namespace recflex {

/// Creates an empty kernel of the ABI: `threads` threads a block.
mlir::gpu::GPUFuncOp createKernel(mlir::gpu::GPUModuleOp module,
                                  llvm::StringRef name,
                                  mlir::ArrayRef<mlir::Type> arguments,
                                  int64_t threads);

/// recflex_bind_keys and recflex_bind_order.
void emitBindKernels(mlir::gpu::GPUModuleOp module, const KernelPlan &plan);

/// recflex_forward.
void emitForwardKernel(mlir::gpu::GPUModuleOp module, const KernelPlan &plan);

} // namespace recflex

#endif // RECFLEX_LIB_CONVERSION_EMBTOGPU_KERNELS_H
