//===- InputKernels.cpp - What the input kernels share --------------------===//

#include "InputKernels.h"

#include "recflex/Runtime/BatchArguments.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;

namespace recflex {

InputTypes::InputTypes(MLIRContext *context, const KernelPlan &plan)
    : i32(IntegerType::get(context, 32)), i64(IntegerType::get(context, 64)),
      pointer(LLVM::LLVMPointerType::get(context, 1)),
      index(IntegerType::get(context, 8 * byteSize(plan.indexType))),
      indexBytes(byteSize(plan.indexType)) {}

void emitInputKernel(gpu::GPUModuleOp module, StringRef name,
                     ArrayRef<Type> arguments,
                     function_ref<void(KernelBuilder &, ValueRange)> emit) {
  gpu::GPUFuncOp kernel =
      createKernel(module, name, arguments, abi::kInputThreads);
  Block *entry = &kernel.getBody().front();
  OpBuilder builder = OpBuilder::atBlockTerminator(entry);
  KernelBuilder b(kernel.getLoc(), builder);
  emit(b, entry->getArguments());
}

ChunkEntry chunkEntry(KernelBuilder &b, Value thread, Value item, Value count) {
  // The last chunk may reach past what 32 bits hold.
  Value first = b.mul(b.widen(b.blockId()), b.i64(abi::kInputChunk));
  Value inChunk = b.add(thread, b.mul(item, b.i32(abi::kInputThreads)));
  Value number = b.add(first, b.widen(inChunk));
  Value inside = b.less(number, count);
  return {b.select(inside, b.narrow(number), b.i32(0)), inside};
}

BagOfBatch splitBag(KernelBuilder &b, Value number, Value batch) {
  Value key = arith::DivUIOp::create(b, number, batch);
  return {key, b.sub(number, b.mul(key, batch))};
}

LoadedView loadView(KernelBuilder &b, Value views, Value key) {
  Value bytes = b.mul(b.widen(key), b.i64(sizeof(KeyView)));
  LoadedView view;
  view.address = b.gep(views, b.getI8Type(), bytes);
  auto number = [&](size_t offset) {
    Value at = b.gep(view.address, b.getI8Type(), b.i32(offset));
    return b.loadInvariant(b.getI64Type(), at, alignof(KeyView));
  };
  auto pointer = [&](size_t offset) -> Value {
    return LLVM::IntToPtrOp::create(b, views.getType(), number(offset));
  };
  view.values = pointer(offsetof(KeyView, values));
  view.offsets = pointer(offsetof(KeyView, offsets));
  view.weights = pointer(offsetof(KeyView, weights));
  view.lookups = number(offsetof(KeyView, lookups));
  view.samples = number(offsetof(KeyView, samples));
  return view;
}

Value reduceBlock(KernelBuilder &b, Value value, Value shared, Value thread,
                  function_ref<Value(Value, Value)> combine) {
  Type i64 = b.getI64Type();
  value = reduceWarp(b, value, combine);
  Value lane = b.modulo(thread, abi::kWarpSize);
  b.guarded(b.equal(lane, b.i32(0)), [&] {
    b.store(value, b.gep(shared, i64, b.divide(thread, abi::kWarpSize)), 8);
  });
  b.barrier();
  Value all = b.load(i64, shared, 8);
  for (uint32_t warp = 1; warp < abi::kInputThreads / abi::kWarpSize; ++warp)
    all = combine(all, b.load(i64, b.gep(shared, i64, b.i32(warp)), 8));
  return all;
}

Value FaultLog::isKept(KernelBuilder &b) const {
  Value none = arith::ConstantIntOp::create(b, b.getI1Type(), 0);
  return b.equal(b.isNull(state), none);
}

void FaultLog::record(KernelBuilder &b, Value kind, Value key, Value sample,
                      Value value) const {
  recordFault(b, state, capacity,
              {kind, /*feature=*/b.i32(-1), key, sample,
               /*position=*/b.i64(0), value});
}

} // namespace recflex
