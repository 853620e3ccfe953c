//===- Tuner.h - The stages, in order ---------------------------*- C++ -*-===//

#ifndef RECFLEX_TUNING_TUNER_H
#define RECFLEX_TUNING_TUNER_H

#include "recflex/Tuning/Mutations.h"
#include "recflex/Tuning/OrderStage.h"
#include "recflex/Tuning/RefineStage.h"

namespace recflex {

/// What was chosen for one class, and what else there was. Costs are those of
/// the local stage at the chosen occupancy.
struct ClassChoice {
  RankedCandidate chosen;
  /// The best of the others; its schedule is null if there is none.
  RankedCandidate runnerUp;
  /// What the cost model would have chosen.
  RankedCandidate estimated;
};

struct TuningResult {
  Occupancy occupancy;
  std::vector<ClassChoice> choices; ///< one a class
  std::string origin;               ///< of the kernel that refining began with
  std::vector<Refinement> changes;
  /// The order of its blocks; none if none was looked for: they are bound at
  /// run time, there was no time for a finalist, or the stage is turned off.
  std::optional<OrderedKernel> ordered;
  /// The fused kernel's trial; none if the budget ended before the first.
  std::optional<Trial> kernel;
  /// All kernels of the global stage that work.
  std::vector<MeasuredKernel> kernels;
  std::vector<Mutation> mutations; ///< none unless they are asked for
  size_t measured = 0, known = 0; ///< trials
  double seconds = 0;
  bool outOfTime = false; ///< the budget ended before the work did
};

/// What a tuner would do at one occupancy.
struct PlannedTrials {
  Occupancy occupancy;
  std::vector<size_t> candidates; ///< of each class
  std::vector<size_t> known;      ///< those of them that the record has
};

class Tuner {
public:
  Tuner(mlir::MLIRContext *mlirContext, const TuningProblem &problem,
        Measurer &measurer, TrialRecord &record, const Budget &budget,
        TuningObserver &observer, TuningOptions options = {});

  Result<TuningResult> run();
  /// The trials of the local stage; measures nothing.
  Result<std::vector<PlannedTrials>> plan();

private:
  Result<RefinedKernel> refine(const std::vector<LocalRanking> &rankings,
                               const std::vector<MeasuredKernel> &kernels);
  struct Decision {
    RefinedKernel chosen;
    bool isTimed; ///< in its own code
  };
  Result<Decision> decide(const RefinedKernel &refined,
                          const std::vector<MeasuredKernel> &kernels);
  ClassChoice describeChoice(const LocalRanking &ranking, size_t number,
                             emb::ScheduleAttrInterface chosen) const;

  TuningOptions options;
  Trials trials;
  TuningContext context;
};

} // namespace recflex

#endif // RECFLEX_TUNING_TUNER_H
