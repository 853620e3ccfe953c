//===- RandomLaunch.h - How a random model's batch is launched --*- C++ -*-===//

#ifndef RECFLEX_TEST_DIFFERENTIAL_RANDOMLAUNCH_H
#define RECFLEX_TEST_DIFFERENTIAL_RANDOMLAUNCH_H

#include "RandomModel.h"

#include "recflex/Serving/InputForms.h"
#include "recflex/Simulator/SimulatedForward.h"

namespace recflex {

/// Draws checks, type and stride of the output, and the form of the input. With
/// checks, half of the time, spoils indices, and offsets or what the form has
/// in their place. The model's batch is left with the bags that are pooled, if
/// nothing is spoiled.
struct RandomLaunch {
  RandomLaunch(RandomModel &model, const Manifest &manifest);

  SimulatedLaunch launch;
  FormedBatch batch;
  bool oddAddresses = false; ///< of the batch's arrays
  bool spoiled = false;

private:
  void drawForm(RandomModel &model);
  void spoilIndices(RandomModel &model);
  void spoilBounds(RandomModel &model, const Manifest &manifest);
};

/// The same batch on the CPU, with the same checks: [batchSize, outputStride]
/// as f32, NaN where nobody wrote, and the faults. The batch's output is
/// ignored.
struct CpuResult {
  std::vector<float> output;
  FaultReport faults;
};
Result<CpuResult> poolOnCpu(const Manifest &manifest,
                            const std::vector<const void *> &tables,
                            BatchArguments batch,
                            const SimulatedLaunch &launch);

/// Where two outputs or fault reports differ. Elements must be equal, or both
/// NaN.
Status compareResults(const Manifest &manifest, const SimulatedLaunch &launch,
                      const SimulatedBatch &actual, const CpuResult &expected);

} // namespace recflex

#endif // RECFLEX_TEST_DIFFERENTIAL_RANDOMLAUNCH_H
