//===- CostModel.cpp - Trials that nobody ran -----------------------------===//

#include "recflex/Tuning/CostModel.h"

#include <algorithm>

namespace recflex {

Trial estimateTrial(const DeviceModel &device, const TunedLookup &lookup,
                    emb::ScheduleAttrInterface schedule,
                    const Occupancy &occupancy) {
  emb::ScheduleCost cost = schedule.estimateCost(lookup.shape, lookup.stats,
                                                 occupancy.threads);
  double samples =
      static_cast<double>(std::max<int64_t>(lookup.stats.batch, 1));
  // The device model counts in microseconds. While a multiprocessor issues for
  // a second, all of its blocks are resident for that second.
  constexpr double kMicrosecond = 1e-6;
  Trial trial;
  trial.cost = cost.issue * samples / device.issueRate *
               static_cast<double>(occupancy.blocks) * kMicrosecond;
  trial.longestBlock = cost.latency * device.loadLatency * kMicrosecond;
  return trial;
}

std::vector<std::string> schedulesToEstimate() {
  return {"gather", "sub_warp", "block_reduce"};
}

CostModelMeasurer::CostModelMeasurer(Occupancy occupancy, std::string version,
                                     DeviceModel model)
    : occupancy(occupancy), version{std::move(version), "none"}, model(model) {
  description.name = kDeviceName;
  description.chip = "none";
  description.driver = "none";
  description.multiprocessors = static_cast<int64_t>(model.multiprocessors);
}

std::vector<Trial> CostModelMeasurer::measureCandidates(
    const FeatureClass &featureClass,
    llvm::ArrayRef<emb::ScheduleAttrInterface> candidates,
    const Occupancy &occupancy) {
  std::vector<Trial> trials;
  for (emb::ScheduleAttrInterface schedule : candidates)
    trials.push_back(
        estimateTrial(model, featureClass.lookup, schedule, occupancy));
  return trials;
}

Trial CostModelMeasurer::measureKernel(llvm::ArrayRef<FeatureClass> classes,
                                       const Assignment &assignment,
                                       const Occupancy &occupancy) {
  Trial kernel;
  double gathered = 0; // us
  for (auto [featureClass, schedule] : llvm::zip_equal(classes, assignment)) {
    const TunedLookup &lookup = featureClass.lookup;
    double members = static_cast<double>(featureClass.members.size());
    Trial trial = estimateTrial(model, lookup, schedule, occupancy);
    kernel.shares.push_back(trial.cost * members);
    kernel.cost += trial.cost * members;
    kernel.longestBlock = std::max(kernel.longestBlock, trial.longestBlock);
    gathered += members * lookup.stats.mean *
                static_cast<double>(lookup.stats.batch) *
                static_cast<double>(lookup.shape.rowBytes()) /
                model.gatherRate;
  }
  for (double &share : kernel.shares)
    share /= kernel.cost;
  kernel.cost /= model.multiprocessors * static_cast<double>(occupancy.blocks);
  kernel.cost = std::max({kernel.cost, kernel.longestBlock, gathered * 1e-6});
  return kernel;
}

} // namespace recflex
