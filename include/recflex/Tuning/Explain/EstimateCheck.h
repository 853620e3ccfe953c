//===- EstimateCheck.h - The cost model against trials ----------*- C++ -*-===//

#ifndef RECFLEX_TUNING_EXPLAIN_ESTIMATECHECK_H
#define RECFLEX_TUNING_EXPLAIN_ESTIMATECHECK_H

#include "recflex/Analysis/ScheduleSelector.h"
#include "recflex/Tuning/Explain/ModelTrials.h"
#include "recflex/Tuning/Explain/RankCorrelation.h"

#include <map>

namespace recflex {

/// Estimates beside the costs of all trials of candidates that went well.
struct EstimateCheck {
  /// Estimate and cost in block-seconds a batch, by the schedule's name:
  /// "sub_warp", "other.schedule".
  std::map<std::string, Pairs> pairsByKind;
  size_t trials = 0; ///< pairs in all
  size_t groups = 0; ///< pairs of a class and an occupancy
  /// Of the ranks within a class at an occupancy, over all of these.
  std::optional<double> correlation;
};

/// "sub_warp", or "other.schedule" of another dialect.
std::string kindOf(emb::ScheduleAttrInterface schedule);

EstimateCheck checkEstimates(const TuningProblem &problem,
                             const ModelTrials &trials,
                             const DeviceModel &model);

} // namespace recflex

#endif // RECFLEX_TUNING_EXPLAIN_ESTIMATECHECK_H
