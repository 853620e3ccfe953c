//===- BodyChecks.cpp - Indices and offsets that nobody checked -----------===//
//
// Good input pays half an instruction a lookup (the largest index of all rows in
// flight together is found, two at a time) and one branch for all of them. What
// was bad, and where, the block finds afterwards (TileFaults.cpp): a body only
// raises the block's flag.
//
//===----------------------------------------------------------------------===//

#include "recflex/Schedules/BodyBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace recflex {

Value BodyBuilder::unlikely(Value condition) {
  Value expected = arith::ConstantIntOp::create(*this, getI1Type(), 0);
  return LLVM::ExpectOp::create(*this, condition, expected);
}

void BodyBuilder::raiseFault() {
  // Atomic, for several threads may do it.
  LLVM::AtomicRMWOp::create(*this, LLVM::AtomicBinOp::_or, tile().raised,
                            i32(1), LLVM::AtomicOrdering::monotonic, "block");
}

void BodyBuilder::checkBag(BagRange &bag) {
  // Unsigned: what is negative is past every end.
  Value lookups = indexType().isInteger(64) ? tile().lookups
                                            : narrow(tile().lookups);
  Value good = both(atMost(bag.begin, bag.end), atMost(bag.end, lookups));
  Value isTrue = arith::ConstantIntOp::create(*this, getI1Type(), 1);
  Value bad = unlikely(arith::XOrIOp::create(*this, good, isTrue));
  guarded(bad, [&] { raiseFault(); });
  Value zero = index(0);
  bag.begin = select(bad, zero, bag.begin);
  bag.end = select(bad, zero, bag.end);
}

Value BodyBuilder::isOutside(Value index) {
  if (index.getType().isInteger(32) && !bodyShape.wideRows)
    return atMost(narrow(tile().rows), index);
  return atMost(tile().rows, widen(index));
}

Value BodyBuilder::someOutside(ArrayRef<Value> indices) {
  if (bodyShape.wideRows) {
    Value some = isOutside(indices.front());
    for (Value index : indices.drop_front())
      some = either(some, isOutside(index));
    return some;
  }
  // One instruction an index: the largest decides, and with 64 bits none may
  // have an upper half.
  Value largest, high;
  for (Value index : indices) {
    Value low = index;
    if (index.getType().isInteger(64)) {
      low = narrow(index);
      high = high ? either(high, index) : index;
    }
    largest = largest ? Value(arith::MaxUIOp::create(*this, largest, low)) : low;
  }
  Value some = isOutside(largest);
  if (!high)
    return some;
  Value limit = arith::ConstantIntOp::create(*this, getI64Type(), UINT32_MAX);
  return either(some, below(limit, high));
}

Value BodyBuilder::checkedAddress(Value index, Value address) {
  Value bad = unlikely(isOutside(index));
  guarded(bad, [&] { raiseFault(); });
  return select(bad, tile().zeros, address);
}

} // namespace recflex
