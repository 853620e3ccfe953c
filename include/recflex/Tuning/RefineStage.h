//===- RefineStage.h - One class after the other, in place ------*- C++ -*-===//

#ifndef RECFLEX_TUNING_REFINESTAGE_H
#define RECFLEX_TUNING_REFINESTAGE_H

#include "recflex/Tuning/GlobalStage.h"

namespace recflex {

/// A change that made the whole kernel faster.
struct Refinement {
  size_t classNumber = 0;
  emb::ScheduleAttrInterface from, to;
  double before = 0, after = 0; ///< seconds a batch
};

struct RefinedKernel {
  MeasuredKernel kernel;
  std::vector<Refinement> changes;
};

/// Changes the schedule of one whole class at a time, in the real fused kernel:
/// the class with the largest share of the time first, its candidates by their
/// local rank. A change that gains more than noise stays. Ends when no change
/// does, or the budget is spent. Never slower than what it starts from.
class RefineStage {
public:
  explicit RefineStage(const TuningContext &context) : context(context) {}

  Result<RefinedKernel> run(const LocalRanking &ranking, MeasuredKernel start);

private:
  enum class PassEnd { changed, nothingHelps, outOfTime };

  Result<PassEnd> pass(const LocalRanking &ranking, RefinedKernel &best);
  bool isFaster(const Trial &trial, const Trial &best) const;

  const TuningContext &context;
  size_t done = 0;
};

} // namespace recflex

#endif // RECFLEX_TUNING_REFINESTAGE_H
