//===- RefineStage.cpp - One class after the other, in place --------------===//

#include "recflex/Tuning/RefineStage.h"

#include <algorithm>
#include <numeric>

namespace recflex {

bool RefineStage::isFaster(const Trial &trial, const Trial &best) const {
  double noise =
      std::max(context.options.leastGain * best.cost,
               context.options.noise * std::max(trial.spread, best.spread));
  return trial.isOk() && best.cost - trial.cost > noise;
}

/// The candidates to try instead of `current`: the best by local rank.
static Assignment alternatives(const std::vector<RankedCandidate> &ranked,
                               emb::ScheduleAttrInterface current,
                               size_t count) {
  Assignment others;
  for (const RankedCandidate &candidate : ranked)
    if (candidate.schedule != current && others.size() != count)
      others.push_back(candidate.schedule);
  return others;
}

Result<RefineStage::PassEnd> RefineStage::pass(const LocalRanking &ranking,
                                               RefinedKernel &best) {
  const std::vector<double> shares = best.kernel.trial.shares;
  std::vector<size_t> order(shares.size());
  std::iota(order.begin(), order.end(), 0);
  llvm::sort(order, [&](size_t a, size_t b) {
    return std::pair(-shares[a], a) < std::pair(-shares[b], b);
  });

  PassEnd end = PassEnd::nothingHelps;
  for (size_t number : order) {
    const FeatureClass &featureClass = context.problem.classes[number];
    for (emb::ScheduleAttrInterface schedule :
         alternatives(ranking.classes[number], best.kernel.assignment[number],
                      context.options.refineCandidates)) {
      MeasuredKernel changed = best.kernel;
      changed.assignment[number] = schedule;
      auto trial = context.trials.kernel(changed.assignment, changed.occupancy);
      if (!trial)
        return trial.error();
      if (!*trial)
        return PassEnd::outOfTime;
      changed.trial = std::move(**trial);
      bool faster = isFaster(changed.trial, best.kernel.trial);
      bool works = changed.trial.isOk();
      if (faster) {
        best.changes.push_back({number, best.kernel.assignment[number],
                                schedule, best.kernel.trial.cost,
                                changed.trial.cost});
        best.kernel = std::move(changed);
        end = PassEnd::changed;
      }

      TuningStep step =
          context.makeStep(TuningStage::refine, best.kernel.occupancy);
      step.done = ++done;
      step.featureClass = &featureClass;
      step.classNumber = number;
      step.candidates = 1;
      step.rejected = !works;
      step.best = std::to_string(best.changes.size()) + " changes";
      step.bestCost = best.kernel.trial.cost;
      context.observer.onStep(step);
      if (faster)
        break; // on to the next class; the next pass comes back
    }
  }
  return end;
}

Result<RefinedKernel> RefineStage::run(const LocalRanking &ranking,
                                       MeasuredKernel start) {
  done = 0;
  RefinedKernel best{std::move(start), {}};
  for (;;) {
    Result<PassEnd> end = pass(ranking, best);
    if (!end)
      return end.error();
    if (*end != PassEnd::changed)
      return best;
  }
}

} // namespace recflex
