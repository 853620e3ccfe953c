//===- PooledRows.cpp - Lookups as loops over tensors ---------------------===//

#include "PooledRows.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

#include <limits>

using namespace mlir;

namespace recflex {

static Value constant(ImplicitLocOpBuilder &b, float value) {
  return arith::ConstantOp::create(b, b.getF32FloatAttr(value));
}

namespace {
/// Where one sample's row stands in a tensor of pooled rows.
struct RowPlace {
  RowPlace(OpBuilder &b, Value row, int64_t width)
      : offsets{OpFoldResult(row), b.getIndexAttr(0)}, sizes{b.getIndexAttr(1),
                                                             b.getIndexAttr(
                                                                 width)},
        strides{b.getIndexAttr(1), b.getIndexAttr(1)} {}

  SmallVector<OpFoldResult> offsets, sizes, strides;
};

/// Writes the loops of one lookup at a builder's insertion point.
class RowPooler {
public:
  RowPooler(ImplicitLocOpBuilder &b, const emb::LookupShape &shape, Value table,
            BagArrays bags, Value weights)
      : b(b), shape(shape), table(table), bags(bags), weights(weights) {}

  Value pool() {
    one = arith::ConstantIndexOp::create(b, 1);
    Value batch = countSamples(b, bags);
    Value out = tensor::EmptyOp::create(
        b,
        ArrayRef<OpFoldResult>{OpFoldResult(batch),
                               b.getIndexAttr(shape.width)},
        b.getF32Type());
    auto samples = scf::ForallOp::create(
        b, ArrayRef<OpFoldResult>{OpFoldResult(batch)}, ValueRange{out},
        /*mapping=*/std::nullopt);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(samples.getBody());
    Value sample = samples.getInductionVars().front();
    Value rows = samples.getRegionIterArgs().front();

    // The row is pooled where it will stand, so that no other is allocated.
    RowPlace place(b, sample, shape.width);
    Value row = tensor::ExtractSliceOp::create(b, rowType(b.getF32Type()), rows,
                                               place.offsets, place.sizes,
                                               place.strides);
    Value pooled = poolBag(sample, row);
    b.setInsertionPointToStart(samples.getTerminator().getBody());
    tensor::ParallelInsertSliceOp::create(b, pooled, rows, place.offsets,
                                          place.sizes, place.strides);
    return samples.getResult(0);
  }

private:
  Value poolBag(Value sample, Value row) {
    Value begin = extractIndex(b, bags.offsets, sample);
    Value end =
        extractIndex(b, bags.offsets, arith::AddIOp::create(b, sample, one));
    Value first = linalg::FillOp::create(b, ValueRange{start(begin, end)},
                                         ValueRange{row})
                      .getResult(0);
    auto lookups = scf::ForOp::create(b, begin, end, one, ValueRange{first});
    {
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(lookups.getBody());
      Value next = addRow(lookups.getInductionVar(),
                          lookups.getRegionIterArgs().front());
      scf::YieldOp::create(b, next);
    }
    if (shape.pooling != Pooling::mean)
      return lookups.getResult(0);
    Value divisor = lengthOf(begin, end);
    return updateColumns({}, lookups.getResult(0),
                         [&](OpBuilder &b, Location loc, ValueRange columns) {
                           return arith::DivFOp::create(b, loc, columns[0],
                                                        divisor);
                         });
  }

  /// What pooling starts from: -inf of a maximum, unless the bag is empty.
  Value start(Value begin, Value end) {
    Value zero = constant(b, 0.0f);
    if (shape.pooling != Pooling::max)
      return zero;
    Value hasRows =
        arith::CmpIOp::create(b, arith::CmpIPredicate::slt, begin, end);
    return arith::SelectOp::create(
        b, hasRows, constant(b, -std::numeric_limits<float>::infinity()), zero);
  }

  /// What a mean divides by; an empty bag's zeros by 1.
  Value lengthOf(Value begin, Value end) {
    Value length =
        arith::MaxSIOp::create(b, arith::SubIOp::create(b, end, begin), one);
    return arith::SIToFPOp::create(
        b, b.getF32Type(),
        arith::IndexCastOp::create(b, b.getI64Type(), length));
  }

  /// `pooled` and the row of the table that `lookup` names.
  Value addRow(Value lookup, Value pooled) {
    Value number = extractIndex(b, bags.values, lookup);
    Value weight;
    if (shape.weighted)
      weight = tensor::ExtractOp::create(b, weights, lookup);
    RowPlace place(b, number, shape.width);
    Type element = cast<RankedTensorType>(table.getType()).getElementType();
    Value row = tensor::ExtractSliceOp::create(
        b, rowType(element), table, place.offsets, place.sizes, place.strides);
    return updateColumns(row, pooled,
                         [&](OpBuilder &b, Location loc, ValueRange columns) {
                           return add(b, loc, columns[1], columns[0], weight);
                         });
  }

  Value add(OpBuilder &b, Location loc, Value pooled, Value element,
            Value weight) {
    if (shape.rowType != RowType::f32)
      element = arith::ExtFOp::create(b, loc, b.getF32Type(), element);
    if (shape.pooling == Pooling::max)
      return arith::MaxNumFOp::create(b, loc, pooled, element);
    if (weight)
      element = arith::MulFOp::create(b, loc, element, weight);
    return arith::AddFOp::create(b, loc, pooled, element);
  }

  /// Replaces each column of `pooled` by `update` of those of `inputs` and of
  /// its own.
  Value
  updateColumns(ValueRange inputs, Value pooled,
                function_ref<Value(OpBuilder &, Location, ValueRange)> update) {
    SmallVector<AffineMap> maps(inputs.size() + 1, b.getMultiDimIdentityMap(1));
    auto generic = linalg::GenericOp::create(
        b, pooled.getType(), inputs, pooled, maps,
        ArrayRef<utils::IteratorType>{utils::IteratorType::parallel},
        [&](OpBuilder &nested, Location loc, ValueRange columns) {
          Value updated = update(nested, loc, columns);
          linalg::YieldOp::create(nested, loc, updated);
        });
    return generic.getResult(0);
  }

  RankedTensorType rowType(Type element) {
    return RankedTensorType::get({shape.width}, element);
  }

  ImplicitLocOpBuilder &b;
  const emb::LookupShape &shape;
  Value table;
  BagArrays bags;
  Value weights;
  Value one;
};
} // namespace

Value poolRows(ImplicitLocOpBuilder &b, const emb::LookupShape &shape,
               Value table, BagArrays bags, Value weights) {
  return RowPooler(b, shape, table, bags, weights).pool();
}

Value joinColumns(ImplicitLocOpBuilder &b, ValueRange pooled, Type type) {
  auto joined = cast<RankedTensorType>(type);
  OpFoldResult batch = OpFoldResult(tensor::DimOp::create(b, pooled[0], 0));
  OpFoldResult zero = b.getIndexAttr(0), one = b.getIndexAttr(1);
  Value result = tensor::EmptyOp::create(
      b, ArrayRef<OpFoldResult>{batch, b.getIndexAttr(joined.getDimSize(1))},
      joined.getElementType());
  int64_t column = 0;
  for (Value rows : pooled) {
    int64_t width = cast<RankedTensorType>(rows.getType()).getDimSize(1);
    result = tensor::InsertSliceOp::create(
        b, rows, result, ArrayRef<OpFoldResult>{zero, b.getIndexAttr(column)},
        ArrayRef<OpFoldResult>{batch, b.getIndexAttr(width)},
        ArrayRef<OpFoldResult>{one, one});
    column += width;
  }
  return result;
}

} // namespace recflex
