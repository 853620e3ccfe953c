//===- WarpSearch.cpp - Searching with a warp -----------------------------===//

#include "Kernels.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace recflex {

Value findLast(KernelBuilder &b, Value array, Type type, Value count, Value key,
               Value lane) {
  Type i32 = b.getI32Type();
  unsigned bytes = type.getIntOrFloatBitWidth() / 8;
  // The entry is one of the `span` from `low` on.
  auto loop = scf::WhileOp::create(
      b, TypeRange{i32, i32}, ValueRange{b.i32(0), count},
      [&](OpBuilder &builder, Location loc, ValueRange state) {
        KernelBuilder in(loc, builder);
        scf::ConditionOp::create(in, in.less(in.i32(1), state[1]), state);
      },
      [&](OpBuilder &builder, Location loc, ValueRange state) {
        KernelBuilder in(loc, builder);
        Value low = state[0], span = state[1];
        Value step = in.divide(in.add(span, in.i32(31)), 32);
        Value distance = in.mul(lane, step);
        Value inside = in.less(distance, span);
        Value at = in.add(low, in.select(inside, distance, in.i32(0)));
        Value entry = in.load(type, in.gep(array, type, at), bytes);
        Value passed = in.ballot(in.both(inside, in.lessOrEqual(entry, key)));
        Value steps = in.sub(LLVM::CtPopOp::create(in, i32, passed), in.i32(1));
        Value skipped = in.mul(steps, step);
        Value left = in.sub(span, skipped);
        scf::YieldOp::create(
            in, ValueRange{in.add(low, skipped),
                           in.select(in.less(step, left), step, left)});
      });
  return loop.getResult(0);
}

} // namespace recflex
