//===- LocalStage.cpp - Every candidate of every class --------------------===//

#include "recflex/Tuning/LocalStage.h"

#include "recflex/Tuning/CostModel.h"
#include "recflex/Tuning/RefinePool.h"
#include "recflex/Tuning/Winners.h"

#include <algorithm>
#include <limits>
#include <set>

namespace recflex {

std::vector<emb::ScheduleAttrInterface>
TuningContext::candidates(const FeatureClass &featureClass,
                          const Occupancy &occupancy) const {
  std::vector<emb::ScheduleAttrInterface> schedules;
  for (emb::ScheduleAttrInterface schedule :
       emb::enumerateSchedules(mlirContext, featureClass.lookup.shape,
                               featureClass.lookup.stats, occupancy.threads))
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
  std::vector<Assignment> candidates;     ///< by class
  std::vector<std::vector<Trial>> trials; ///< empty where there was no time
};

/// All candidates at all occupancies; the first is announced.
std::vector<LocalStage::Attempt> LocalStage::plan() const {
  std::vector<Attempt> planned;
  for (const Occupancy &occupancy : context.measurer.occupancies()) {
    Attempt attempt;
    attempt.occupancy = occupancy;
    for (const FeatureClass &featureClass : context.problem.classes)
      attempt.candidates.push_back(context.candidates(featureClass, occupancy));
    planned.push_back(std::move(attempt));
  }
  if (!planned.empty())
    context.measurer.expectCandidates(planned.front().occupancy,
                                      planned.front().candidates);
  return planned;
}

/// What cost a multiple of its class's best at the first occupancy is not tried
/// at the others.
void LocalStage::dropHopeless(std::vector<Attempt> &planned) const {
  const Attempt &first = planned.front();
  for (size_t number = 0; number != first.candidates.size(); ++number) {
    const std::vector<Trial> &trials = first.trials[number];
    double best = std::numeric_limits<double>::infinity();
    for (const Trial &trial : trials)
      if (trial.isOk())
        best = std::min(best, trial.cost);
    std::set<const void *> hopeless;
    for (auto [schedule, trial] : llvm::zip(first.candidates[number], trials))
      if (trial.isOk() && trial.cost > context.options.hopeless * best)
        hopeless.insert(schedule.getAsOpaquePointer());
    for (Attempt &later : llvm::MutableArrayRef(planned).drop_front())
      llvm::erase_if(later.candidates[number],
                     [&](emb::ScheduleAttrInterface schedule) {
                       return hopeless.count(schedule.getAsOpaquePointer());
                     });
  }
}

/// Whether the code for `occupancy` is that of an occupancy which was measured:
/// it leaves a thread more registers than one at which nothing ran short.
bool LocalStage::isSameCode(const std::vector<Attempt> &attempts,
                            const Occupancy &occupancy) const {
  const TuningDevice &device = context.measurer.device();
  for (const Attempt &attempt : attempts) {
    int64_t left = registersLeft(device, attempt.occupancy), most = 0;
    for (const std::vector<Trial> &trials : attempt.trials)
      for (const Trial &trial : trials)
        if (trial.isOk())
          most = std::max(most, trial.registers + (trial.spilledBytes != 0));
    if (attempt.occupancy.threads == occupancy.threads && most != 0 &&
        most < left && registersLeft(device, occupancy) >= left)
      return true;
  }
  return false;
}

/// Measures all classes; false if there was no time for some.
Result<bool> LocalStage::measure(Attempt &attempt) {
  const auto &classes = context.problem.classes;
  bool complete = true;
  for (auto [number, featureClass] : llvm::enumerate(classes)) {
    attempt.trials.emplace_back();
    auto trials = context.trials.candidates(
        featureClass, attempt.candidates[number], attempt.occupancy,
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
    step.candidates = attempt.candidates[number].size();
    step.rejected = llvm::count_if(attempt.trials.back(),
                                   [](const Trial &t) { return !t.isOk(); });
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
    candidate.trial =
        isEstimate ? estimateTrial(context.options.model, featureClass.lookup,
                                   schedule, attempt.occupancy)
                   : attempt.trials[number][i];
    auto danger = context.trials.findDangerous(featureClass, toText(schedule));
    if (!danger)
      return danger.error();
    if (*danger || !candidate.trial.isOk())
      continue;
    candidate.rankCost = rankCostOf(candidate.trial, registers,
                                    context.options.registerPenalty);
    ranked.push_back(candidate);
  }
  sortRanked(ranked);
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
    const Trial &trial =
        danger && *danger ? **danger : attempt.trials[number][i];
    error =
        error.then("\n  " + text + ": " + std::string(toString(trial.outcome)) +
                   ": " + excerpt(trial.message));
  }
  return error;
}

Result<std::vector<LocalRanking>> LocalStage::run() {
  done = 0;
  std::vector<Attempt> attempts;
  std::vector<Attempt> planned = plan();
  for (Attempt &attempt : planned) {
    if (isSameCode(attempts, attempt.occupancy)) {
      done += context.problem.classes.size();
      continue;
    }
    Result<bool> complete = measure(attempt);
    if (!complete)
      return complete.error();
    if (*complete || attempts.empty())
      attempts.push_back(attempt);
    if (&attempt == &planned.front()) {
      dropHopeless(planned);
      for (const Attempt &later : llvm::ArrayRef(planned).drop_front())
        context.measurer.expectCandidates(later.occupancy, later.candidates);
    }
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
    ranking.pool = makeRefinePool(context, ranking);
    ranking.predicted = predictSeconds(context, ranking, ranking.winners);
    rankings.push_back(std::move(ranking));
  }
  if (rankings.empty())
    return *failure;
  return rankings;
}

} // namespace recflex
