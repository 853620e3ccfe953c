//===- Shop.cpp - A dialect that has RecFlex as a guest -------------------===//

#include "Shop.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"

using namespace mlir;
using namespace recflex;

#include "ShopDialect.cpp.inc"

#define GET_OP_CLASSES
#include "ShopOps.cpp.inc"

void shop::ShopDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "ShopOps.cpp.inc"
      >();
}

namespace {

/// What the shop knows of its visitors: schedules are chosen for it. Without
/// it, bags count as having one row each.
emb::StatsAttr visitorStats(MLIRContext *context) {
  emb::BagStats stats;
  stats.mean = 3;
  stats.stddev = 2;
  stats.max = 6;
  stats.coverage = 0.85;
  stats.distinct = 50;
  stats.batch = 512;
  return emb::StatsAttr::get(context, stats);
}

/// One feature, one lookup a table; one concatenation.
Value buildLookups(OpBuilder &builder, shop::ProfileOp op) {
  Location loc = op.getLoc();
  auto kjt = op.getIds().getType();
  auto bagsType = emb::BagsType::get(op.getContext(), kjt.getIndexType());
  SmallVector<Value> pooled;
  for (auto [key, table] : llvm::enumerate(op.getTables())) {
    auto tableType = cast<RankedTensorType>(table.getType());
    auto pooledType = RankedTensorType::get(
        {ShapedType::kDynamic, tableType.getDimSize(1)}, builder.getF32Type());
    Value bags =
        emb::FeatureOp::create(builder, loc, bagsType, op.getIds(), key);
    pooled.push_back(emb::LookupOp::create(
        builder, loc, pooledType, emb::PoolingKind::Sum, table, bags,
        /*weights=*/Value(), visitorStats(op.getContext()),
        /*schedule=*/emb::ScheduleAttrInterface()));
  }
  return emb::ConcatOp::create(builder, loc, op.getProfile().getType(), pooled);
}

struct LowerProfiles : PassWrapper<LowerProfiles, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(LowerProfiles)

  StringRef getArgument() const final { return "shop-lower-profiles"; }

  void getDependentDialects(DialectRegistry &registry) const final {
    registry.insert<emb::EmbDialect>();
  }

  void runOnOperation() final {
    getOperation().walk([](shop::ProfileOp op) {
      OpBuilder builder(op);
      op.replaceAllUsesWith(buildLookups(builder, op));
      op.erase();
    });
  }
};

} // namespace

std::unique_ptr<Pass> shop::createLowerProfilesPass() {
  return std::make_unique<LowerProfiles>();
}
