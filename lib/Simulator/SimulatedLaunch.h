//===- SimulatedLaunch.h - What a launch needs on the simulator -*- C++ -*-===//

#ifndef RECFLEX_LIB_SIMULATOR_SIMULATEDLAUNCH_H
#define RECFLEX_LIB_SIMULATOR_SIMULATEDLAUNCH_H

#include "recflex/Runtime/BatchArguments.h"
#include "recflex/Runtime/KernelQueue.h"
#include "recflex/Runtime/Workspace.h"
#include "recflex/Simulator/Simulator.h"

namespace recflex {

/// Runs kernels as they are launched.
class SimulatorQueue final : public KernelQueue {
public:
  explicit SimulatorQueue(Simulator &simulator) : simulator(simulator) {}

  Status launch(const KernelLaunch &launch, KernelArguments arguments) override;

  /// Threads of all kernels so far.
  int64_t lanes() const { return total; }

private:
  Simulator &simulator;
  int64_t total = 0;
};

/// The arrays of a workspace, apart from one another, zero or filled with -1,
/// which kernels can write.
class HostWorkspace {
public:
  HostWorkspace(const std::vector<WorkspaceArray> &arrays,
                Simulator &simulator);

  const Workspace &addresses() const { return workspace; }

private:
  std::vector<std::vector<std::byte>> memory;
  Workspace workspace;
};

/// Lets kernels read the arrays of a batch, which are in host memory and don't
/// overlap: as many bytes of each as the batch says, and none of an offsets
/// array whose number of samples cannot be right.
void addInputMemory(Simulator &simulator, const Manifest &manifest,
                    const BatchArguments &batch);

} // namespace recflex

#endif // RECFLEX_LIB_SIMULATOR_SIMULATEDLAUNCH_H
