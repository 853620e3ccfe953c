//===- OccupancyProfile.h - Time against occupancy --------------*- C++ -*-===//

#ifndef RECFLEX_TUNING_EXPLAIN_OCCUPANCYPROFILE_H
#define RECFLEX_TUNING_EXPLAIN_OCCUPANCYPROFILE_H

#include "recflex/Tuning/Explain/ModelTrials.h"
#include "recflex/Tuning/TunedModule.h"

namespace recflex {

/// What the local stage's trials promise of a fused kernel at an occupancy.
struct OccupancyPromise {
  Occupancy occupancy;
  size_t classes = 0; ///< those with a candidate that works
  /// Seconds a batch of the kernel of the local winners: what their
  /// block-seconds add up to, or their longest block. None if a class is
  /// missing or nobody knows how many multiprocessors there are.
  std::optional<double> seconds;
};

/// A fused kernel that the record has.
struct ProfiledKernel {
  Occupancy occupancy;
  double seconds = 0, spread = 0; ///< a batch
  bool isChosen = false;          ///< it is the model's
};

struct OccupancyProfile {
  std::vector<OccupancyPromise> promises; ///< by threads, then blocks
  std::vector<ProfiledKernel> kernels;    ///< as they were recorded
  size_t failedKernels = 0;
  /// What promises were made for; none if nobody knows.
  std::optional<double> multiprocessors;
  /// The number is that with which half of the fused kernels are slower than
  /// their block-seconds promise, and half are faster.
  bool isFitted = false;
  /// The trial of the model's own kernel.
  std::optional<Trial> chosen;
};

/// The trials that went well as the local stage ranks them, at each occupancy
/// of the record by threads, then blocks. Classes may have none.
std::vector<LocalRanking> rankTrials(const TuningProblem &problem,
                                     const ModelTrials &trials,
                                     double registerPenalty);

/// `rankings`: as from rankTrials(). `multiprocessors` is the device's number;
/// 0 fits one to the kernels.
OccupancyProfile profileOccupancies(const TuningProblem &problem,
                                    const TunedState &state,
                                    const ModelTrials &trials,
                                    const std::vector<LocalRanking> &rankings,
                                    double multiprocessors);

} // namespace recflex

#endif // RECFLEX_TUNING_EXPLAIN_OCCUPANCYPROFILE_H
