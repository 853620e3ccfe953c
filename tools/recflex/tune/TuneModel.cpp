//===- TuneModel.cpp - The lookups of a module, and their schedules -------===//

#include "TuneModel.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace recflex {

/// The key that the lookup's bags come from, by name if it has one.
static std::string nameOf(emb::LookupOp lookup) {
  auto feature = lookup.getBags().getDefiningOp<emb::FeatureOp>();
  if (!feature)
    return "?";
  size_t index = feature.getIndex();
  if (auto argument = dyn_cast<BlockArgument>(feature.getKjt()))
    if (auto function =
            dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp()))
      if (auto keys = function.getArgAttrOfType<ArrayAttr>(
              argument.getArgNumber(), emb::EmbDialect::kKeysAttr))
        return cast<StringAttr>(keys[index]).getValue().str();
  return std::to_string(index);
}

Result<std::vector<TunedLookup>> collectLookups(ModuleOp module) {
  std::vector<TunedLookup> lookups;
  std::optional<Error> error;
  module.walk([&](emb::LookupOp lookup) {
    TunedLookup tuned;
    tuned.name = nameOf(lookup);
    tuned.shape = lookup.getShape();
    if (emb::StatsAttr stats = lookup.getStatsAttr())
      tuned.stats = stats.toStruct();
    else if (!error)
      error = makeError("feature '", tuned.name,
                        "': nothing is known of its bags; give sample batches "
                        "with --samples");
    lookups.push_back(std::move(tuned));
  });
  if (error)
    return *error;
  return lookups;
}

void attachTuning(ModuleOp module, const TuningProblem &problem,
                  const TuningResult &result) {
  std::vector<emb::ScheduleAttrInterface> schedules(problem.lookups.size());
  for (auto [featureClass, choice] :
       llvm::zip_equal(problem.classes, result.choices))
    for (size_t member : featureClass.members)
      schedules[member] = choice.chosen.schedule;
  auto occupancy =
      emb::OccupancyAttr::get(module.getContext(), result.occupancy.threads,
                              result.occupancy.blocks);
  size_t number = 0;
  module.walk([&](emb::LookupOp lookup) {
    lookup.setScheduleAttr(schedules[number++]);
    if (auto function = lookup->getParentOfType<func::FuncOp>())
      function->setAttr(emb::EmbDialect::kOccupancyAttr, occupancy);
  });
}

} // namespace recflex
