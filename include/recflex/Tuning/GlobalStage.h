//===- GlobalStage.h - Whole kernels ----------------------------*- C++ -*-===//

#ifndef RECFLEX_TUNING_GLOBALSTAGE_H
#define RECFLEX_TUNING_GLOBALSTAGE_H

#include "recflex/Tuning/LocalStage.h"

namespace recflex {

constexpr const char *kWinnersOrigin = "local winners";
constexpr const char *kUntunedOrigin = "untuned";

/// One fused kernel that was measured.
struct MeasuredKernel {
  std::string origin; ///< one of these, or "sub_warp, unroll 8, for all"
  Occupancy occupancy;
  Assignment assignment;
  Trial trial;
};

/// A single setting for all features: what a library without tuning has.
struct UniformSetting {
  std::string name;
  emb::ScheduleAttrInterface (*pick)(
      const std::vector<RankedCandidate> &candidates, int64_t unroll);
  int64_t unroll;
};

/// The uniform settings: sub_warp with lanes that cover the row, for each
/// unroll; and the same with gather where bags have at most one row.
std::vector<UniformSetting> uniformSettings();

/// Measures fused kernels: at each occupancy those of the local winners and of
/// the untuned schedules, then at each occupancy the uniform setting that
/// promises most, then the other uniform settings, the most promising first.
class GlobalStage {
public:
  explicit GlobalStage(const TuningContext &context) : context(context) {}

  /// The kernels that work, in the order in which they were measured; none if
  /// the budget was spent. An error if none works.
  Result<std::vector<MeasuredKernel>>
  run(const std::vector<LocalRanking> &rankings);

private:
  const TuningContext &context;
};

/// The fastest first, of equals the earlier one; they point into `kernels`.
std::vector<const MeasuredKernel *>
sortByTime(const std::vector<MeasuredKernel> &kernels);

/// The fastest of each occupancy, the fastest first.
std::vector<MeasuredKernel>
fastestByOccupancy(const std::vector<MeasuredKernel> &kernels);

/// The fastest; the earlier one of equals. There must be one.
const MeasuredKernel &fastest(const std::vector<MeasuredKernel> &kernels);

} // namespace recflex

#endif // RECFLEX_TUNING_GLOBALSTAGE_H
