//===- SimulatedForward.h - A compiled model on the simulator ---*- C++ -*-===//

#ifndef RECFLEX_SIMULATOR_SIMULATEDFORWARD_H
#define RECFLEX_SIMULATOR_SIMULATEDFORWARD_H

#include "recflex/Data/Batch.h"
#include "recflex/Runtime/Binding.h"
#include "recflex/Runtime/Manifest.h"
#include "recflex/Simulator/Simulator.h"

namespace recflex {

/// What one simulated batch gave.
struct SimulatedBatch {
  std::vector<float> output; ///< [batchSize, outputWidth], row-major
  Binding binding;           ///< as the device's kernels computed it
  int64_t lanes = 0;         ///< threads of all three kernels
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
  /// manifest's table i, 16-byte aligned. The output is poisoned first. Errors:
  /// the simulator's, or a binding that differs from the host's.
  Result<SimulatedBatch> run(const std::vector<const void *> &tables,
                             const Batch &batch);

private:
  Manifest manifest;
  std::unique_ptr<Simulator> simulator;
};

} // namespace recflex

#endif // RECFLEX_SIMULATOR_SIMULATEDFORWARD_H
