//===- SimulatedForward.cpp - A compiled model on the simulator -----------===//

#include "recflex/Simulator/SimulatedForward.h"

#include "recflex/Runtime/LaunchSequence.h"
#include "recflex/Support/HalfFloat.h"

#include "llvm/Support/ErrorHandling.h"

#include <algorithm>
#include <cstring>

namespace recflex {

Result<SimulatedForward>
SimulatedForward::create(const Manifest &manifest, const llvm::Module &kernels,
                         const SimulatorOptions &options) {
  Result<std::unique_ptr<Simulator>> simulator =
      Simulator::create(kernels, options);
  if (!simulator)
    return simulator.error();
  SimulatedForward forward;
  forward.manifest = manifest;
  forward.simulator = std::move(*simulator);
  return forward;
}

namespace {
/// Runs kernels as they are launched.
class SimulatorQueue final : public KernelQueue {
public:
  explicit SimulatorQueue(Simulator &simulator) : simulator(simulator) {}

  Status launch(const KernelLaunch &launch,
                KernelArguments arguments) override {
    Result<SimulationStats> stats =
        simulator.launch(kernelName(launch.kernel),
                         {launch.blocks, launch.threads, 0}, arguments);
    if (!stats)
      return stats.error();
    lanes += stats->lanes;
    return {};
  }

  int64_t lanes = 0; ///< threads of all kernels so far

private:
  Simulator &simulator;
};

/// The arrays of a workspace, apart from one another, zero or filled with -1.
struct HostWorkspace {
  HostWorkspace(const std::vector<WorkspaceArray> &arrays,
                Simulator &simulator) {
    for (const WorkspaceArray &array : arrays) {
      // What lies behind an array belongs to no other.
      memory.emplace_back(array.bytes + 2 * kWorkspaceAlignment,
                          array.zeroed ? std::byte{0} : std::byte{0xFF});
      auto address = reinterpret_cast<DevicePtr>(memory.back().data());
      address = (address + kWorkspaceAlignment - 1) / kWorkspaceAlignment *
                kWorkspaceAlignment;
      addresses.*array.address = address;
      if (array.bytes)
        simulator.addMemory(array.name, reinterpret_cast<void *>(address),
                            array.bytes, /*writable=*/true);
    }
  }

  std::vector<std::vector<std::byte>> memory;
  Workspace addresses;
};
} // namespace

/// The bindings of device and host must be the same, bit for bit.
static Status compareBindings(const Binding &device, const Binding &host) {
  auto differ = [](const char *name, const std::vector<int32_t> &a,
                   const std::vector<int32_t> &b) -> Status {
    for (size_t i = 0; i < b.size(); ++i)
      if (a[i] != b[i])
        return makeError("the binding kernels give ", name, "[", i, "] = ",
                         a[i], ", the host ", b[i]);
    return {};
  };
  if (Status status = differ("keys", device.keys, host.keys); !status)
    return status;
  if (Status status = differ("order", device.order, host.order); !status)
    return status;
  return differ("starts", device.starts, host.starts);
}

/// The binding table in `workspace`.
static Binding readBinding(const Workspace &workspace, size_t features) {
  auto read = [](DevicePtr from, size_t count) {
    auto *array = reinterpret_cast<const int32_t *>(from);
    return std::vector<int32_t>(array, array + count);
  };
  return {read(workspace.keys, features), read(workspace.order, features),
          read(workspace.starts, features + 1)};
}

/// What the report left in `workspace`.
static FaultReport readFaults(const Workspace &workspace,
                              const ContextOptions &options) {
  FaultReport report;
  if (workspace.checkState == 0)
    return report;
  auto *state = reinterpret_cast<const abi::CheckState *>(workspace.checkState);
  auto *faults = reinterpret_cast<const Fault *>(state + 1);
  report.total = static_cast<int64_t>(state->total);
  report.faults.assign(faults,
                       faults + std::min(report.total, options.faultCapacity));
  sortFaults(report.faults);
  return report;
}

/// An element of the output as f32.
static float readElement(const std::byte *from, RowType type) {
  uint16_t half = 0;
  float full = 0;
  std::memcpy(&half, from, sizeof half);
  switch (type) {
  case RowType::f32:
    std::memcpy(&full, from, sizeof full);
    return full;
  case RowType::f16:
    return f16ToF32(half);
  case RowType::bf16:
    return bf16ToF32(half);
  }
  llvm_unreachable("unknown type of row");
}

Result<SimulatedBatch>
SimulatedForward::run(const std::vector<const void *> &tables,
                      const Batch &batch, const SimulatedLaunch &launch) {
  std::vector<abi::FeatureDescriptor> descriptors = makeDescriptors(manifest);
  size_t count = descriptors.size();
  for (size_t f = 0; f < count; ++f)
    descriptors[f].table = reinterpret_cast<uint64_t>(
        tables[manifest.features[f].table]);

  BatchArguments arguments;
  arguments.batchSize = batch.batchSize;
  arguments.lookups = batch.values.size();
  arguments.outputType = launch.outputType;
  arguments.outputStride =
      launch.outputStride ? launch.outputStride : manifest.outputWidth;
  // All bits set: NaN in every type.
  int64_t elements = batch.batchSize * arguments.outputStride;
  int64_t elementBytes = byteSize(launch.outputType);
  std::vector<std::byte> output(elements * elementBytes, std::byte{0xFF});

  simulator->clearMemory();
  auto add = [&](const std::string &name, const void *base, size_t bytes,
                 bool writable = false) {
    if (bytes)
      simulator->addMemory(name, const_cast<void *>(base), bytes, writable);
    return bytes ? reinterpret_cast<DevicePtr>(base) : 0;
  };
  for (size_t i = 0; i < tables.size(); ++i)
    add("table '" + manifest.tables[i].name + "'", tables[i],
        tableBytes(manifest.tables[i]));
  DevicePtr features = add("descriptors", descriptors.data(),
                           count * sizeof(abi::FeatureDescriptor));
  arguments.values =
      add("values", batch.values.bytes.data(), batch.values.bytes.size());
  arguments.offsets =
      add("offsets", batch.offsets.bytes.data(), batch.offsets.bytes.size());
  arguments.weights = add("weights", batch.weights.data(),
                          batch.weights.size() * sizeof(float));
  arguments.output = add("output", output.data(), output.size(), true);

  SimulatedBatch result;
  HostWorkspace workspace(workspaceArrays(manifest, launch.context),
                          *simulator);
  LaunchSequence sequence(manifest, features, workspace.addresses,
                          launch.context);
  if (sequence.isEmpty(arguments))
    return result;
  if (Status status = sequence.check(arguments); !status)
    return status.error();
  SimulatorQueue queue(*simulator);
  if (Status status = sequence.bind(arguments, queue); !status)
    return status.error();
  result.binding = readBinding(workspace.addresses, count);
  if (Status status = compareBindings(
          result.binding,
          bindOnHost(descriptors, batch.offsets, batch.batchSize));
      !status)
    return status.error();
  if (Status status = sequence.pool(arguments, queue); !status)
    return status.error();
  for (int64_t i = 0; i < elements; ++i)
    result.output.push_back(
        readElement(output.data() + i * elementBytes, launch.outputType));
  result.faults = readFaults(workspace.addresses, launch.context);
  result.lanes = queue.lanes;
  return result;
}

} // namespace recflex
