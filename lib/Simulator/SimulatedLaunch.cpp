//===- SimulatedLaunch.cpp - What a launch needs on the simulator ---------===//

#include "SimulatedLaunch.h"

namespace recflex {

Status SimulatorQueue::launch(const KernelLaunch &launch,
                              KernelArguments arguments) {
  Result<SimulationStats> stats = simulator.launch(
      kernelName(launch.kernel), {launch.blocks, launch.threads, 0}, arguments);
  if (!stats)
    return stats.error();
  total += stats->lanes;
  return {};
}

HostWorkspace::HostWorkspace(const std::vector<WorkspaceArray> &arrays,
                             Simulator &simulator) {
  for (const WorkspaceArray &array : arrays) {
    if (array.bytes == 0)
      continue;
    // What lies behind an array belongs to no other.
    memory.emplace_back(array.bytes + 2 * kWorkspaceAlignment,
                        array.zeroed ? std::byte{0} : std::byte{0xFF});
    auto address = reinterpret_cast<DevicePtr>(memory.back().data());
    address = (address + kWorkspaceAlignment - 1) / kWorkspaceAlignment *
              kWorkspaceAlignment;
    workspace.*array.address = address;
    simulator.addMemory(array.name, reinterpret_cast<void *>(address),
                        array.bytes, /*writable=*/true);
  }
}

static void add(Simulator &simulator, const std::string &name,
                DevicePtr address, int64_t bytes) {
  if (address && bytes > 0)
    simulator.addMemory(name, reinterpret_cast<void *>(address), bytes,
                        /*writable=*/false);
}

void addInputMemory(Simulator &simulator, const Manifest &manifest,
                    const BatchArguments &batch) {
  int64_t index = byteSize(manifest.indexType), keys = manifest.jaggedFeatures;
  int64_t bags = batch.keyStarts ? batch.bags : keys * batch.batchSize;
  add(simulator, "values", batch.values, batch.lookups * index);
  add(simulator, "offsets", batch.offsets, (bags + 1) * index);
  add(simulator, "lengths", batch.lengths, bags * index);
  add(simulator, "weights", batch.weights, batch.lookups * sizeof(float));
  add(simulator, "keyStarts", batch.keyStarts, (keys + 1) * sizeof(int32_t));
  add(simulator, "views", batch.views, keys * sizeof(KeyView));
  if (!batch.views)
    return;
  for (int64_t key = 0; key < keys; ++key) {
    const KeyView &view = reinterpret_cast<const KeyView *>(batch.views)[key];
    std::string of = " of view " + std::to_string(key);
    add(simulator, "values" + of, view.values, view.lookups * index);
    add(simulator, "weights" + of, view.weights, view.lookups * sizeof(float));
    if (view.samples >= 0 && view.samples <= batch.batchSize)
      add(simulator, "offsets" + of, view.offsets, (view.samples + 1) * index);
  }
}

} // namespace recflex
