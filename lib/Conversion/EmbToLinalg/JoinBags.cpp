//===- JoinBags.cpp - Bags of several features, one behind the other ------===//

#include "BagArrays.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace recflex {

namespace {
/// Puts the lookups of features behind one another.
class BagJoiner {
public:
  BagJoiner(ImplicitLocOpBuilder &b, ArrayRef<BagArrays> features)
      : b(b), features(features) {
    zero = arith::ConstantIndexOp::create(b, 0);
    batch = countSamples(b, features.front());
    indexType = cast<RankedTensorType>(features.front().values.getType())
                    .getElementType();
  }

  BagArrays join() {
    findPlaces();
    Value values = makeArray(total);
    Value bags = arith::MulIOp::create(
        b, batch, arith::ConstantIndexOp::create(b, features.size()));
    Value offsets = makeArray(
        arith::AddIOp::create(b, bags, arith::ConstantIndexOp::create(b, 1)));
    for (auto [i, place] : llvm::enumerate(places)) {
      Value lookups = slice(features[i].values, place.begin, place.length);
      values = insert(lookups, values, place.at, place.length);
      Value first =
          arith::MulIOp::create(b, batch, arith::ConstantIndexOp::create(b, i));
      Value begins = shift(slice(features[i].offsets, zero, batch), place,
                           slice(offsets, first, batch));
      offsets = insert(begins, offsets, first, batch);
    }
    Value end = arith::IndexCastOp::create(b, indexType, total);
    return {values, tensor::InsertOp::create(b, end, offsets, bags)};
  }

private:
  /// Where a feature's lookups are in its own values, and in the joined ones.
  struct Place {
    Value begin, length, at;
  };

  void findPlaces() {
    total = zero;
    for (BagArrays bags : features) {
      Value begin = extractIndex(b, bags.offsets, zero);
      Value end = extractIndex(b, bags.offsets, batch);
      Value length = arith::SubIOp::create(b, end, begin);
      places.push_back({begin, length, total});
      total = arith::AddIOp::create(b, total, length);
    }
  }

  /// A feature's offsets as they are in the joined array.
  Value shift(Value offsets, const Place &place, Value room) {
    Value by = arith::IndexCastOp::create(
        b, indexType, arith::SubIOp::create(b, place.at, place.begin));
    SmallVector<AffineMap> maps(2, b.getMultiDimIdentityMap(1));
    auto shifted = linalg::GenericOp::create(
        b, room.getType(), offsets, room, maps,
        ArrayRef<utils::IteratorType>{utils::IteratorType::parallel},
        [&](OpBuilder &nested, Location loc, ValueRange elements) {
          Value sum = arith::AddIOp::create(nested, loc, elements[0], by);
          linalg::YieldOp::create(nested, loc, sum);
        });
    return shifted.getResult(0);
  }

  Value makeArray(Value length) {
    return tensor::EmptyOp::create(
        b, ArrayRef<OpFoldResult>{OpFoldResult(length)}, indexType);
  }
  Value slice(Value array, Value begin, Value length) {
    return tensor::ExtractSliceOp::create(b, array, OpFoldResult(begin),
                                          OpFoldResult(length),
                                          OpFoldResult(b.getIndexAttr(1)));
  }
  Value insert(Value part, Value array, Value begin, Value length) {
    return tensor::InsertSliceOp::create(b, part, array, OpFoldResult(begin),
                                         OpFoldResult(length),
                                         OpFoldResult(b.getIndexAttr(1)));
  }

  ImplicitLocOpBuilder &b;
  ArrayRef<BagArrays> features;
  Value zero, batch, total;
  Type indexType;
  SmallVector<Place> places;
};
} // namespace

BagArrays joinBags(ImplicitLocOpBuilder &b, ArrayRef<BagArrays> features) {
  return BagJoiner(b, features).join();
}

} // namespace recflex
