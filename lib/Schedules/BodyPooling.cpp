//===- BodyPooling.cpp - Pooling the rows of a bag ------------------------===//

#include "recflex/Schedules/BodyBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include <limits>

using namespace mlir;

namespace recflex {

VectorType BodyBuilder::rowType(int64_t vector) {
  return VectorType::get(vector, getF32Type());
}

Value BodyBuilder::identity(int64_t vector) {
  float start = lookup().pooling == Pooling::max
                    ? -std::numeric_limits<float>::infinity()
                    : 0.0f;
  return arith::ConstantOp::create(
      *this, DenseElementsAttr::get(rowType(vector), start));
}

Value BodyBuilder::splat(Value scalar, int64_t vector) {
  return vector::BroadcastOp::create(*this, rowType(vector), scalar);
}

Value BodyBuilder::combine(Value a, Value b) {
  if (lookup().pooling == Pooling::max)
    // Not arith.maxnumf: -convert-gpu-to-nvvm makes a libdevice call of it.
    return LLVM::MaxNumOp::create(*this, a, b);
  return arith::AddFOp::create(*this, a, b);
}

Value BodyBuilder::loadFirstRow(const BagRange &bag, Value column,
                                int64_t vector) {
  auto load = scf::IfOp::create(*this, TypeRange{rowType(vector)}, bag.empty,
                                /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(load.thenBlock());
  scf::YieldOp::create(*this, identity(vector));
  setInsertionPointToStart(load.elseBlock());
  Value row = loadRow(bag.begin, column, vector);
  if (lookup().weighted)
    row = arith::MulFOp::create(*this, weightAt(bag.begin, vector), row);
  else if (lookup().pooling == Pooling::max)
    row = combine(identity(vector), row); // as in pool(): NaNs do not count
  scf::YieldOp::create(*this, row);
  return load.getResult(0);
}

Value BodyBuilder::loadRow(Value position, Value column, int64_t vector) {
  Value index = loadIndex(position);
  Value address = rowAddress(index, column);
  if (bodyShape.checked)
    address = checkedAddress(index, address);
  return loadElements(address, vector);
}

BodyBuilder::Step BodyBuilder::loadStep(Value position, Value end,
                                        int64_t vector, int64_t unroll,
                                        int64_t stride) {
  Step step;
  for (int64_t u = 0; u < unroll; ++u) {
    Value at = u == 0 ? position : add(position, index(u * stride));
    Value inside = end ? less(at, end) : Value();
    // Past the end, read the first position again rather than branch: it is
    // valid, and in the cache.
    Value from = end ? arith::SelectOp::create(*this, inside, at, position)
                     : at;
    step.present.push_back(inside);
    step.indices.push_back(loadIndex(from));
    if (!lookup().weighted)
      continue;
    Value weight = weightAt(from, vector);
    // A row that is left out is 0, and must stay so under an infinite weight.
    if (end)
      weight = select(inside, weight,
                      arith::ConstantOp::create(
                          *this, DenseElementsAttr::get(rowType(vector), 0.0f)));
    step.weights.push_back(weight);
  }
  return step;
}

Value BodyBuilder::poolStep(Value accumulator, const Step &step, Value column,
                            int64_t vector) {
  // All row loads are issued before the first addition.
  SmallVector<Value> addresses, rows;
  for (Value index : step.indices)
    addresses.push_back(rowAddress(index, column));
  for (auto [address, present] : llvm::zip_equal(addresses, step.present)) {
    if (!present) {
      rows.push_back(loadElements(address, vector));
      continue;
    }
    auto load = scf::IfOp::create(*this, TypeRange{rowType(vector)}, present,
                                  /*withElseRegion=*/true);
    OpBuilder::InsertionGuard guard(*this);
    setInsertionPointToStart(load.thenBlock());
    scf::YieldOp::create(*this, loadElements(address, vector));
    setInsertionPointToStart(load.elseBlock());
    scf::YieldOp::create(*this, identity(vector));
    rows.push_back(load.getResult(0));
  }
  for (auto [u, row] : llvm::enumerate(rows))
    accumulator = lookup().weighted
                      ? Value(LLVM::FMAOp::create(*this, step.weights[u], row,
                                                  accumulator))
                      : combine(accumulator, row);
  return accumulator;
}

Value BodyBuilder::poolSerially(Value accumulator, Value begin, Value end,
                                Value column, int64_t vector, int64_t stride) {
  auto loop = scf::ForOp::create(*this, begin, end, index(stride),
                                 ValueRange{accumulator});
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(loop.getBody());
  Value position = loop.getInductionVar(), sum = loop.getRegionIterArg(0);
  Value row = loadRow(position, column, vector);
  sum = lookup().weighted
            ? Value(LLVM::FMAOp::create(*this, weightAt(position, vector), row,
                                        sum))
            : combine(sum, row);
  scf::YieldOp::create(*this, sum);
  return loop.getResult(0);
}

Value BodyBuilder::pool(Value accumulator, Value begin, Value end, Value column,
                        int64_t vector, int64_t unroll, int64_t stride) {
  if (unroll == 1)
    return poolSerially(accumulator, begin, end, column, vector, stride);

  // Full steps while the last lookup of the step is inside, then one step for
  // what is left. A step with an index outside the table stops both.
  int64_t reach = (unroll - 1) * stride;
  Value good = arith::ConstantIntOp::create(*this, getI1Type(), 1);
  auto full = scf::WhileOp::create(
      *this, TypeRange{begin.getType(), accumulator.getType(), good.getType()},
      ValueRange{begin, accumulator, good},
      [&](OpBuilder &builder, Location loc, ValueRange state) {
        BodyBuilder inner(loc, builder, bodyShape, arguments);
        Value last = inner.add(state[0], inner.index(reach));
        scf::ConditionOp::create(
            inner, inner.both(inner.less(last, end), state[2]), state);
      },
      [&](OpBuilder &builder, Location loc, ValueRange state) {
        BodyBuilder inner(loc, builder, bodyShape, arguments);
        Step step =
            inner.loadStep(state[0], Value(), vector, unroll, stride);
        auto [sum, stepGood] =
            inner.poolGoodStep(state[1], step, column, vector);
        Value next = inner.add(state[0], inner.index(unroll * stride));
        scf::YieldOp::create(
            inner, ValueRange{inner.select(stepGood, next, state[0]), sum,
                              stepGood});
      });
  Value position = full.getResult(0), sum = full.getResult(1);
  auto rest = scf::IfOp::create(
      *this, TypeRange{sum.getType(), good.getType()},
      both(less(position, end), full.getResult(2)), /*withElseRegion=*/true);
  {
    OpBuilder::InsertionGuard guard(*this);
    setInsertionPointToStart(rest.thenBlock());
    Step step = loadStep(position, end, vector, unroll - 1, stride);
    auto [restSum, restGood] = poolGoodStep(sum, step, column, vector);
    scf::YieldOp::create(*this, ValueRange{restSum, restGood});
    setInsertionPointToStart(rest.elseBlock());
    scf::YieldOp::create(*this, ValueRange{sum, full.getResult(2)});
  }
  if (!bodyShape.checked)
    return rest.getResult(0);
  // From a bad step on, one lookup at a time.
  Value from = select(rest.getResult(1), end, position);
  return poolSerially(rest.getResult(0), from, end, column, vector, stride);
}

std::pair<Value, Value> BodyBuilder::poolGoodStep(Value accumulator,
                                                  const Step &step,
                                                  Value column,
                                                  int64_t vector) {
  Value good = arith::ConstantIntOp::create(*this, getI1Type(), 1);
  if (!bodyShape.checked)
    return {poolStep(accumulator, step, column, vector), good};
  auto choice = scf::IfOp::create(
      *this, TypeRange{accumulator.getType(), good.getType()},
      unlikely(someOutside(step.indices)), /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(choice.thenBlock());
  Value bad = arith::ConstantIntOp::create(*this, getI1Type(), 0);
  scf::YieldOp::create(*this, ValueRange{accumulator, bad});
  setInsertionPointToStart(choice.elseBlock());
  scf::YieldOp::create(
      *this, ValueRange{poolStep(accumulator, step, column, vector), good});
  return {choice.getResult(0), choice.getResult(1)};
}

Value BodyBuilder::finish(Value accumulator, const BagRange &bag) {
  int64_t vector = cast<VectorType>(accumulator.getType()).getNumElements();
  switch (lookup().pooling) {
  case Pooling::sum:
    return accumulator;
  case Pooling::mean: {
    Value length = arith::MaxSIOp::create(*this, sub(bag.end, bag.begin),
                                          index(1));
    Value count = arith::SIToFPOp::create(*this, getF32Type(), length);
    return arith::DivFOp::create(*this, accumulator, splat(count, vector));
  }
  case Pooling::max: {
    Value zero = arith::ConstantOp::create(
        *this, DenseElementsAttr::get(rowType(vector), 0.0f));
    return arith::SelectOp::create(*this, bag.empty, zero, accumulator);
  }
  }
  llvm_unreachable("unknown pooling");
}

} // namespace recflex
