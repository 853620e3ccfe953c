//===- Kernels.h - Emitting the kernels -------------------------*- C++ -*-===//
//
// Signatures and meaning: recflex/Runtime/KernelABI.h.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_LIB_CONVERSION_EMBTOGPU_KERNELS_H
#define RECFLEX_LIB_CONVERSION_EMBTOGPU_KERNELS_H

#include "recflex/Conversion/EmbToGPU/KernelPlan.h"
#include "recflex/Runtime/KernelABI.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace recflex {

/// Creates an empty kernel of the ABI: `threads` threads a block.
mlir::gpu::GPUFuncOp createKernel(mlir::gpu::GPUModuleOp module,
                                  llvm::StringRef name,
                                  mlir::ArrayRef<mlir::Type> arguments,
                                  int64_t threads);

/// Lets the next kernel of the stream start, once all blocks have come here or
/// ended; before its own wait it must not touch what this one reads or writes.
void emitLaunchDependents(KernelBuilder &b);

/// Waits until the kernel ahead in the stream has ended, and sees all that it
/// wrote. Every block must come here, so that whoever waits for this kernel has
/// waited for the one ahead as well. Memory that the kernel ahead writes must
/// be read by KernelBuilder::load(): the compiler takes the instruction for one
/// that may write any memory, but moves invariant loads across it.
void emitGridWait(KernelBuilder &b);

/// `combine` of a scalar over the lanes of a warp, in every lane. Every lane
/// must come.
mlir::Value
reduceWarp(KernelBuilder &b, mlir::Value value,
           llvm::function_ref<mlir::Value(mlir::Value, mlir::Value)> combine);

/// The last of the first `count` entries of `array` that is at most `key`, by a
/// search that looks at 32 of them at once, one a lane. They don't decrease;
/// the first is at most `key`. `type` is theirs and the key's. Every lane of
/// the warp must come, with the same arguments.
mlir::Value findLast(KernelBuilder &b, mlir::Value array, mlir::Type type,
                     mlir::Value count, mlir::Value key, mlir::Value lane);

/// An array in shared memory, aligned to 16 bytes. Kernels that name the same
/// one have one each.
mlir::LLVM::GlobalOp createShared(mlir::gpu::GPUModuleOp module,
                                  llvm::StringRef name, mlir::Type element,
                                  int64_t count);

/// The fields of a Fault of BatchArguments.h: i32, and i64 the last two.
struct FaultFields {
  mlir::Value kind, feature, key, sample;
  mlir::Value position, value;
};
/// Counts a fault in the CheckState at `state`, and lists it behind that while
/// there is room for `capacity` (i32) of them.
void recordFault(KernelBuilder &b, mlir::Value state, mlir::Value capacity,
                 const FaultFields &fault);

/// recflex_scan_sums and recflex_scan_offsets.
void emitScanKernels(mlir::gpu::GPUModuleOp module, const KernelPlan &plan,
                     bool overlaps);
/// recflex_expand_offsets.
void emitExpandOffsets(mlir::gpu::GPUModuleOp module, const KernelPlan &plan,
                       bool overlaps);
/// recflex_copy_views.
void emitCopyViews(mlir::gpu::GPUModuleOp module, const KernelPlan &plan,
                   bool overlaps);

/// recflex_bind_keys and recflex_bind_order. If `overlaps`, the kernels order
/// themselves by the two above: abi::overlapsKernels().
void emitBindKernels(mlir::gpu::GPUModuleOp module, const KernelPlan &plan,
                     bool overlaps);

/// The function of one body: one tile of one feature. `shared` is the block's
/// shared memory, null if no body needs any. With `anyFormat` rows are written
/// as an argument says, else in abi::kUsualFormat.
mlir::func::FuncOp emitBodyFunction(mlir::gpu::GPUModuleOp module,
                                    const PlannedBody &body, size_t number,
                                    mlir::LLVM::GlobalOp shared,
                                    bool anyFormat);

/// The operands of a call of it.
llvm::SmallVector<mlir::Value> packTile(const TileArguments &tile);

/// recflex_forward, recflex_forward_checked and recflex_forward_any.
void emitForwardKernels(mlir::gpu::GPUModuleOp module, const KernelPlan &plan,
                        bool overlaps);

/// recflex_forward_profiled and, if it is wanted, recflex_forward.
void emitPaletteKernels(mlir::gpu::GPUModuleOp module, const KernelPlan &plan,
                        bool withForward, bool overlaps);

/// The address of entry `number`, an i32, of an array of `bytes` each.
mlir::Value entryAt(KernelBuilder &b, mlir::Value array, mlir::Value number,
                    int64_t bytes);
/// The i32 at byte `offset` of descriptor `number`.
mlir::Value loadField(KernelBuilder &b, mlir::Value descriptors,
                      mlir::Value number, size_t offset);
/// The address of its row 0.
mlir::Value loadTable(KernelBuilder &b, mlir::Value descriptors,
                      mlir::Value number);
/// Its number of rows, i64.
mlir::Value loadRows(KernelBuilder &b, mlir::Value descriptors,
                     mlir::Value number);

} // namespace recflex

#endif // RECFLEX_LIB_CONVERSION_EMBTOGPU_KERNELS_H
