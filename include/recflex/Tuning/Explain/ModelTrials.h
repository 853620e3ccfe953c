//===- ModelTrials.h - What a record says of one model ----------*- C++ -*-===//

#ifndef RECFLEX_TUNING_EXPLAIN_MODELTRIALS_H
#define RECFLEX_TUNING_EXPLAIN_MODELTRIALS_H

#include "recflex/Tuning/Trials.h"

#include <tuple>

namespace recflex {

/// Where and with what trials were made. Only trials of one origin compare.
struct TrialOrigin {
  std::string device, chip, driver;
  TuningVersions versions;

  static TrialOrigin of(const TrialKey &key) {
    return {key.device, key.chip, key.driver, key.versions};
  }
  emb::BindingKind binding() const {
    bool isFixed = versions.recflex.find(kFixedMark) != std::string::npos;
    return isFixed ? emb::BindingKind::Fixed : emb::BindingKind::Runtime;
  }
  bool operator<(const TrialOrigin &other) const {
    return tied() < other.tied();
  }

private:
  std::tuple<const std::string &, const std::string &, const std::string &,
             const std::string &, const std::string &>
  tied() const {
    return std::tie(device, chip, driver, versions.recflex, versions.ptxas);
  }
};

struct CandidateTrial {
  emb::ScheduleAttrInterface schedule;
  Occupancy occupancy;
  Trial trial;
};

struct KernelTrial {
  /// A schedule a class; empty if the record's text is not that of such a
  /// kernel.
  Assignment assignment;
  Occupancy occupancy;
  Trial trial;
};

/// The trials of a model on one device, with one driver and one version of the
/// compiler; in the order in which they were recorded.
struct ModelTrials {
  TrialOrigin origin;
  bool areEstimates = false;                           ///< of the cost model
  std::vector<std::vector<CandidateTrial>> candidates; ///< by class
  std::vector<KernelTrial> kernels;
  /// Trials of this model on the device that are left out: of other drivers or
  /// versions, and of schedules that this RecFlex cannot make sense of.
  size_t otherOrigins = 0, unreadable = 0;
};

/// Selects the trials of `problem` from a record: of the device of that name,
/// or of the only one that it has any of. If there were several drivers or
/// versions, those of the last trial with that binding count; if no trial has
/// it, for estimates have none, those of the last one. An error if there are no
/// trials, or those of several devices.
Result<ModelTrials> selectTrials(mlir::MLIRContext *context,
                                 const TrialRecord &record,
                                 const TuningProblem &problem,
                                 const std::string &deviceName,
                                 emb::BindingKind binding);

} // namespace recflex

#endif // RECFLEX_TUNING_EXPLAIN_MODELTRIALS_H
