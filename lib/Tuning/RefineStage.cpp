//===- RefineStage.cpp - Groups of classes, in place ----------------------===//

#include "recflex/Tuning/RefineStage.h"

#include "recflex/Tuning/RefinePool.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace recflex {

//===----------------------------------------------------------------------===//
// Groups
//===----------------------------------------------------------------------===//

/// Classes that change together.
using Group = std::vector<size_t>;

/// All classes whose key() is the same, in the order of their first ones.
template <typename Key>
static std::vector<Group> groupBy(const TuningProblem &problem,
                                  const Key &key) {
  std::vector<Group> groups;
  std::map<decltype(key(problem.classes.front())), size_t> numbers;
  for (auto [number, featureClass] : llvm::enumerate(problem.classes)) {
    auto [entry, isNew] = numbers.try_emplace(key(featureClass), groups.size());
    if (isNew)
      groups.emplace_back();
    groups[entry->second].push_back(number);
  }
  return groups;
}

/// Lookups of a bag that is not empty, as a power of four.
static int hotnessOf(const FeatureClass &featureClass) {
  const emb::BagStats &stats = featureClass.lookup.stats;
  double present = stats.coverage > 0 ? stats.mean / stats.coverage : 0;
  return present > 1 ? static_cast<int>(std::ceil(std::log2(present) / 2)) : 0;
}

/// From coarse to fine; a group that a coarser level has is left out.
static std::vector<std::vector<Group>> makeLevels(const TuningProblem &problem,
                                                  RefineStage::Depth depth) {
  std::vector<std::vector<Group>> levels = {
      groupBy(problem, [](const FeatureClass &c) { return shapeKeyOf(c); })};
  if (depth == RefineStage::Depth::classes) {
    levels.push_back(groupBy(problem, [](const FeatureClass &c) {
      return std::pair(shapeKeyOf(c), hotnessOf(c));
    }));
    levels.push_back(groupBy(
        problem, [&](const FeatureClass &c) { return std::string(c.key); }));
  }
  std::set<Group> seen;
  for (std::vector<Group> &level : levels)
    llvm::erase_if(
        level, [&](const Group &group) { return !seen.insert(group).second; });
  return levels;
}

static double shareOf(const Group &group, const std::vector<double> &shares) {
  double share = 0;
  for (size_t number : group)
    share += shares[number];
  return share;
}

//===----------------------------------------------------------------------===//
// What to try
//===----------------------------------------------------------------------===//

/// The schedules to try for a group, the best by local rank first, at most
/// `count` of each kind: across kinds local trials are the least reliable. A
/// class that has no such candidate keeps its schedule.
static Assignment findAlternatives(const TuningContext &context,
                                   const LocalRanking &ranking,
                                   const Assignment &current,
                                   const Group &group) {
  std::map<const void *, emb::ScheduleAttrInterface> schedules;
  for (size_t number : group)
    for (emb::ScheduleAttrInterface schedule : ranking.pool[number])
      schedules.try_emplace(schedule.getAsOpaquePointer(), schedule);
  auto costOf = [&](emb::ScheduleAttrInterface schedule) {
    double cost = 0;
    for (size_t number : group) {
      const auto &ranked = ranking.classes[number];
      const RankedCandidate *candidate = findRanked(ranked, schedule);
      if (!candidate)
        candidate = findRanked(ranked, current[number]);
      cost +=
          candidate->rankCost *
          static_cast<double>(context.problem.classes[number].members.size());
    }
    return cost;
  };
  std::vector<std::tuple<double, std::string, emb::ScheduleAttrInterface>>
      order;
  for (auto [pointer, schedule] : schedules)
    order.emplace_back(costOf(schedule), toText(schedule), schedule);
  llvm::sort(order, [](const auto &a, const auto &b) {
    return std::tie(std::get<0>(a), std::get<1>(a)) <
           std::tie(std::get<0>(b), std::get<1>(b));
  });
  Assignment alternatives;
  size_t most = context.options.refineCandidates;
  if (group.size() == 1)
    most = (most + 1) / 2;
  std::map<std::string, size_t> counts;
  for (auto &[cost, text, schedule] : order)
    if (counts[schedule.getAbstractAttribute().getName().str()]++ < most)
      alternatives.push_back(schedule);
  return alternatives;
}

//===----------------------------------------------------------------------===//
// Trying
//===----------------------------------------------------------------------===//

void RefineStage::report(const RefinedKernel &best,
                         const std::vector<size_t> &group, bool works) {
  TuningStep step =
      context.makeStep(TuningStage::refine, best.kernel.occupancy);
  step.done = ++done;
  step.classNumber = group.front();
  step.featureClass = &context.problem.classes[group.front()];
  step.classes = group.size();
  step.candidates = 1;
  step.rejected = !works;
  step.best = std::to_string(best.changes.size()) + " changes";
  step.bestCost = best.kernel.trial.cost;
  context.observer.onStep(step);
}

/// Tries the alternatives of a group; false if there was no time.
Result<bool> RefineStage::tryGroup(const LocalRanking &ranking,
                                   const std::vector<size_t> &group,
                                   RefinedKernel &best) {
  for (emb::ScheduleAttrInterface schedule :
       findAlternatives(context, ranking, best.kernel.assignment, group)) {
    MeasuredKernel changed = best.kernel;
    for (size_t number : group)
      if (llvm::is_contained(ranking.pool[number], schedule))
        changed.assignment[number] = schedule;
    if (changed.assignment == best.kernel.assignment)
      continue;
    auto trial = context.trials.kernel(changed.assignment, changed.occupancy,
                                       context.options.refiningShare);
    if (!trial)
      return trial.error();
    if (!*trial)
      return false;
    changed.trial = std::move(**trial);
    bool works = changed.trial.isOk();
    if (isFaster(changed.trial, best.kernel.trial, context.options.leastGain,
                 context.options.noise)) {
      best.changes.push_back(
          {group, schedule, best.kernel.trial.cost, changed.trial.cost});
      best.steps.push_back(std::move(best.kernel));
      if (best.steps.size() > context.options.finalSteps)
        best.steps.erase(best.steps.begin());
      best.kernel = std::move(changed);
    }
    report(best, group, works);
  }
  return true;
}

/// All groups once, level by level; false if there was no time.
Result<bool> RefineStage::pass(const LocalRanking &ranking, Depth depth,
                               RefinedKernel &best) {
  for (std::vector<Group> &level : makeLevels(context.problem, depth)) {
    const std::vector<double> shares = best.kernel.trial.shares;
    llvm::sort(level, [&](const Group &a, const Group &b) {
      return std::pair(-shareOf(a, shares), a) <
             std::pair(-shareOf(b, shares), b);
    });
    for (const Group &group : level) {
      if (shareOf(group, shares) < context.options.refineShare)
        continue;
      auto inTime = tryGroup(ranking, group, best);
      if (!inTime)
        return inTime.error();
      if (!*inTime)
        return false;
    }
  }
  return true;
}

Result<RefinedKernel> RefineStage::run(const LocalRanking &ranking,
                                       MeasuredKernel start, Depth depth) {
  done = 0;
  RefinedKernel best{std::move(start), {}};
  for (;;) {
    double before = best.kernel.trial.cost;
    Result<bool> inTime = pass(ranking, depth, best);
    if (!inTime)
      return inTime.error();
    double gain = before - best.kernel.trial.cost;
    if (!*inTime || depth == Depth::shapes ||
        gain <= context.options.passGain * before)
      return best;
  }
}

} // namespace recflex
