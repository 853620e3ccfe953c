//===- ScheduleSelector.h - Schedules from statistics alone -----*- C++ -*-===//
//
// The untuned rule. Features of a fused kernel share the multiprocessors, so
// the sum of their instructions counts, not each feature's own time; but the
// kernel lasts at least as long as its slowest tile. Hence two steps:
//
//   1. every lookup takes the candidate with the fewest warp instructions;
//   2. a lookup whose heaviest tile would outlast the whole kernel takes the
//      cheapest candidate that does not, or the fastest if all do.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_ANALYSIS_SCHEDULESELECTOR_H
#define RECFLEX_ANALYSIS_SCHEDULESELECTOR_H

#include "recflex/Dialect/Emb/IR/ScheduleProvider.h"

#include <string>
#include <vector>

namespace recflex {

/// The few numbers of a GPU that the rule needs. Defaults: an H200.
struct DeviceModel {
  double multiprocessors = 132;
  /// Warp instructions a microsecond and multiprocessor: 4 schedulers at
  /// 1.755 GHz. Waits for memory are part of a schedule's cost.
  double issueRate = 4 * 1755;
  /// Bytes a microsecond out of L2, of the 5.5 TB/s that a read of resident
  /// data reaches.
  double gatherRate = 5.5e6;
  /// Microseconds for one dependent load under load.
  double loadLatency = 0.8;
};

/// One lookup to schedule.
struct LookupProblem {
  emb::LookupShape shape;
  emb::BagStats stats;
};

/// What the rule optimises for.
struct SelectionOptions {
  int64_t threads = 128; ///< a block of the fused kernel
  int64_t batch = 1;     ///< samples
  /// Schedules to consider, by name ("sub_warp", "other.schedule"). If empty,
  /// all but emb.segmented_scan and emb.multi_block, whose estimates nobody has
  /// held against measurements.
  std::vector<std::string> only;
  DeviceModel device;
};

struct RankedSchedule {
  emb::ScheduleAttrInterface schedule;
  emb::ScheduleCost cost;
  double issueTime = 0; ///< us of the whole GPU for the batch
  double tileTime = 0;  ///< us of the heaviest tile
  size_t position = 0;  ///< among the candidates, as they were enumerated
};

/// What was chosen for one lookup, and why.
struct ScheduleChoice {
  RankedSchedule chosen;
  RankedSchedule runnerUp; ///< schedule is null if there was no other
  bool forLatency = false; ///< step 2 overruled step 1
};

/// The choices for a whole kernel.
struct ScheduleSelection {
  std::vector<ScheduleChoice> choices; ///< one a problem; null if none fits
  double kernelTime = 0;               ///< us, after step 1
};

/// Whether `only`, a list of names as in SelectionOptions, has the schedule.
bool isConsidered(emb::ScheduleAttrInterface schedule,
                  const std::vector<std::string> &only);

class ScheduleSelector {
public:
  ScheduleSelector(mlir::MLIRContext *context, SelectionOptions options)
      : context(context), options(std::move(options)) {}

  ScheduleSelection select(const std::vector<LookupProblem> &problems) const;

private:
  std::vector<RankedSchedule> rank(const LookupProblem &problem) const;

  mlir::MLIRContext *context;
  SelectionOptions options;
};

} // namespace recflex

#endif // RECFLEX_ANALYSIS_SCHEDULESELECTOR_H
