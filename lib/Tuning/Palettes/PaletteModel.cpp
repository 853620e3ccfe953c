//===- PaletteModel.cpp - A model as palettes see it ----------------------===//

#include "recflex/Tuning/Palettes/PaletteModel.h"

#include "recflex/Dialect/Emb/Transforms/Passes.h"
#include "recflex/Pipelines/Compiler.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"

using namespace mlir;

namespace recflex {

/// On the clone's lookups: their number. It outlives canonicalization.
static constexpr StringLiteral kNumberAttr = "recflex.number";

/// The longest bag that the statistics of each lookup know, by number.
static std::vector<int64_t> numberLookups(ModuleOp module) {
  Builder builder(module.getContext());
  std::vector<int64_t> longestBags;
  module.walk([&](emb::LookupOp lookup) {
    lookup->setAttr(kNumberAttr, builder.getI64IntegerAttr(
                                     static_cast<int64_t>(longestBags.size())));
    emb::StatsAttr stats = lookup.getStatsAttr();
    longestBags.push_back(stats ? stats.getMax() : 0);
  });
  return longestBags;
}

/// The numbers of the lookups that a concatenation joins, or of a lone one.
static std::vector<size_t> findNumbers(ModuleOp module) {
  auto numberOf = [](emb::LookupOp lookup) {
    return static_cast<size_t>(
        lookup->getAttrOfType<IntegerAttr>(kNumberAttr).getInt());
  };
  std::vector<size_t> numbers;
  module.walk([&](emb::ConcatOp concat) {
    for (Value input : concat.getInputs())
      if (auto lookup = input.getDefiningOp<emb::LookupOp>())
        numbers.push_back(numberOf(lookup));
  });
  if (numbers.empty())
    module.walk(
        [&](emb::LookupOp lookup) { numbers.push_back(numberOf(lookup)); });
  return numbers;
}

static bool isAlike(const BodyShape &a, const BodyShape &b) {
  auto key = [](const BodyShape &shape) {
    return std::tuple(shape.lookup.width, shape.lookup.rowType,
                      shape.lookup.indexType, shape.lookup.pooling,
                      shape.lookup.weighted, shape.columnAlignment,
                      shape.wideRows);
  };
  return key(a) == key(b);
}

FailureOr<PaletteModel>
PaletteModel::build(ModuleOp module, StringRef chip, int64_t threads,
                    std::optional<emb::BindingKind> binding) {
  OwningOpRef<ModuleOp> clone = module.clone();
  std::vector<int64_t> longestBags = numberLookups(*clone);
  // Schedules that are there already would stay.
  clone->walk([](emb::LookupOp lookup) { lookup.removeScheduleAttr(); });
  CompileOptions options;
  options.chip = chip.str();
  options.threads = threads;
  PassManager schedule(module.getContext());
  buildSchedulePipeline(schedule, options);
  if (failed(schedule.run(*clone)))
    return failure();
  std::vector<size_t> numbers = findNumbers(*clone);

  emb::EmbFusePassOptions fuseOptions;
  fuseOptions.threads = threads;
  if (binding)
    fuseOptions.binding = emb::stringifyBindingKind(*binding).str();
  PassManager fuse(module.getContext());
  fuse.addNestedPass<func::FuncOp>(emb::createEmbFusePass(fuseOptions));
  if (failed(fuse.run(*clone)))
    return failure();
  FailureOr<emb::FusedLookupOp> fused = findFusedLookup(*clone);
  if (failed(fused))
    return failure();

  KernelPlan plan = KernelPlan::build(*fused);
  PaletteModel model;
  model.manifest = buildManifest(*fused, "model", chip);
  for (auto [number, planned] : llvm::zip_equal(numbers, plan.features)) {
    const PlannedBody &body = plan.bodies[planned.body];
    Feature feature;
    feature.lookup = number;
    feature.longestBag = longestBags[number];
    feature.untuned = body.schedule;
    auto known = llvm::find_if(model.shapes, [&](const BodyShape &shape) {
      return isAlike(shape, body.shape);
    });
    feature.shape = known - model.shapes.begin();
    if (known == model.shapes.end()) {
      model.shapes.push_back(body.shape);
      model.shapes.back().scratchStride = 0;
    }
    model.features.push_back(feature);
  }
  return model;
}

} // namespace recflex
