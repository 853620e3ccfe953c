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

Value BodyBuilder::zeros(int64_t vector) {
  return arith::ConstantOp::create(
      *this, DenseElementsAttr::get(rowType(vector), 0.0f));
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
  Value row = loadElements(rowAddress(loadIndex(bag.begin), column), vector);
  if (lookup().weighted)
    row = arith::MulFOp::create(*this, weightAt(bag.begin, vector), row);
  else if (lookup().pooling == Pooling::max)
    row = combine(identity(vector), row); // as in pool(): NaNs do not count
  scf::YieldOp::create(*this, row);
  return load.getResult(0);
}

Value BodyBuilder::poolStep(Value accumulator, Value position, Value end,
                            Value column, int64_t vector, int64_t unroll,
                            int64_t stride) {
  // All index loads are issued before the first row load, and all row loads
  // before the first addition: `unroll` rows are in flight at once.
  SmallVector<Value> addresses, weights, rows;
  SmallVector<Value> present;
  for (int64_t u = 0; u < unroll; ++u) {
    Value at = u == 0 ? position : add(position, index(u * stride));
    Value inside = end ? less(at, end) : Value();
    // Past the end, read the first position again rather than branch: it is
    // valid, and in the cache.
    Value from = end ? arith::SelectOp::create(*this, inside, at, position)
                     : at;
    present.push_back(inside);
    addresses.push_back(rowAddress(loadIndex(from), column));
    if (!lookup().weighted)
      continue;
    Value weight = weightAt(from, vector);
    // A row that is left out is 0, and must stay so under an infinite weight.
    if (end)
      weight = select(inside, weight, zeros(vector));
    weights.push_back(weight);
  }
  for (int64_t u = 0; u < unroll; ++u) {
    if (!end) {
      rows.push_back(loadElements(addresses[u], vector));
      continue;
    }
    auto load = scf::IfOp::create(*this, TypeRange{rowType(vector)}, present[u],
                                  /*withElseRegion=*/true);
    OpBuilder::InsertionGuard guard(*this);
    setInsertionPointToStart(load.thenBlock());
    scf::YieldOp::create(*this, loadElements(addresses[u], vector));
    setInsertionPointToStart(load.elseBlock());
    scf::YieldOp::create(*this, identity(vector));
    rows.push_back(load.getResult(0));
  }
  Lookups lookups{rows, weights};
  for (int64_t u = 0; u < unroll; ++u)
    accumulator = poolLookup(accumulator, lookups, u);
  return accumulator;
}

Value BodyBuilder::poolLookup(Value accumulator, const Lookups &lookups,
                              int64_t u) {
  Value row = toF32(lookups.rows[u]);
  if (lookup().weighted)
    return LLVM::FMAOp::create(*this, lookups.weights[u], row, accumulator);
  return combine(accumulator, row);
}

BodyBuilder::Lookups BodyBuilder::loadLookups(Value position, Value column,
                                              int64_t vector, int64_t unroll) {
  SmallVector<Value> addresses;
  Lookups lookups;
  for (int64_t u = 0; u < unroll; ++u) {
    Value at = add(position, index(u));
    addresses.push_back(rowAddress(loadIndex(at), column));
    if (lookup().weighted)
      lookups.weights.push_back(weightAt(at, vector));
  }
  for (Value address : addresses)
    lookups.rows.push_back(loadStored(address, vector));
  return lookups;
}

Value BodyBuilder::pool(Value accumulator, Value begin, Value end, Value column,
                        int64_t vector, int64_t unroll, int64_t stride) {
  auto loop = [&](Value from, Value to, int64_t step,
                  function_ref<Value(Value, Value)> body, Value start) {
    auto op = scf::ForOp::create(*this, from, to, index(step),
                                 ValueRange{start});
    OpBuilder::InsertionGuard guard(*this);
    setInsertionPointToStart(op.getBody());
    Value next = body(op.getInductionVar(), op.getRegionIterArg(0));
    scf::YieldOp::create(*this, next);
    return op.getResult(0);
  };
  if (unroll == 1)
    return loop(
        begin, end, stride,
        [&](Value at, Value sum) {
          return poolStep(sum, at, Value(), column, vector, 1, stride);
        },
        accumulator);

  // Full steps while the last lookup of the step is inside, then one step for
  // what is left.
  int64_t reach = (unroll - 1) * stride;
  auto full = scf::WhileOp::create(
      *this, TypeRange{begin.getType(), accumulator.getType()},
      ValueRange{begin, accumulator},
      [&](OpBuilder &builder, Location loc, ValueRange state) {
        BodyBuilder inner(loc, builder, bodyShape, arguments);
        Value last = inner.add(state[0], inner.index(reach));
        scf::ConditionOp::create(inner, inner.less(last, end), state);
      },
      [&](OpBuilder &builder, Location loc, ValueRange state) {
        BodyBuilder inner(loc, builder, bodyShape, arguments);
        Value sum = inner.poolStep(state[1], state[0], Value(), column, vector,
                                   unroll, stride);
        scf::YieldOp::create(
            inner,
            ValueRange{inner.add(state[0], inner.index(unroll * stride)), sum});
      });
  Value position = full.getResult(0);
  auto rest = scf::IfOp::create(*this, TypeRange{accumulator.getType()},
                                less(position, end), /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(rest.thenBlock());
  scf::YieldOp::create(*this, poolStep(full.getResult(1), position, end, column,
                                       vector, unroll - 1, stride));
  setInsertionPointToStart(rest.elseBlock());
  scf::YieldOp::create(*this, full.getResult(1));
  return rest.getResult(0);
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
  case Pooling::max:
    return select(bag.empty, zeros(vector), accumulator);
  }
  llvm_unreachable("unknown pooling");
}

} // namespace recflex
