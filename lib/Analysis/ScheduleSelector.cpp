//===- ScheduleSelector.cpp - Schedules from statistics alone -------------===//

#include "recflex/Analysis/ScheduleSelector.h"

#include <algorithm>

using namespace mlir;

namespace recflex {

/// Candidates of one lookup, fewest instructions first, then the fastest tile.
std::vector<RankedSchedule>
ScheduleSelector::rank(const LookupProblem &problem) const {
  std::vector<RankedSchedule> ranked;
  double issueRate = device.multiprocessors * device.issueRate;
  for (emb::ScheduleAttrInterface schedule : emb::enumerateSchedules(
           context, problem.shape, problem.stats, threads)) {
    RankedSchedule entry;
    entry.schedule = schedule;
    entry.cost = schedule.estimateCost(problem.shape, problem.stats, threads);
    entry.issueTime = entry.cost.issue * static_cast<double>(batch) / issueRate;
    entry.tileTime = entry.cost.latency * device.loadLatency;
    ranked.push_back(entry);
  }
  llvm::stable_sort(ranked, [](const auto &a, const auto &b) {
    return std::pair(a.issueTime, a.tileTime) <
           std::pair(b.issueTime, b.tileTime);
  });
  return ranked;
}

ScheduleSelection
ScheduleSelector::select(const std::vector<LookupProblem> &problems) const {
  ScheduleSelection selection;
  std::vector<std::vector<RankedSchedule>> ranked;
  double issueTime = 0, gatherTime = 0;
  for (const LookupProblem &problem : problems) {
    ranked.push_back(rank(problem));
    if (!ranked.back().empty())
      issueTime += ranked.back().front().issueTime;
    gatherTime += problem.stats.mean * static_cast<double>(batch) *
                  static_cast<double>(problem.shape.rowBytes()) /
                  device.gatherRate;
  }
  selection.kernelTime = std::max(issueTime, gatherTime);

  for (const std::vector<RankedSchedule> &candidates : ranked) {
    ScheduleChoice choice;
    if (!candidates.empty()) {
      auto inTime = [&](const RankedSchedule &c) {
        return c.tileTime <= selection.kernelTime;
      };
      auto best = llvm::find_if(candidates, inTime);
      if (best == candidates.end())
        best = std::min_element(candidates.begin(), candidates.end(),
                                [](const auto &a, const auto &b) {
                                  return a.tileTime < b.tileTime;
                                });
      choice.chosen = *best;
      choice.forLatency = best != candidates.begin();
      if (candidates.size() > 1)
        choice.runnerUp = choice.forLatency ? candidates[0] : candidates[1];
    }
    selection.choices.push_back(choice);
  }
  return selection;
}

} // namespace recflex
