//===- SimulatedForward.h - A compiled model on the simulator ---*- C++ -*-===//

#ifndef RECFLEX_SIMULATOR_SIMULATEDFORWARD_H
#define RECFLEX_SIMULATOR_SIMULATEDFORWARD_H

#include "recflex/Data/Batch.h"
#include "recflex/Runtime/FaultReport.h"
#include "recflex/Runtime/Manifest.h"
#include "recflex/Simulator/Simulator.h"

namespace recflex {

/// How a simulated batch is launched.
struct SimulatedLaunch {
  ContextOptions context;
  RowType outputType = RowType::f32;
  int64_t outputStride = 0; ///< elements; 0: the model's width
};

/// What one simulated batch gave.
struct SimulatedBatch {
  /// [batchSize, outputStride] of the output type, as f32; what no kernel
  /// wrote is NaN.
  std::vector<float> output;
  FaultReport faults; ///< with checks
  int64_t lanes = 0;  ///< threads of all kernels
};

/// The simulator's twin of DeviceModule and ExecutionContext: the same launch
/// sequence.
class SimulatedForward {
public:
  /// `kernels` is the LLVM IR that `manifest`'s PTX was made from.
  static Result<SimulatedForward> create(const Manifest &manifest,
                                         const llvm::Module &kernels,
                                         const SimulatorOptions &options = {});

  /// Runs one batch that has passed Batch::check. `tables[i]` is row 0 of the
  /// manifest's table i, 16-byte aligned. The output is poisoned first. With
  /// checks, indices and offsets may be anything. Errors: the simulator's, or a
  /// binding that differs from the host's.
  Result<SimulatedBatch> run(const std::vector<const void *> &tables,
                             const Batch &batch,
                             const SimulatedLaunch &launch = {});

  /// Runs a batch in any form, given by arrays of host memory, `lookups`
  /// included, that don't overlap. Its output is ignored: `launch` says how the
  /// result is to be.
  Result<SimulatedBatch> run(const std::vector<const void *> &tables,
                             BatchArguments batch,
                             const SimulatedLaunch &launch = {});

private:
  Manifest manifest;
  std::unique_ptr<Simulator> simulator;
};

} // namespace recflex

#endif // RECFLEX_SIMULATOR_SIMULATEDFORWARD_H
