//===- Explanation.cpp - Why a tuned model is as it is --------------------===//

#include "recflex/Tuning/Explain/Explanation.h"

#include "recflex/Tuning/CostModel.h"

namespace recflex {

/// `ranked`: the class's candidates that work at the chosen occupancy, the best
/// first.
static ClassExplanation explainClass(const Occupancy &occupancy,
                                     emb::ScheduleAttrInterface schedule,
                                     const TunedLookup &lookup,
                                     const std::vector<RankedCandidate> &ranked,
                                     const DeviceModel &model) {
  ClassExplanation explanation;
  explanation.schedule = schedule;
  explanation.candidates = ranked.size();
  Pairs pairs;
  for (const RankedCandidate &other : ranked) {
    ExplainedCandidate candidate{
        other.schedule, other.trial,
        estimateTrial(model, lookup, other.schedule, occupancy).cost};
    pairs.emplace_back(candidate.estimate, candidate.trial.cost);
    if (candidate.schedule == schedule)
      explanation.chosen = candidate;
    else if (!explanation.runnerUp)
      explanation.runnerUp = candidate;
    if (!explanation.costModelPick ||
        candidate.estimate < explanation.costModelPick->estimate)
      explanation.costModelPick = candidate;
  }
  explanation.correlation = spearman(pairs);
  if (explanation.chosen)
    explanation.estimatedRank =
        1 + llvm::count_if(pairs, [&](auto pair) {
          return pair.first < explanation.chosen->estimate;
        });
  return explanation;
}

/// Shares of the fused kernel, if it was measured; else of the block-seconds of
/// the classes that have a trial.
static void fillShares(const TuningProblem &problem, Explanation &explanation) {
  const std::optional<Trial> &kernel = explanation.profile.chosen;
  explanation.sharesOfKernel =
      kernel && kernel->shares.size() == problem.classes.size();
  double sum = 0;
  for (auto [number, entry] : llvm::enumerate(explanation.classes)) {
    if (explanation.sharesOfKernel)
      entry.share = kernel->shares[number];
    else if (entry.chosen)
      entry.share = entry.chosen->trial.cost *
                    static_cast<double>(problem.classes[number].members.size());
    sum += entry.share.value_or(0);
  }
  for (ClassExplanation &entry : explanation.classes)
    if (entry.share)
      entry.share = sum > 0 ? *entry.share / sum : 0;
}

/// What the cost model's picks would cost, over the classes that have trials.
static std::optional<double> findLoss(const TuningProblem &problem,
                                      const Explanation &explanation) {
  double chosen = 0, picked = 0;
  for (auto [featureClass, entry] :
       llvm::zip_equal(problem.classes, explanation.classes))
    if (entry.chosen) {
      double members = static_cast<double>(featureClass.members.size());
      chosen += members * entry.chosen->trial.cost;
      picked += members * entry.costModelPick->trial.cost;
    }
  if (!(chosen > 0))
    return std::nullopt;
  return picked / chosen - 1;
}

Result<Explanation> explain(const TuningProblem &problem, TunedState state,
                            const ModelTrials &trials,
                            const ExplainOptions &options) {
  Explanation explanation;
  explanation.origin = trials.origin;
  explanation.areEstimates = trials.areEstimates;
  explanation.otherOrigins = trials.otherOrigins;
  explanation.unreadable = trials.unreadable;
  std::vector<LocalRanking> rankings =
      rankTrials(problem, trials, options.registerPenalty);
  LocalRanking here; // empty where the record has none of the occupancy
  here.classes.resize(problem.classes.size());
  for (const LocalRanking &ranking : rankings)
    if (ranking.occupancy == state.occupancy)
      here = ranking;
  std::vector<double> correlations;
  for (auto [number, featureClass] : llvm::enumerate(problem.classes)) {
    ClassExplanation entry =
        explainClass(state.occupancy, state.assignment[number],
                     featureClass.lookup, here.classes[number], options.model);
    entry.failed = llvm::count_if(
        trials.candidates[number], [&](const CandidateTrial &candidate) {
          return candidate.occupancy == state.occupancy &&
                 !candidate.trial.isOk();
        });
    if (entry.correlation)
      correlations.push_back(*entry.correlation);
    explanation.classes.push_back(std::move(entry));
  }
  if (llvm::none_of(explanation.classes, [](const ClassExplanation &entry) {
        return entry.chosen.has_value();
      }))
    return makeError("the record has no trial of any schedule of the model at ",
                     toString(state.occupancy), " on '", trials.origin.device,
                     "', not even of ", toText(state.assignment.front()),
                     " for ", describe(problem.classes.front()),
                     "; name the record that the model was tuned with, or tune "
                     "it again with this one");
  double multiprocessors = static_cast<double>(options.multiprocessors);
  if (multiprocessors == 0 && trials.areEstimates)
    multiprocessors = options.model.multiprocessors;
  explanation.profile =
      profileOccupancies(problem, state, trials, rankings, multiprocessors);
  fillShares(problem, explanation);
  explanation.estimates = checkEstimates(problem, trials, options.model);
  explanation.medianCorrelation = medianOf(correlations);
  explanation.costModelLoss = findLoss(problem, explanation);
  explanation.state = std::move(state);
  return explanation;
}

} // namespace recflex
