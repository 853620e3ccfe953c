//===- Explanation.h - Why a tuned model is as it is ------------*- C++ -*-===//
//
// What a record of trials says of the schedules that a model has: which others
// there were, by how much they are slower, and what the cost model had thought.
// Nothing is measured, and what the record does not know stays unknown.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_TUNING_EXPLAIN_EXPLANATION_H
#define RECFLEX_TUNING_EXPLAIN_EXPLANATION_H

#include "recflex/Analysis/ScheduleSelector.h"
#include "recflex/Tuning/Explain/EstimateCheck.h"
#include "recflex/Tuning/Explain/OccupancyProfile.h"
#include "recflex/Tuning/TunedModule.h"

namespace recflex {

/// A candidate of one class at the chosen occupancy.
struct ExplainedCandidate {
  emb::ScheduleAttrInterface schedule;
  Trial trial;
  double estimate = 0; ///< of the cost model, as Trial::cost
};

/// One class at the chosen occupancy.
struct ClassExplanation {
  /// The schedule that the model has.
  emb::ScheduleAttrInterface schedule;
  /// Its trial, if the record has one that went well.
  std::optional<ExplainedCandidate> chosen;
  /// The best of the others by local rank.
  std::optional<ExplainedCandidate> runnerUp;
  /// What the cost model would have chosen of the candidates that work.
  std::optional<ExplainedCandidate> costModelPick;
  size_t candidates = 0; ///< that work, by the record
  size_t failed = 0;     ///< that do not
  /// The chosen one's place among the candidates when the cost model sorts
  /// them, from 1 on; 0 if there is no trial of it.
  size_t estimatedRank = 0;
  /// Of the estimates with the costs of the candidates that work.
  std::optional<double> correlation;
  /// The class's share of the kernel's block-seconds, all members together.
  std::optional<double> share;
};

struct Explanation {
  TunedState state;
  TrialOrigin origin;
  bool areEstimates = false;               ///< nothing was measured
  size_t otherOrigins = 0, unreadable = 0; ///< as in ModelTrials
  std::vector<ClassExplanation> classes;
  /// Whether shares are those of the fused kernel, rather than of the classes
  /// by themselves.
  bool sharesOfKernel = false;
  OccupancyProfile profile;
  EstimateCheck estimates;
  /// Of the correlations of the classes; none if none has one.
  std::optional<double> medianCorrelation;
  /// By which part the block-seconds would be more with the cost model's picks.
  std::optional<double> costModelLoss;
};

struct ExplainOptions {
  DeviceModel model; ///< what estimates are for
  double registerPenalty = TuningOptions().registerPenalty;
  /// Of the device; 0 finds the number that the fused kernels agree with.
  int64_t multiprocessors = 0;
};

/// Explains the schedules and the occupancy of `state`. An error if the record
/// knows nothing of any of them.
Result<Explanation> explain(const TuningProblem &problem, TunedState state,
                            const ModelTrials &trials,
                            const ExplainOptions &options = {});

} // namespace recflex

#endif // RECFLEX_TUNING_EXPLAIN_EXPLANATION_H
