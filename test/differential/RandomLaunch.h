//===- RandomLaunch.h - How a random model's batch is launched --*- C++ -*-===//

#ifndef RECFLEX_TEST_DIFFERENTIAL_RANDOMLAUNCH_H
#define RECFLEX_TEST_DIFFERENTIAL_RANDOMLAUNCH_H

#include "RandomModel.h"

#include "recflex/Simulator/SimulatedForward.h"

namespace recflex {

/// Draws checks, type and stride of the output. With checks, half of the time,
/// spoils indices and offsets of the model's batch.
struct RandomLaunch {
  explicit RandomLaunch(RandomModel &model);

  SimulatedLaunch launch;
  bool spoiled = false;

private:
  void spoilIndices(RandomModel &model);
  void spoilOffsets(RandomModel &model);
};

/// The same batch on the CPU, with the same checks: [batchSize, outputStride]
/// as f32, NaN where nobody wrote, and the faults.
struct CpuResult {
  std::vector<float> output;
  FaultReport faults;
};
Result<CpuResult> poolOnCpu(const Manifest &manifest,
                            const std::vector<const void *> &tables,
                            const Batch &batch, const SimulatedLaunch &launch);

/// Where two outputs or fault reports differ. Elements must be equal, or both
/// NaN.
Status compareResults(const Manifest &manifest, const SimulatedLaunch &launch,
                      const SimulatedBatch &actual, const CpuResult &expected);

} // namespace recflex

#endif // RECFLEX_TEST_DIFFERENTIAL_RANDOMLAUNCH_H
