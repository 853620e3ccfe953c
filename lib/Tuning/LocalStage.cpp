//===- LocalStage.cpp - Every candidate of every class --------------------===//

#include "recflex/Tuning/LocalStage.h"

#include "recflex/Tuning/CostModel.h"
#include "recflex/Tuning/Winners.h"

#include <algorithm>

namespace recflex {

std::vector<emb::ScheduleAttrInterface>
TuningContext::candidates(const FeatureClass &featureClass,
                          const Occupancy &occupancy) const {
  std::vector<emb::ScheduleAttrInterface> schedules;
  for (emb::ScheduleAttrInterface schedule : emb::enumerateSchedules(
           mlirContext, featureClass.lookup.shape, featureClass.lookup.stats,
           occupancy.threads))
    if (isConsidered(schedule, options.only))
      schedules.push_back(schedule);
  return schedules;
}

TuningStep TuningContext::makeStep(TuningStage stage,
                                   const Occupancy &occupancy) const {
  TuningStep step;
  step.stage = stage;
  step.occupancy = occupancy;
  step.measured = trials.measured();
  step.known = trials.known();
  step.secondsLeft = budget.left();
  return step;
}

double predictSeconds(const TuningContext &context, const LocalRanking &ranking,
                      const Assignment &assignment) {
  return addUpSeconds(
      context.problem.classes, ranking, assignment,
      static_cast<double>(context.measurer.device().multiprocessors));
}

const RankedCandidate *findRanked(const std::vector<RankedCandidate> &ranked,
                                  emb::ScheduleAttrInterface schedule) {
  auto found = llvm::find_if(ranked, [&](const RankedCandidate &candidate) {
    return candidate.schedule == schedule;
  });
  return found == ranked.end() ? nullptr : &*found;
}

struct LocalStage::Attempt {
  Occupancy occupancy;
  std::vector<std::vector<emb::ScheduleAttrInterface>> candidates; ///< by class
  std::vector<std::vector<Trial>> trials; ///< empty where there was no time
};

/// Measures all classes; false if there was no time for some.
Result<bool> LocalStage::measure(Attempt &attempt) {
  const auto &classes = context.problem.classes;
  bool complete = true;
  for (auto [number, featureClass] : llvm::enumerate(classes)) {
    attempt.candidates.push_back(
        context.candidates(featureClass, attempt.occupancy));
    attempt.trials.emplace_back();
    auto trials = context.trials.candidates(
        featureClass, attempt.candidates.back(), attempt.occupancy,
        context.options.localShare);
    if (!trials)
      return trials.error();
    if (!*trials) {
      complete = false;
      continue;
    }
    attempt.trials.back() = std::move(**trials);
    ++done;

    TuningStep step = context.makeStep(TuningStage::local, attempt.occupancy);
    step.done = done;
    step.total = classes.size() * context.measurer.occupancies().size();
    step.featureClass = &featureClass;
    step.classNumber = number;
    step.candidates = attempt.candidates.back().size();
    step.rejected = llvm::count_if(attempt.trials.back(), [](const Trial &t) {
      return !t.isOk();
    });
    auto ranked = rank(attempt, number);
    if (!ranked)
      return ranked.error();
    if (!ranked->empty()) {
      step.best = toText(ranked->front().schedule);
      step.bestCost = ranked->front().trial.cost;
    }
    context.observer.onStep(step);
  }
  return complete;
}

/// The candidates of a class that work, the best first.
Result<std::vector<RankedCandidate>> LocalStage::rank(const Attempt &attempt,
                                                      size_t number) {
  const FeatureClass &featureClass = context.problem.classes[number];
  int64_t registers =
      registersLeft(context.measurer.device(), attempt.occupancy);
  bool isEstimate = attempt.trials[number].empty();
  std::vector<RankedCandidate> ranked;
  for (auto [i, schedule] : llvm::enumerate(attempt.candidates[number])) {
    RankedCandidate candidate;
    candidate.schedule = schedule;
    candidate.position = i;
    candidate.isEstimate = isEstimate;
    candidate.trial = isEstimate
                          ? estimateTrial(context.options.model,
                                          featureClass.lookup, schedule,
                                          attempt.occupancy)
                          : attempt.trials[number][i];
    auto danger = context.trials.findDangerous(featureClass, toText(schedule));
    if (!danger)
      return danger.error();
    if (*danger || !candidate.trial.isOk())
      continue;
    bool tooLarge = candidate.trial.spilledBytes > 0 ||
                    candidate.trial.registers > registers;
    candidate.rankCost = candidate.trial.cost *
                         (tooLarge ? context.options.registerPenalty : 1);
    ranked.push_back(candidate);
  }
  llvm::sort(ranked, [](const RankedCandidate &a, const RankedCandidate &b) {
    return std::tie(a.rankCost, a.trial.longestBlock, a.position) <
           std::tie(b.rankCost, b.trial.longestBlock, b.position);
  });
  return ranked;
}

Assignment LocalStage::chooseWinners(const LocalRanking &ranking) const {
  return recflex::chooseWinners(
      context.problem.classes, ranking,
      static_cast<double>(context.measurer.device().multiprocessors));
}

Error LocalStage::describeFailure(const Attempt &attempt, size_t number) {
  const FeatureClass &featureClass = context.problem.classes[number];
  const auto &candidates = attempt.candidates[number];
  std::string who = describe(featureClass);
  if (candidates.empty())
    return makeError(who, ": no schedule considered fits it and blocks of ",
                     attempt.occupancy.threads,
                     " threads; use more threads or consider more schedules");
  Error error = makeError(who, ": none of the ", candidates.size(),
                          " schedules tried at ", toString(attempt.occupancy),
                          " works; consider more schedules or report these");
  constexpr size_t kShown = 3;
  for (size_t i = 0; i != std::min(kShown, candidates.size()); ++i) {
    std::string text = toText(candidates[i]);
    auto danger = context.trials.findDangerous(featureClass, text);
    const Trial &trial = danger && *danger ? **danger
                                           : attempt.trials[number][i];
    error = error.then("\n  " + text + ": " +
                       std::string(toString(trial.outcome)) + ": " +
                       excerpt(trial.message));
  }
  return error;
}

Result<std::vector<LocalRanking>> LocalStage::run() {
  done = 0;
  std::vector<Attempt> attempts;
  for (const Occupancy &occupancy : context.measurer.occupancies()) {
    Attempt attempt;
    attempt.occupancy = occupancy;
    Result<bool> complete = measure(attempt);
    if (!complete)
      return complete.error();
    if (*complete || attempts.empty())
      attempts.push_back(std::move(attempt));
  }
  if (attempts.empty())
    return makeError("the device '", context.measurer.device().name,
                     "' has room for no block at all; use fewer threads");

  // Only now: what was found dangerous at one occupancy is chosen at none.
  std::vector<LocalRanking> rankings;
  std::optional<Error> failure;
  for (const Attempt &attempt : attempts) {
    LocalRanking ranking;
    ranking.occupancy = attempt.occupancy;
    bool works = true;
    for (size_t number = 0; number != attempt.candidates.size(); ++number) {
      auto ranked = rank(attempt, number);
      if (!ranked)
        return ranked.error();
      works &= !ranked->empty();
      if (ranked->empty() && !failure)
        failure = describeFailure(attempt, number);
      ranking.classes.push_back(std::move(*ranked));
    }
    if (!works)
      continue;
    ranking.winners = chooseWinners(ranking);
    ranking.predicted = predictSeconds(context, ranking, ranking.winners);
    rankings.push_back(std::move(ranking));
  }
  if (rankings.empty())
    return *failure;
  return rankings;
}

} // namespace recflex
