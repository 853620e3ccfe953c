//===- Trials.h - Trials, made or remembered --------------------*- C++ -*-===//

#ifndef RECFLEX_TUNING_TRIALS_H
#define RECFLEX_TUNING_TRIALS_H

#include "recflex/Tuning/BlockOrder.h"
#include "recflex/Tuning/Budget.h"
#include "recflex/Tuning/Progress.h"
#include "recflex/Tuning/TrialRecord.h"

#include "llvm/ADT/StringMap.h"

#include <map>

namespace recflex {

/// Where stages get trials from: the record or, if it has none, the measurer,
/// whose answer is recorded before anybody sees it. What the record says
/// counts, so that tuners which share one come to the same result.
class Trials {
public:
  Trials(const TuningProblem &problem, Measurer &measurer, TrialRecord &record,
         const Budget &budget, TuningObserver &observer)
      : problem(problem), measurer(measurer), record(record), budget(budget),
        observer(observer) {}

  /// A trial for each candidate; none at all if some are unknown and `share` of
  /// the budget is spent. A candidate that was found dangerous at another
  /// occupancy is not tried: its trial is the one that found it. An error if
  /// the device is lost or the record cannot be written.
  Result<std::optional<std::vector<Trial>>>
  candidates(const FeatureClass &featureClass,
             llvm::ArrayRef<emb::ScheduleAttrInterface> schedules,
             const Occupancy &occupancy, double share = 1);

  /// The fused kernel's trial, in the same way.
  Result<std::optional<Trial>> kernel(const Assignment &assignment,
                                      const Occupancy &occupancy,
                                      double share = 1);

  /// The same of its own code.
  Result<std::optional<Trial>> finalist(const Assignment &assignment,
                                        const Occupancy &occupancy);

  /// The same with its blocks in an order that has spreads and comes to
  /// `ranks`; `byStats` is the finalist's own trial, and `repetition` numbers
  /// trials of one order.
  Result<std::optional<Trial>> ordered(const Assignment &assignment,
                                       const Occupancy &occupancy,
                                       const BlockOrder &order,
                                       llvm::ArrayRef<int64_t> ranks,
                                       const Trial &byStats, int repetition);

  /// The trial that found the schedule dangerous for this class; null if none
  /// has.
  Result<const Trial *> findDangerous(const FeatureClass &featureClass,
                                      const std::string &schedule);

  /// How many of the candidates the record knows all about.
  Result<size_t>
  countKnown(const FeatureClass &featureClass,
             llvm::ArrayRef<emb::ScheduleAttrInterface> schedules,
             const Occupancy &occupancy);

  size_t measured() const { return measuredCount; }
  size_t known() const { return knownCount; }
  /// Calls that there was no time for.
  size_t refused() const { return refusedCount; }

private:
  using DangerousSchedules = std::map<std::string, Trial>;
  using KnownSchedules = llvm::StringMap<Trial>;

  Result<DangerousSchedules *> dangerousOf(const FeatureClass &featureClass);
  /// What the record knows of the class: one query rather than one a schedule.
  Result<KnownSchedules> knownAt(const FeatureClass &featureClass,
                                 const Occupancy &occupancy) const;
  TrialKey keyOf(const FeatureClass &featureClass, std::string schedule,
                 const Occupancy &occupancy) const;
  Result<std::optional<Trial>> lookUp(const TrialKey &key) const;
  Result<std::optional<Trial>> fused(TrialKey key, double share,
                                     llvm::function_ref<Trial()> measure);
  bool isOutOfTime(double share);
  Status keep(std::vector<RecordedTrial> &made);

  const TuningProblem &problem;
  Measurer &measurer;
  TrialRecord &record;
  const Budget &budget;
  TuningObserver &observer;
  std::map<std::string, DangerousSchedules> dangerous; ///< by class
  size_t measuredCount = 0, knownCount = 0, refusedCount = 0;
};

} // namespace recflex

#endif // RECFLEX_TUNING_TRIALS_H
