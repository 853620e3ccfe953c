//===- BodyChecks.cpp - Indices and offsets that nobody checked -----------===//
//
// Good input pays one comparison a lookup and one branch for all rows that are
// in flight together. What was bad, and where, is found afterwards by
// recflex_report_faults: bodies only raise a flag.
//
//===----------------------------------------------------------------------===//

#include "recflex/Runtime/KernelABI.h"
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
  static_assert(offsetof(abi::CheckState, raised) == 0);
  store(i32(1), tile().checkState, 4);
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

void BodyBuilder::checkRows(ArrayRef<Value> indices,
                            MutableArrayRef<Value> addresses) {
  auto checked = scf::IfOp::create(
      *this, TypeRange(ValueRange(addresses)),
      unlikely(someOutside(indices)), /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(checked.thenBlock());
  raiseFault();
  Value zeros = gep(tile().checkState, getI8Type(),
                    i32(offsetof(abi::CheckState, zeros)));
  SmallVector<Value> repaired;
  for (auto [index, address] : llvm::zip_equal(indices, addresses))
    repaired.push_back(select(isOutside(index), zeros, address));
  scf::YieldOp::create(*this, repaired);
  setInsertionPointToStart(checked.elseBlock());
  scf::YieldOp::create(*this, ValueRange(addresses));
  llvm::copy(checked.getResults(), addresses.begin());
}

} // namespace recflex
