//===- KernelBuilder.h - Building device code -------------------*- C++ -*-===//
//
// The arithmetic, memory and warp operations that kernels and schedule bodies
// are written with. Integers are i32 unless said; pointers are to global or
// shared memory.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_SCHEDULES_KERNELBUILDER_H
#define RECFLEX_SCHEDULES_KERNELBUILDER_H

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace recflex {

class KernelBuilder : public mlir::ImplicitLocOpBuilder {
public:
  using ImplicitLocOpBuilder::ImplicitLocOpBuilder;

  //===--------------------------------------------------------------------===//
  // Integers
  //===--------------------------------------------------------------------===//

  mlir::Value i32(int64_t value);
  mlir::Value i64(int64_t value);
  mlir::Value boolean(bool value);
  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value sub(mlir::Value a, mlir::Value b);
  mlir::Value mul(mlir::Value a, mlir::Value b);
  /// Unsigned quotient and remainder by a constant, cheap for powers of two.
  mlir::Value divide(mlir::Value a, int64_t divisor);
  mlir::Value modulo(mlir::Value a, int64_t divisor);
  /// Signed comparisons.
  mlir::Value less(mlir::Value a, mlir::Value b);
  mlir::Value lessOrEqual(mlir::Value a, mlir::Value b);
  /// Unsigned a < b and a <= b.
  mlir::Value below(mlir::Value a, mlir::Value b);
  mlir::Value atMost(mlir::Value a, mlir::Value b);
  mlir::Value equal(mlir::Value a, mlir::Value b);
  mlir::Value both(mlir::Value a, mlir::Value b);
  mlir::Value either(mlir::Value a, mlir::Value b);
  mlir::Value minimum(mlir::Value a, mlir::Value b);
  mlir::Value maximum(mlir::Value a, mlir::Value b);
  mlir::Value select(mlir::Value condition, mlir::Value a, mlir::Value b);
  /// Sign-extends to 64 bits.
  mlir::Value widen(mlir::Value value);
  /// The low 32 bits.
  mlir::Value narrow(mlir::Value value);

  //===--------------------------------------------------------------------===//
  // Memory
  //===--------------------------------------------------------------------===//

  /// `offset` elements past `base`; widened to 64 bits first, so that no
  /// product can wrap.
  mlir::Value gep(mlir::Value base, mlir::Type element, mlir::Value offset);
  mlir::Value load(mlir::Type type, mlir::Value address, unsigned alignment);
  /// A load of memory that no thread of the kernel writes: it may take the
  /// read-only path.
  mlir::Value loadInvariant(mlir::Type type, mlir::Value address,
                            unsigned alignment);
  void store(mlir::Value value, mlir::Value address, unsigned alignment);
  mlir::Value isNull(mlir::Value pointer);
  /// Counts an i32 up, from `last` back to 0; its value before. Orders nothing.
  mlir::Value countUp(mlir::Value address, mlir::Value last);
  /// What the thread wrote before is seen by whoever sees what it writes after.
  void releaseFence();
  /// What was written before what the thread has seen is seen from here on.
  void acquireFence();

  //===--------------------------------------------------------------------===//
  // Control and cooperation
  //===--------------------------------------------------------------------===//

  /// Emits `then` under `condition`; no results.
  void guarded(mlir::Value condition, llvm::function_ref<void()> then);
  /// Emits both under `condition` and its opposite.
  void choose(mlir::Value condition, llvm::function_ref<void()> then,
              llvm::function_ref<void()> otherwise);
  /// The same with a value of `type` as the result.
  mlir::Value choose(mlir::Type type, mlir::Value condition,
                     llvm::function_ref<mlir::Value()> then,
                     llvm::function_ref<mlir::Value()> otherwise);
  /// The same with several results.
  llvm::SmallVector<mlir::Value>
  chooseAll(mlir::Value condition,
            llvm::function_ref<llvm::SmallVector<mlir::Value>()> then,
            llvm::function_ref<llvm::SmallVector<mlir::Value>()> otherwise);
  /// Emits a loop from `start` on: while `condition` holds of the state, `next`
  /// gives the one that follows. Returns the last.
  llvm::SmallVector<mlir::Value>
  loopWhile(llvm::ArrayRef<mlir::Value> start,
            llvm::function_ref<mlir::Value(mlir::ValueRange)> condition,
            llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::ValueRange)>
                next);
  /// Emits `body` in a loop over 0, ..., count - 1.
  void repeat(int64_t count, llvm::function_ref<void(mlir::Value)> body);
  /// A scalar of the lane `mask` bits away; every lane of the warp must come.
  mlir::Value shuffleXor(mlir::Value scalar, int64_t mask);
  /// A scalar of the lane `distance` below; undefined in the lowest lanes,
  /// which have none. Every lane of the warp must come.
  mlir::Value shuffleUp(mlir::Value scalar, int64_t distance);
  /// A scalar of lane `lane`; every lane of the warp must come.
  mlir::Value shuffleFrom(mlir::Value scalar, mlir::Value lane);
  /// One bit a lane; every lane of the warp must come here.
  mlir::Value ballot(mlir::Value predicate);
  void barrier();
  /// A barrier that tells every thread of the block whether `condition` holds
  /// for any.
  mlir::Value anyThread(mlir::Value condition);
  /// Thread in the block, block in the grid, blocks of the grid.
  mlir::Value threadId();
  mlir::Value blockId();
  mlir::Value blockCount();
};

} // namespace recflex

#endif // RECFLEX_SCHEDULES_KERNELBUILDER_H
