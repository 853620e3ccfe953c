//===- InputKernels.h - What the input kernels share ------------*- C++ -*-===//
//
// The kernels that bring other forms of input into the one that the binding and
// the forward kernels read. KernelABI.h has their meaning. They have
// abi::kInputThreads threads a block. Whatever the input says, they read no
// memory outside the arrays that they are given and write none outside theirs.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_LIB_CONVERSION_EMBTOGPU_INPUTKERNELS_H
#define RECFLEX_LIB_CONVERSION_EMBTOGPU_INPUTKERNELS_H

#include "Kernels.h"

#include "recflex/Runtime/KernelABI.h"

namespace recflex {

/// Types of a kernel's arguments.
struct InputTypes {
  InputTypes(mlir::MLIRContext *context, const KernelPlan &plan);

  mlir::Type i32, i64, pointer;
  mlir::Type index;    ///< of values and offsets
  unsigned indexBytes; ///< of one
};

/// Creates a kernel and calls `emit` to fill it.
void emitInputKernel(
    mlir::gpu::GPUModuleOp module, llvm::StringRef name,
    llvm::ArrayRef<mlir::Type> arguments,
    llvm::function_ref<void(KernelBuilder &, mlir::ValueRange)> emit);

/// One of the entries [0, count) of an array that a thread of the grid does.
struct ChunkEntry {
  mlir::Value number; ///< i32; 0 if it is not inside
  mlir::Value inside; ///< i1
};
/// The `item`-th entry (i32), of abi::kInputItems, of the calling thread:
/// neighbours do neighbours. `count` is i64.
ChunkEntry chunkEntry(KernelBuilder &b, mlir::Value thread, mlir::Value item,
                      mlir::Value count);

/// The bag (key, sample) of a number below J * B.
struct BagOfBatch {
  mlir::Value key, sample;
};
BagOfBatch splitBag(KernelBuilder &b, mlir::Value number, mlir::Value batch);

/// A KeyView, as it stands in memory.
struct LoadedView {
  mlir::Value address;                  ///< pointer to the view itself
  mlir::Value values, offsets, weights; ///< pointers
  mlir::Value lookups, samples;         ///< i64
};
LoadedView loadView(KernelBuilder &b, mlir::Value views, mlir::Value key);

/// `combine` of an i64 over all threads of the block, in every thread. `shared`
/// has abi::kInputThreads / 32 numbers that nothing else of the kernel uses.
mlir::Value
reduceBlock(KernelBuilder &b, mlir::Value value, mlir::Value shared,
            mlir::Value thread,
            llvm::function_ref<mlir::Value(mlir::Value, mlir::Value)> combine);

/// Where faults are counted: nowhere if `state` is null.
struct FaultLog {
  mlir::Value state, capacity;

  mlir::Value isKept(KernelBuilder &b) const;
  /// Counts a fault of a key. `kind`, `key` and `sample` are i32, `value` i64.
  void record(KernelBuilder &b, mlir::Value kind, mlir::Value key,
              mlir::Value sample, mlir::Value value) const;
};

} // namespace recflex

#endif // RECFLEX_LIB_CONVERSION_EMBTOGPU_INPUTKERNELS_H
