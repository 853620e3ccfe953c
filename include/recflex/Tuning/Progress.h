//===- Progress.h - Watching a tuner ----------------------------*- C++ -*-===//

#ifndef RECFLEX_TUNING_PROGRESS_H
#define RECFLEX_TUNING_PROGRESS_H

#include "recflex/Tuning/FeatureClasses.h"
#include "recflex/Tuning/Occupancy.h"
#include "recflex/Tuning/Trial.h"

namespace recflex {

enum class TuningStage : uint8_t { local, global, refine, final, order };

inline std::string_view toString(TuningStage stage) {
  return stage == TuningStage::local    ? "local"
         : stage == TuningStage::global ? "global"
         : stage == TuningStage::refine ? "refine"
         : stage == TuningStage::final  ? "final"
                                        : "order";
}

/// After one step: all candidates of a class at an occupancy, or one kernel.
struct TuningStep {
  TuningStage stage = TuningStage::local;
  size_t done = 0;  ///< steps of this stage
  size_t total = 0; ///< of them in all; 0 if nobody knows
  Occupancy occupancy;
  /// The class that was measured, or changed; none in the global stage.
  const FeatureClass *featureClass = nullptr;
  size_t classNumber = 0;
  size_t classes = 1; ///< that were changed together, that one the first
  size_t candidates = 0; ///< tried in this step
  size_t rejected = 0;   ///< those of them that did not work
  /// The best so far: of the class at this occupancy, or of all kernels.
  std::string best;
  double bestCost = 0; ///< as in Trial; 0 if nothing worked yet
  size_t measured = 0; ///< trials made, of all stages until now
  size_t known = 0;    ///< trials that the record had
  double secondsLeft = 0;
};

/// A trial that did not work, just after it was made.
struct TuningFailure {
  std::string subject; ///< "feature 'a' and 3 more", or "the fused kernel"
  std::string schedule; ///< empty for a kernel
  Occupancy occupancy;
  Trial trial;
};

class TuningObserver {
public:
  virtual ~TuningObserver() = default;
  virtual void onStep(const TuningStep &) {}
  virtual void onFailure(const TuningFailure &) {}
};

} // namespace recflex

#endif // RECFLEX_TUNING_PROGRESS_H
