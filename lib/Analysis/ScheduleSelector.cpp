//===- ScheduleSelector.cpp - Schedules from statistics alone -------------===//

#include "recflex/Analysis/ScheduleSelector.h"

#include <algorithm>

using namespace mlir;

namespace recflex {

/// Whether the estimate of a schedule's cost is not yet measured well enough to
/// choose it unasked. Tuning measures all.
static bool isForTuning(emb::ScheduleAttrInterface schedule) {
  return isa<emb::SegmentedScanAttr, emb::MultiBlockAttr>(schedule);
}

bool isConsidered(emb::ScheduleAttrInterface schedule,
                  const std::vector<std::string> &only) {
  if (only.empty())
    return true;
  StringRef name = schedule.getAbstractAttribute().getName();
  StringRef shortName = name;
  shortName.consume_front("emb.");
  return llvm::any_of(only, [&](StringRef wanted) {
    return name == wanted || shortName == wanted;
  });
}

/// Candidates of one lookup, fewest instructions first, then the fastest tile.
std::vector<RankedSchedule>
ScheduleSelector::rank(const LookupProblem &problem) const {
  std::vector<RankedSchedule> ranked;
  double issueRate = options.device.multiprocessors * options.device.issueRate;
  for (emb::ScheduleAttrInterface schedule : emb::enumerateSchedules(
           context, problem.shape, problem.stats, options.threads)) {
    if (!isConsidered(schedule, options.only) ||
        (options.only.empty() && isForTuning(schedule)))
      continue;
    RankedSchedule entry;
    entry.schedule = schedule;
    entry.cost = schedule.estimateCost(problem.shape, problem.stats, options.threads);
    entry.issueTime = entry.cost.issue * static_cast<double>(options.batch) / issueRate;
    entry.tileTime = entry.cost.latency * options.device.loadLatency;
    ranked.push_back(entry);
  }
  // Equals keep the order of the candidates, so that a choice never depends on
  // the sorting algorithm.
  for (auto [position, entry] : llvm::enumerate(ranked))
    entry.position = position;
  llvm::sort(ranked, [](const auto &a, const auto &b) {
    return std::tuple(a.issueTime, a.tileTime, a.position) <
           std::tuple(b.issueTime, b.tileTime, b.position);
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
    gatherTime += problem.stats.mean * static_cast<double>(options.batch) *
                  static_cast<double>(problem.shape.rowBytes()) /
                  options.device.gatherRate;
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
