//===- RefineStage.h - Groups of classes, in place --------------*- C++ -*-===//

#ifndef RECFLEX_TUNING_REFINESTAGE_H
#define RECFLEX_TUNING_REFINESTAGE_H

#include "recflex/Tuning/GlobalStage.h"

namespace recflex {

/// A change that made the whole kernel faster.
struct Refinement {
  std::vector<size_t> classes; ///< that were given the schedule, if they can
  emb::ScheduleAttrInterface to;
  double before = 0, after = 0; ///< seconds a batch
};

struct RefinedKernel {
  MeasuredKernel kernel;
  std::vector<Refinement> changes;
  /// What it was before each of the last TuningOptions::finalSteps of them.
  std::vector<MeasuredKernel> steps = {};
};

/// Changes schedules in the real fused kernel: first of all classes of one shape
/// together, then of those of one shape and similar bags, then of single
/// classes; the largest share of the time first. A change that gains more than
/// noise stays. Never slower than what it starts from.
class RefineStage {
public:
  explicit RefineStage(const TuningContext &context) : context(context) {}

  enum class Depth {
    shapes, ///< the first level alone, once
    classes ///< all levels, until a pass gains next to nothing
  };
  Result<RefinedKernel> run(const LocalRanking &ranking, MeasuredKernel start,
                            Depth depth);

private:
  Result<bool> pass(const LocalRanking &ranking, Depth depth,
                    RefinedKernel &best);
  Result<bool> tryGroup(const LocalRanking &ranking,
                        const std::vector<size_t> &group, RefinedKernel &best);
  void report(const RefinedKernel &best, const std::vector<size_t> &group,
              bool works);

  const TuningContext &context;
  size_t done = 0;
};

} // namespace recflex

#endif // RECFLEX_TUNING_REFINESTAGE_H
