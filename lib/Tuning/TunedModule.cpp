//===- TunedModule.cpp - A module's lookups and schedules -----------------===//

#include "recflex/Tuning/TunedModule.h"

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
      error =
          makeError("feature '", tuned.name, "': nothing is known of its bags");
    lookups.push_back(std::move(tuned));
  });
  if (error)
    return *error;
  return lookups;
}

/// The function that the lookup is in; null if it is in none.
static func::FuncOp functionOf(emb::LookupOp lookup) {
  return lookup->getParentOfType<func::FuncOp>();
}

void attachSchedules(ModuleOp module, const TuningProblem &problem,
                     const Assignment &assignment) {
  Assignment schedules(problem.lookups.size());
  for (auto [featureClass, schedule] :
       llvm::zip_equal(problem.classes, assignment))
    for (size_t member : featureClass.members)
      schedules[member] = schedule;
  size_t number = 0;
  module.walk([&](emb::LookupOp lookup) {
    lookup.setScheduleAttr(schedules[number++]);
  });
}

/// Gives the functions that have lookups an attribute.
static void attachToFunctions(ModuleOp module, StringRef name,
                              Attribute attribute) {
  module.walk([&](emb::LookupOp lookup) {
    if (func::FuncOp function = functionOf(lookup))
      function->setAttr(name, attribute);
  });
}

void attachOccupancy(ModuleOp module, const Occupancy &occupancy) {
  attachToFunctions(module, emb::EmbDialect::kOccupancyAttr,
                    emb::OccupancyAttr::get(module.getContext(),
                                            occupancy.threads,
                                            occupancy.blocks));
}

void attachRanks(ModuleOp module, ArrayRef<int64_t> ranks) {
  Builder builder(module.getContext());
  size_t number = 0;
  module.walk([&](emb::LookupOp lookup) {
    if (ranks.empty())
      lookup->removeAttr(emb::EmbDialect::kRankAttr);
    else
      lookup->setAttr(emb::EmbDialect::kRankAttr,
                      builder.getI64IntegerAttr(ranks[number++]));
  });
  assert(number == ranks.size() && "one rank a lookup");
}

void attachBinding(ModuleOp module, emb::BindingKind binding) {
  attachToFunctions(module, emb::EmbDialect::kBindingAttr,
                    emb::BindingKindAttr::get(module.getContext(), binding));
}

void attachTuning(ModuleOp module, const TuningProblem &problem,
                  const TuningResult &result) {
  Assignment assignment;
  for (const ClassChoice &choice : result.choices)
    assignment.push_back(choice.chosen.schedule);
  attachSchedules(module, problem, assignment);
  std::vector<int64_t> ranks;
  if (result.ordered)
    ranks = rankLookups(problem, assignment, result.occupancy.threads,
                        result.ordered->order);
  attachRanks(module, ranks);
  attachOccupancy(module, result.occupancy);
}

/// The occupancy that all functions with lookups have.
static Result<Occupancy> readOccupancy(ModuleOp module) {
  Occupancy common;
  std::optional<Error> error;
  module.walk([&](emb::LookupOp lookup) {
    func::FuncOp function = functionOf(lookup);
    if (!function || error)
      return;
    std::string name = function.getName().str();
    auto attribute = function->getAttrOfType<emb::OccupancyAttr>(
        emb::EmbDialect::kOccupancyAttr);
    if (!attribute) {
      error = makeError("function '", name, "' has no emb.occupancy");
      return;
    }
    Occupancy here{attribute.getThreads(), attribute.getBlocks()};
    if (common == Occupancy())
      common = here;
    if (common != here)
      error = makeError("function '", name, "' is tuned for ", toString(here),
                        ", another one for ", toString(common));
  });
  if (error)
    return *error;
  return common;
}

Result<TunedState> readTuning(ModuleOp module, const TuningProblem &problem) {
  Assignment schedules;
  module.walk([&](emb::LookupOp lookup) {
    schedules.push_back(lookup.getScheduleAttr());
  });
  TunedState state;
  for (const FeatureClass &featureClass : problem.classes) {
    size_t first = featureClass.members.front();
    for (size_t member : featureClass.members) {
      const std::string &name = problem.lookups[member].name;
      if (!schedules[member])
        return makeError("feature '", name, "': has no schedule");
      if (schedules[member] != schedules[first])
        return makeError("features '", problem.lookups[first].name, "' and '",
                         name, "' are of one class (", featureClass.key,
                         ") and have different schedules, ",
                         toText(schedules[first]), " and ",
                         toText(schedules[member]));
    }
    state.assignment.push_back(schedules[first]);
  }
  Result<Occupancy> occupancy = readOccupancy(module);
  if (!occupancy)
    return occupancy.error();
  state.occupancy = *occupancy;
  module.walk([&](emb::LookupOp lookup) {
    func::FuncOp function = functionOf(lookup);
    if (!function)
      return WalkResult::advance();
    state.binding = *emb::resolveBinding(function, "");
    return WalkResult::interrupt();
  });
  return state;
}

} // namespace recflex
