//===- CostModel.h - Trials that nobody ran ---------------------*- C++ -*-===//

#ifndef RECFLEX_TUNING_COSTMODEL_H
#define RECFLEX_TUNING_COSTMODEL_H

#include "recflex/Analysis/ScheduleSelector.h"
#include "recflex/Tuning/Measurer.h"

namespace recflex {

/// What the estimate of a schedule (ScheduleAttrInterface::estimateCost) comes
/// to as a trial of one batch.
Trial estimateTrial(const DeviceModel &device, const TunedLookup &lookup,
                    emb::ScheduleAttrInterface schedule,
                    const Occupancy &occupancy);

/// The schedules to try where nothing is measured: on an H200 the others took
/// up to 1.5 times what their estimates promise beside these
/// (docs/Benchmarks.md).
std::vector<std::string> schedulesToEstimate();

/// Answers with estimates: for a machine without a GPU. It knows nothing of
/// occupancies, registers and interference, so it has one occupancy, and a
/// kernel is the sum of its features or its longest block.
class CostModelMeasurer final : public Measurer {
public:
  /// What trials in a record bear as their device.
  static constexpr const char *kDeviceName = "cost model";

  CostModelMeasurer(Occupancy occupancy, std::string version,
                    DeviceModel model = {});

  const TuningDevice &device() const override { return description; }
  const TuningVersions &versions() const override { return version; }
  bool estimates() const override { return true; }
  std::vector<Occupancy> occupancies() const override { return {occupancy}; }
  std::vector<Trial>
  measureCandidates(const FeatureClass &featureClass,
                    llvm::ArrayRef<emb::ScheduleAttrInterface> candidates,
                    const Occupancy &occupancy) override;
  Trial measureKernel(llvm::ArrayRef<FeatureClass> classes,
                      const Assignment &assignment,
                      const Occupancy &occupancy) override;

private:
  Occupancy occupancy;
  TuningVersions version;
  DeviceModel model;
  TuningDevice description;
};

} // namespace recflex

#endif // RECFLEX_TUNING_COSTMODEL_H
