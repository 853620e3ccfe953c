//===- Tuner.cpp - The stages, in order --------------------------------------===//

#include "recflex/Tuning/Tuner.h"

#include "recflex/Tuning/CostModel.h"

#include <algorithm>

namespace recflex {

Tuner::Tuner(mlir::MLIRContext *mlirContext, const TuningProblem &problem,
             Measurer &measurer, TrialRecord &record, const Budget &budget,
             TuningObserver &observer, TuningOptions given)
    : options(std::move(given)),
      trials(problem, measurer, record, budget, observer),
      context{mlirContext, problem,  measurer, trials,
              budget,      observer, options} {}

ClassChoice Tuner::describeChoice(const LocalRanking &ranking, size_t number,
                                  emb::ScheduleAttrInterface chosen) const {
  const std::vector<RankedCandidate> &ranked = ranking.classes[number];
  const TunedLookup &lookup = context.problem.classes[number].lookup;
  ClassChoice choice;
  choice.chosen = *findRanked(ranked, chosen);
  for (const RankedCandidate &candidate : ranked)
    if (candidate.schedule != chosen) {
      choice.runnerUp = candidate;
      break;
    }
  auto estimate = [&](const RankedCandidate &candidate) {
    return estimateTrial(options.model, lookup, candidate.schedule,
                         ranking.occupancy)
        .cost;
  };
  choice.estimated = *std::min_element(
      ranked.begin(), ranked.end(),
      [&](const auto &a, const auto &b) { return estimate(a) < estimate(b); });
  return choice;
}

static const LocalRanking &
findRanking(const std::vector<LocalRanking> &rankings,
            const Occupancy &occupancy) {
  return *llvm::find_if(rankings, [&](const LocalRanking &ranking) {
    return ranking.occupancy == occupancy;
  });
}

/// Whole shapes at the most promising occupancies, then everything at the one
/// that came out fastest.
Result<RefinedKernel>
Tuner::refine(const std::vector<LocalRanking> &rankings,
              const std::vector<MeasuredKernel> &kernels) {
  std::vector<MeasuredKernel> starts = fastestByOccupancy(kernels);
  size_t count =
      std::min(starts.size(), std::max<size_t>(1, options.refineOccupancies));
  RefineStage stage(context);
  RefinedKernel best{starts.front(), {}};
  if (count > 1)
    for (MeasuredKernel &start :
         llvm::MutableArrayRef(starts).take_front(count)) {
      auto refined = stage.run(findRanking(rankings, start.occupancy), start,
                               RefineStage::Depth::shapes);
      if (!refined)
        return refined;
      if (refined->kernel.trial.cost < best.kernel.trial.cost)
        best = std::move(*refined);
    }
  auto refined = stage.run(findRanking(rankings, best.kernel.occupancy),
                           best.kernel, RefineStage::Depth::classes);
  if (!refined)
    return refined;
  refined->changes.insert(refined->changes.begin(), best.changes.begin(),
                          best.changes.end());
  refined->steps.insert(refined->steps.begin(), best.steps.begin(),
                        best.steps.end());
  if (refined->steps.size() > options.finalSteps)
    refined->steps.erase(refined->steps.begin(),
                         refined->steps.end() -
                             static_cast<ptrdiff_t>(options.finalSteps));
  return refined;
}

/// The kernels to choose from in the end, what must be compared first: the
/// refined one, the fastest of what a user could have without tuning, what the
/// refined one was before its last changes, and the fastest with a stage less.
static std::vector<RefinedKernel>
findFinalists(const RefinedKernel &refined,
              const std::vector<MeasuredKernel> &kernels,
              const TuningOptions &options) {
  std::vector<RefinedKernel> finalists = {refined};
  auto add = [&](const MeasuredKernel &kernel,
                 llvm::ArrayRef<Refinement> changes = {}) {
    auto isAlike = [&](const RefinedKernel &other) {
      return other.kernel.assignment == kernel.assignment &&
             other.kernel.occupancy == kernel.occupancy;
    };
    if (llvm::none_of(finalists, isAlike))
      finalists.push_back({kernel, changes.vec()});
  };
  std::vector<const MeasuredKernel *> sorted = sortByTime(kernels);
  auto addFastest = [&](size_t count, auto accepts) {
    for (const MeasuredKernel *kernel : sorted)
      if (count != 0 && accepts(*kernel)) {
        add(*kernel);
        --count;
      }
  };
  addFastest(1, [](const auto &k) { return k.origin == kUntunedOrigin; });
  // What -emb-fuse does without a word on blocks.
  addFastest(1, [](const auto &k) {
    return k.origin == kUntunedOrigin &&
           k.occupancy.blocks == emb::defaultBlocks(k.occupancy.threads);
  });
  // steps[i] has all changes but the last steps.size() - i.
  for (size_t undone = 1; undone <= refined.steps.size(); ++undone)
    add(refined.steps[refined.steps.size() - undone],
        llvm::ArrayRef(refined.changes).drop_back(undone));
  addFastest(options.finalOccupancies,
             [](const auto &k) { return k.origin == kWinnersOrigin; });
  addFastest(options.finalOccupancies, [](const auto &k) {
    return k.origin != kUntunedOrigin && k.origin != kWinnersOrigin;
  });
  return finalists;
}

/// The fastest finalist, in its own code. If there was no time for one that
/// works, the first that was not tried, by the trial that made it a finalist.
/// An error if none works.
Result<Tuner::Decision>
Tuner::decide(const RefinedKernel &refined,
              const std::vector<MeasuredKernel> &kernels) {
  std::vector<RefinedKernel> finalists =
      findFinalists(refined, kernels, options);
  std::vector<KernelChoice> choices;
  for (const RefinedKernel &finalist : finalists)
    choices.push_back({finalist.kernel.assignment, finalist.kernel.occupancy});
  context.measurer.expectFinalists(choices);
  std::optional<RefinedKernel> best;
  std::optional<Trial> failure;
  for (RefinedKernel &finalist : finalists) {
    MeasuredKernel &kernel = finalist.kernel;
    auto trial = context.trials.finalist(kernel.assignment, kernel.occupancy);
    if (!trial)
      return trial.error();
    if (!*trial) {
      bool isTimed = best.has_value();
      return Decision{isTimed ? std::move(*best) : std::move(finalist),
                      isTimed};
    }
    if (!(*trial)->isOk()) {
      if (!failure)
        failure = std::move(**trial);
      continue;
    }
    kernel.trial = std::move(**trial);
    TuningStep step = context.makeStep(TuningStage::final, kernel.occupancy);
    step.candidates = 1;
    step.best = kernel.origin + " at " + toString(kernel.occupancy);
    step.bestCost = kernel.trial.cost;
    context.observer.onStep(step);
    if (!best || kernel.trial.cost < best->kernel.trial.cost)
      best = std::move(finalist);
  }
  if (!best)
    return makeError("of ", choices.size(),
                     " fused kernels none works when it is compiled by itself; "
                     "the first: ",
                     failure->failure());
  return Decision{std::move(*best), /*isTimed=*/true};
}

Result<TuningResult> Tuner::run() {
  if (context.problem.lookups.empty())
    return makeError("the model has no lookups to tune");
  auto rankings = LocalStage(context).run();
  if (!rankings)
    return rankings.error();
  Result<std::vector<MeasuredKernel>> kernels{std::vector<MeasuredKernel>()};
  if (!options.localOnly)
    kernels = GlobalStage(context).run(*rankings);
  if (!kernels)
    return kernels.error();

  TuningResult result;
  Assignment assignment;
  const LocalRanking *ranking = nullptr;
  if (kernels->empty()) {
    // No time for one, or not wanted: what the local stage promises must do.
    ranking = &*std::min_element(
        rankings->begin(), rankings->end(),
        [](const auto &a, const auto &b) { return a.predicted < b.predicted; });
    assignment = ranking->winners;
    result.origin = "local winners, not measured together";
  } else {
    auto searched = refine(*rankings, *kernels);
    if (!searched)
      return searched.error();
    auto decided = decide(*searched, *kernels);
    if (!decided)
      return decided.error();
    RefinedKernel &chosen = decided->chosen;
    if (decided->isTimed && context.measurer.ordersBlocks() &&
        options.orderTrials) {
      auto ordered = OrderStage(context, chosen.kernel).run();
      if (!ordered)
        return ordered.error();
      chosen.kernel.trial = ordered->trial;
      result.ordered = std::move(*ordered);
    }
    ranking = &findRanking(*rankings, chosen.kernel.occupancy);
    auto mutations =
        mutate(context, *ranking, chosen.kernel, options.mutations);
    if (!mutations)
      return mutations.error();
    result.mutations = std::move(*mutations);
    assignment = std::move(chosen.kernel.assignment);
    result.origin = std::move(chosen.kernel.origin);
    result.kernel = std::move(chosen.kernel.trial);
    result.changes = std::move(chosen.changes);
  }
  result.occupancy = ranking->occupancy;
  for (auto [number, schedule] : llvm::enumerate(assignment))
    result.choices.push_back(describeChoice(*ranking, number, schedule));
  result.kernels = std::move(*kernels);
  result.measured = trials.measured();
  result.known = trials.known();
  result.seconds = context.budget.elapsed();
  result.outOfTime = trials.refused() > 0;
  return result;
}

Result<std::vector<PlannedTrials>> Tuner::plan() {
  std::vector<PlannedTrials> plan;
  for (const Occupancy &occupancy : context.measurer.occupancies()) {
    PlannedTrials planned;
    planned.occupancy = occupancy;
    for (const FeatureClass &featureClass : context.problem.classes) {
      auto candidates = context.candidates(featureClass, occupancy);
      auto known = trials.countKnown(featureClass, candidates, occupancy);
      if (!known)
        return known.error();
      planned.candidates.push_back(candidates.size());
      planned.known.push_back(*known);
    }
    plan.push_back(std::move(planned));
  }
  return plan;
}

} // namespace recflex
