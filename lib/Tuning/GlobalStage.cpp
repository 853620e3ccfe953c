//===- GlobalStage.cpp - Whole kernels ------------------------------------===//

#include "recflex/Tuning/GlobalStage.h"

#include <algorithm>
#include <map>

namespace recflex {

//===----------------------------------------------------------------------===//
// Uniform settings
//===----------------------------------------------------------------------===//

/// Of the candidates of that kind with at most that unroll, the one with the
/// largest unroll, then the widest loads, then the most lanes; null if none.
template <typename ScheduleAttr>
static emb::ScheduleAttrInterface
pickOf(const std::vector<RankedCandidate> &candidates, int64_t unroll) {
  auto sizes = [](ScheduleAttr schedule) {
    return std::tuple(schedule.getUnroll(), schedule.getVector(),
                      schedule.getLanes());
  };
  ScheduleAttr best;
  for (const RankedCandidate &candidate : candidates) {
    auto schedule = mlir::dyn_cast<ScheduleAttr>(candidate.schedule);
    if (schedule && schedule.getUnroll() <= unroll &&
        (!best || sizes(schedule) > sizes(best)))
      best = schedule;
  }
  if (!best)
    return {};
  return mlir::cast<emb::ScheduleAttrInterface>(best);
}

static emb::ScheduleAttrInterface
pickGatherOrSubWarp(const std::vector<RankedCandidate> &candidates,
                    int64_t unroll) {
  auto gather = pickOf<emb::GatherAttr>(candidates, unroll);
  return gather ? gather : pickOf<emb::SubWarpAttr>(candidates, unroll);
}

std::vector<UniformSetting> uniformSettings() {
  std::vector<UniformSetting> settings;
  for (int64_t unroll : {8, 4, 2, 1}) {
    std::string text = "unroll " + std::to_string(unroll) + ", for all";
    settings.push_back({"sub_warp, " + text, pickOf<emb::SubWarpAttr>, unroll});
    settings.push_back(
        {"gather or sub_warp, " + text, pickGatherOrSubWarp, unroll});
  }
  return settings;
}

//===----------------------------------------------------------------------===//
// GlobalStage
//===----------------------------------------------------------------------===//

namespace {
/// A kernel to measure.
struct KernelIdea {
  std::string origin;
  const LocalRanking *ranking;
  Assignment assignment;
  double predicted;
  size_t number; ///< of all ideas: equals keep their order
};
} // namespace

static void sortByPromise(std::vector<KernelIdea> &ideas) {
  llvm::sort(ideas, [](const KernelIdea &a, const KernelIdea &b) {
    return std::tie(a.predicted, a.number) < std::tie(b.predicted, b.number);
  });
}

/// The uniform settings that every class has a candidate for, the most
/// promising first; no two of them alike.
static std::vector<KernelIdea> findUniform(const TuningContext &context,
                                           const LocalRanking &ranking) {
  std::vector<KernelIdea> ideas;
  for (const UniformSetting &setting : uniformSettings()) {
    Assignment assignment;
    for (const auto &ranked : ranking.classes)
      assignment.push_back(setting.pick(ranked, setting.unroll));
    auto isAlike = [&](const KernelIdea &other) {
      return other.assignment == assignment;
    };
    if (llvm::is_contained(assignment, emb::ScheduleAttrInterface()) ||
        llvm::any_of(ideas, isAlike))
      continue;
    double predicted = predictSeconds(context, ranking, assignment);
    ideas.push_back({setting.name, &ranking, std::move(assignment), predicted,
                     /*number=*/ideas.size()});
  }
  sortByPromise(ideas);
  return ideas;
}

/// What every class would have without tuning, in blocks of `threads` threads.
/// Null where nothing fits.
static Assignment selectUntuned(const TuningContext &context, int64_t threads) {
  SelectionOptions options;
  options.threads = threads;
  options.only = context.options.only;
  options.device = context.options.model;
  std::vector<LookupProblem> problems;
  for (const TunedLookup &lookup : context.problem.lookups) {
    problems.push_back({lookup.shape, lookup.stats});
    options.batch = std::max(options.batch, lookup.stats.batch);
  }
  ScheduleSelection selection =
      ScheduleSelector(context.mlirContext, options).select(problems);
  Assignment assignment;
  for (const FeatureClass &featureClass : context.problem.classes)
    assignment.push_back(
        selection.choices[featureClass.representative].chosen.schedule);
  return assignment;
}

/// Whether all schedules of `assignment` were found to work.
static bool doesWork(const LocalRanking &ranking,
                     const Assignment &assignment) {
  return llvm::all_of_zip(ranking.classes, assignment,
                          [](const auto &ranked, auto schedule) {
                            return schedule && findRanked(ranked, schedule);
                          });
}

/// Everything worth measuring, in the order in which it is measured.
static std::vector<KernelIdea>
findIdeas(const TuningContext &context,
          const std::vector<LocalRanking> &rankings) {
  std::vector<KernelIdea> ideas, firsts, others;
  std::map<int64_t, Assignment> untunedByThreads;
  for (const LocalRanking &ranking : rankings) {
    Assignment &untuned = untunedByThreads[ranking.occupancy.threads];
    if (untuned.empty())
      untuned = selectUntuned(context, ranking.occupancy.threads);
    ideas.push_back({kWinnersOrigin, &ranking, ranking.winners,
                     ranking.predicted, /*number=*/0});
    if (doesWork(ranking, untuned))
      ideas.push_back({kUntunedOrigin, &ranking, untuned,
                       predictSeconds(context, ranking, untuned),
                       /*number=*/0});
    std::vector<KernelIdea> uniform = findUniform(context, ranking);
    for (auto [i, idea] : llvm::enumerate(uniform)) {
      idea.number = others.size();
      (i == 0 ? firsts : others).push_back(std::move(idea));
    }
  }
  sortByPromise(others);
  llvm::append_range(ideas, std::move(firsts));
  llvm::append_range(ideas, std::move(others));
  return ideas;
}

/// Says which kernels this stage and refining may measure at `ranking`.
static void announce(const TuningContext &context, const LocalRanking &ranking,
                     const std::vector<KernelIdea> &ideas) {
  std::vector<Assignment> schedules(ranking.classes.size());
  auto add = [&](size_t number, emb::ScheduleAttrInterface schedule) {
    if (!llvm::is_contained(schedules[number], schedule))
      schedules[number].push_back(schedule);
  };
  for (const KernelIdea &idea : ideas)
    if (idea.ranking == &ranking)
      for (auto [number, schedule] : llvm::enumerate(idea.assignment))
        add(number, schedule);
  for (auto [number, candidates] : llvm::enumerate(ranking.pool))
    for (emb::ScheduleAttrInterface schedule : candidates)
      add(number, schedule);
  context.measurer.expectKernels(ranking.occupancy, schedules);
}

const MeasuredKernel &fastest(const std::vector<MeasuredKernel> &kernels) {
  return *std::min_element(
      kernels.begin(), kernels.end(),
      [](const MeasuredKernel &a, const MeasuredKernel &b) {
        return a.trial.cost < b.trial.cost;
      });
}

std::vector<const MeasuredKernel *>
sortByTime(const std::vector<MeasuredKernel> &kernels) {
  std::vector<const MeasuredKernel *> sorted;
  for (const MeasuredKernel &kernel : kernels)
    sorted.push_back(&kernel);
  llvm::sort(sorted, [](const MeasuredKernel *a, const MeasuredKernel *b) {
    return std::tie(a->trial.cost, a) < std::tie(b->trial.cost, b);
  });
  return sorted;
}

std::vector<MeasuredKernel>
fastestByOccupancy(const std::vector<MeasuredKernel> &kernels) {
  std::vector<MeasuredKernel> best;
  for (const MeasuredKernel *kernel : sortByTime(kernels))
    if (llvm::none_of(best, [&](const MeasuredKernel &other) {
          return other.occupancy == kernel->occupancy;
        }))
      best.push_back(*kernel);
  return best;
}

Result<std::vector<MeasuredKernel>>
GlobalStage::run(const std::vector<LocalRanking> &rankings) {
  std::vector<MeasuredKernel> kernels;
  std::optional<Trial> failure;
  std::vector<KernelIdea> ideas = findIdeas(context, rankings);
  for (const LocalRanking &ranking : rankings)
    announce(context, ranking, ideas);
  for (auto [number, idea] : llvm::enumerate(ideas)) {
    const Occupancy &occupancy = idea.ranking->occupancy;
    auto trial = context.trials.kernel(idea.assignment, occupancy,
                                       context.options.globalShare);
    if (!trial)
      return trial.error();
    if (!*trial)
      continue; // no time; the record may still have others
    if ((*trial)->isOk())
      kernels.push_back({idea.origin, occupancy, idea.assignment, **trial});
    else if (!failure)
      failure = **trial;

    TuningStep step = context.makeStep(TuningStage::global, occupancy);
    step.done = number + 1;
    step.total = ideas.size();
    step.candidates = 1;
    step.rejected = !(*trial)->isOk();
    if (!kernels.empty()) {
      const MeasuredKernel &best = fastest(kernels);
      step.best = best.origin + " at " + toString(best.occupancy);
      step.bestCost = best.trial.cost;
    }
    context.observer.onStep(step);
  }
  if (kernels.empty() && failure)
    return makeError("no fused kernel works, though all of its schedules work "
                     "by themselves; the first one: ",
                     failure->failure());
  return kernels;
}

} // namespace recflex
