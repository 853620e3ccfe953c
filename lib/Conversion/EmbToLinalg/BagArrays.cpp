//===- BagArrays.cpp - Bags as two tensors --------------------------------===//

#include "BagArrays.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace recflex {

static Value constant(ImplicitLocOpBuilder &b, int64_t value) {
  return arith::ConstantIndexOp::create(b, value);
}

/// `array` as one that says nothing of its length.
static Value castToDynamic(ImplicitLocOpBuilder &b, Value array) {
  auto type = cast<RankedTensorType>(array.getType());
  if (type.isDynamicDim(0))
    return array;
  return tensor::CastOp::create(
      b, RankedTensorType::get({ShapedType::kDynamic}, type.getElementType()),
      array);
}

Value extractIndex(ImplicitLocOpBuilder &b, Value array, Value position) {
  Value element = tensor::ExtractOp::create(b, array, position);
  return arith::IndexCastOp::create(b, b.getIndexType(), element);
}

Value countSamples(ImplicitLocOpBuilder &b, BagArrays bags) {
  Value length = tensor::DimOp::create(b, bags.offsets, 0);
  return arith::SubIOp::create(b, length, constant(b, 1));
}

BagArrays sliceFeature(ImplicitLocOpBuilder &b, BagArrays kjt, int64_t features,
                       int64_t index) {
  Value batch =
      arith::DivUIOp::create(b, countSamples(b, kjt), constant(b, features));
  Value first = arith::MulIOp::create(b, batch, constant(b, index));
  Value length = arith::AddIOp::create(b, batch, constant(b, 1));
  OpFoldResult one = b.getIndexAttr(1);
  Value offsets = tensor::ExtractSliceOp::create(
      b, kjt.offsets, OpFoldResult(first), OpFoldResult(length), one);
  return {kjt.values, offsets};
}

BagArrays makeKjt(ImplicitLocOpBuilder &b, Value values, Value offsets) {
  return {castToDynamic(b, values), castToDynamic(b, offsets)};
}

BagArrays makeBags(ImplicitLocOpBuilder &b, Value values, Value offsets,
                   bool includeLastOffset) {
  BagArrays given = makeKjt(b, values, offsets);
  if (includeLastOffset)
    return given;

  offsets = given.offsets;
  Type element = cast<RankedTensorType>(offsets.getType()).getElementType();
  Value batch = tensor::DimOp::create(b, offsets, 0);
  Value length = arith::AddIOp::create(b, batch, constant(b, 1));
  Value room = tensor::EmptyOp::create(
      b, ArrayRef<OpFoldResult>{OpFoldResult(length)}, element);
  OpFoldResult zero = b.getIndexAttr(0), one = b.getIndexAttr(1);
  Value begins = tensor::InsertSliceOp::create(b, offsets, room, zero,
                                               OpFoldResult(batch), one);
  Value last = arith::IndexCastOp::create(
      b, element, tensor::DimOp::create(b, given.values, 0));
  return {given.values, tensor::InsertOp::create(b, last, begins, batch)};
}

namespace {
/// Moves the lookups to keep to the front of new arrays, one bag after another.
///
/// Every lookup is stored behind those kept so far, and counts only if it is
/// kept; so there is no branch. It never runs past the lookup that it reads.
class RowDropper {
public:
  RowDropper(ImplicitLocOpBuilder &b, BagArrays bags, Value weights)
      : b(b), bags(bags), weights(weights) {
    zero = constant(b, 0);
    one = constant(b, 1);
  }

  KeptBags drop(int64_t row) {
    Type element =
        cast<RankedTensorType>(bags.values.getType()).getElementType();
    dropped = arith::ConstantOp::create(b, b.getIntegerAttr(element, row));
    Value batch = countSamples(b, bags);
    SmallVector<Value> state{zero, makeLike(bags.values)};
    if (weights)
      state.push_back(makeLike(weights));
    state.push_back(makeLike(bags.offsets));
    SmallVector<Value> result =
        loop(zero, batch, state, [&](Value sample, ValueRange arrays) {
          return dropOfBag(sample, arrays);
        });
    Value offsets = storeOffset(result.pop_back_val(), batch, result.front());
    return {{result[1], offsets}, weights ? result[2] : Value()};
  }

private:
  /// `arrays`: the count, values, weights if there are any, and offsets.
  SmallVector<Value> dropOfBag(Value sample, ValueRange arrays) {
    Value offsets = storeOffset(arrays.back(), sample, arrays.front());
    Value begin = extractIndex(b, bags.offsets, sample);
    Value end =
        extractIndex(b, bags.offsets, arith::AddIOp::create(b, sample, one));
    SmallVector<Value> result = loop(begin, end, arrays.drop_back(),
                                     [&](Value lookup, ValueRange kept) {
                                       return dropOneLookup(lookup, kept);
                                     });
    result.push_back(offsets);
    return result;
  }

  SmallVector<Value> dropOneLookup(Value lookup, ValueRange kept) {
    Value count = kept[0];
    Value value = tensor::ExtractOp::create(b, bags.values, lookup);
    SmallVector<Value> result{
        Value(), tensor::InsertOp::create(b, value, kept[1], count)};
    if (weights) {
      Value weight = tensor::ExtractOp::create(b, weights, lookup);
      result.push_back(tensor::InsertOp::create(b, weight, kept[2], count));
    }
    Value keeps =
        arith::CmpIOp::create(b, arith::CmpIPredicate::ne, value, dropped);
    Value step = arith::SelectOp::create(b, keeps, one, zero);
    result[0] = arith::AddIOp::create(b, count, step);
    return result;
  }

  Value storeOffset(Value offsets, Value sample, Value count) {
    Type element = cast<RankedTensorType>(offsets.getType()).getElementType();
    Value offset = arith::IndexCastOp::create(b, element, count);
    return tensor::InsertOp::create(b, offset, offsets, sample);
  }

  /// An array of the length and type of `array`.
  Value makeLike(Value array) {
    auto type = cast<RankedTensorType>(array.getType());
    OpFoldResult length = OpFoldResult(tensor::DimOp::create(b, array, 0));
    return tensor::EmptyOp::create(b, ArrayRef<OpFoldResult>{length},
                                   type.getElementType());
  }

  SmallVector<Value>
  loop(Value begin, Value end, ValueRange state,
       function_ref<SmallVector<Value>(Value, ValueRange)> body) {
    auto loop = scf::ForOp::create(b, begin, end, one, state);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    SmallVector<Value> next =
        body(loop.getInductionVar(), loop.getRegionIterArgs());
    scf::YieldOp::create(b, next);
    return SmallVector<Value>(loop.getResults());
  }

  ImplicitLocOpBuilder &b;
  BagArrays bags;
  Value weights;
  Value zero, one, dropped;
};
} // namespace

KeptBags dropRow(ImplicitLocOpBuilder &b, BagArrays bags, int64_t row,
                 Value weights) {
  if (weights)
    weights = castToDynamic(b, weights);
  return RowDropper(b, bags, weights).drop(row);
}

} // namespace recflex
