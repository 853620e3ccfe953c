//===- RaiseLinalg.cpp - Gathers and reductions as emb --------------------===//

#include "GatherReduction.h"

#include "recflex/Conversion/Passes.h"
#include "recflex/Dialect/Emb/IR/Remark.h"

#include "mlir/Dialect/Tensor/Utils/Utils.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

using namespace mlir;

namespace recflex {

#define GEN_PASS_DEF_RAISELINALGGATHERTOEMBPASS
#include "recflex/Conversion/Passes.h.inc"

static remark::RemarkOpts remarkOn(Operation *op, StringRef name) {
  return emb::remarkOn(op, name, "raise-linalg-gather-to-emb");
}

/// [samples, lookups] as [samples * lookups].
static Value flatten(ImplicitLocOpBuilder &b, Value array) {
  SmallVector<ReassociationIndices> all{{0, 1}};
  return tensor::CollapseShapeOp::create(b, array, all);
}

/// Where each bag begins, if every one has as many lookups as `indices`
/// columns.
static Value makeOffsets(ImplicitLocOpBuilder &b, Value indices) {
  Type element = cast<RankedTensorType>(indices.getType()).getElementType();
  SmallVector<OpFoldResult> sizes =
      tensor::getMixedSizes(b, b.getLoc(), indices);
  Value lookups = getValueOrCreateConstantIndexOp(b, b.getLoc(), sizes[1]);
  Value empty =
      tensor::EmptyOp::create(b, ArrayRef(sizes).take_front(), element);
  auto offsets = linalg::GenericOp::create(
      b, empty.getType(), ValueRange(), empty, b.getMultiDimIdentityMap(1),
      utils::IteratorType::parallel,
      [&](OpBuilder &nested, Location loc, ValueRange) {
        Value sample = linalg::IndexOp::create(nested, loc, 0);
        Value first = arith::MulIOp::create(nested, loc, sample, lookups);
        Value offset = arith::IndexCastOp::create(nested, loc, element, first);
        linalg::YieldOp::create(nested, loc, offset);
      });
  return offsets.getResult(0);
}

static void raise(linalg::GenericOp op, const GatherReduction &found) {
  ImplicitLocOpBuilder b(op.getLoc(), op);
  auto index = cast<IntegerType>(
      cast<RankedTensorType>(found.indices.getType()).getElementType());
  Value bags = emb::BagsOp::create(
      b, emb::BagsType::get(b.getContext(), index), flatten(b, found.indices),
      makeOffsets(b, found.indices), /*include_last_offset=*/false);
  Value weights = found.weights ? flatten(b, found.weights) : Value();
  auto result = cast<RankedTensorType>(op.getResult(0).getType());
  auto rows = RankedTensorType::get(
      {ShapedType::kDynamic, result.getDimSize(1)}, result.getElementType());
  Value pooled = emb::LookupOp::create(
      b, rows, emb::PoolingKindAttr::get(b.getContext(), found.pooling),
      found.table, bags, weights, /*stats=*/emb::StatsAttr(),
      /*schedule=*/emb::ScheduleAttrInterface());
  if (pooled.getType() != result)
    pooled = tensor::CastOp::create(b, result, pooled);
  op.getResult(0).replaceAllUsesWith(pooled);
  op.erase();
}

namespace {
struct RaiseLinalgGatherToEmb
    : impl::RaiseLinalgGatherToEmbPassBase<RaiseLinalgGatherToEmb> {
  void runOnOperation() override {
    SmallVector<linalg::GenericOp> candidates;
    getOperation()->walk([&](linalg::GenericOp op) {
      if (GatherReduction::isCandidate(op))
        candidates.push_back(op);
    });
    for (linalg::GenericOp op : candidates) {
      Location loc = op.getLoc();
      auto found = GatherReduction::read(op);
      if (!found) {
        auto remark = remark::missed(loc, remarkOn(op, "left-alone"));
        if (remark)
          remark << "left linalg.generic alone: " + found.error().message;
        continue;
      }
      remark::RemarkOpts raised = remarkOn(op, "raised");
      raise(op, *found);
      ++numRaised;
      auto remark = remark::passed(loc, raised);
      if (remark)
        remark << "linalg.generic became emb.lookup";
    }
  }
};
} // namespace

} // namespace recflex
