//===- SimulatedForward.cpp - A compiled model on the simulator -----------===//

#include "recflex/Simulator/SimulatedForward.h"

#include "SimulatedLaunch.h"

#include "recflex/Runtime/LaunchSequence.h"
#include "recflex/Support/HalfFloat.h"

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

/// The bindings of device and host must be the same, bit for bit.
static Status compareBindings(const Binding &device, const Binding &host) {
  auto differ = [](const char *name, const std::vector<int32_t> &a,
                   const std::vector<int32_t> &b) -> Status {
    for (size_t i = 0; i < b.size(); ++i)
      if (a[i] != b[i])
        return makeError("the binding kernels give ", name, "[", i,
                         "] = ", a[i], ", the host ", b[i]);
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

/// The offsets of a batch that the kernels can read.
static IndexArray readOffsets(const BatchArguments &batch,
                              const Manifest &manifest) {
  IndexArray offsets;
  offsets.type = manifest.indexType;
  offsets.resize(manifest.jaggedFeatures * batch.batchSize + 1);
  std::memcpy(offsets.bytes.data(),
              reinterpret_cast<const void *>(batch.offsets),
              offsets.bytes.size());
  return offsets;
}

/// Whether the binding kernels of a batch did what the host does.
static Status checkBinding(const Workspace &workspace,
                           const BatchArguments &batch,
                           const Manifest &manifest) {
  Binding device = readBinding(workspace, manifest.features.size());
  return compareBindings(device, bindOnHost(makeDescriptors(manifest),
                                            readOffsets(batch, manifest),
                                            batch.batchSize));
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

/// The address of an array that may be empty.
template <typename T> static DevicePtr addressOf(const std::vector<T> &array) {
  return array.empty() ? 0 : reinterpret_cast<DevicePtr>(array.data());
}

Result<SimulatedBatch>
SimulatedForward::run(const std::vector<const void *> &tables,
                      const Batch &batch, const SimulatedLaunch &launch) {
  BatchArguments arguments;
  arguments.batchSize = batch.batchSize;
  arguments.lookups = batch.values.size();
  arguments.values = addressOf(batch.values.bytes);
  arguments.offsets = addressOf(batch.offsets.bytes);
  arguments.weights = addressOf(batch.weights);
  return run(tables, arguments, launch);
}

Result<SimulatedBatch>
SimulatedForward::run(const std::vector<const void *> &tables,
                      BatchArguments arguments, const SimulatedLaunch &launch) {
  std::vector<DevicePtr> addresses;
  for (const void *table : tables)
    addresses.push_back(reinterpret_cast<DevicePtr>(table));
  std::vector<std::byte> arrays = packFeatureArrays(manifest, addresses);

  arguments.outputType = launch.outputType;
  arguments.outputStride =
      launch.outputStride ? launch.outputStride : manifest.outputWidth;
  // All bits set: NaN in every type.
  int64_t elements = arguments.batchSize * arguments.outputStride;
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
  DevicePtr features = add("descriptors", arrays.data(), arrays.size());
  addInputMemory(*simulator, manifest, arguments);
  arguments.output = add("output", output.data(), output.size(), true);

  SimulatedBatch result;
  ContextOptions context = launch.context;
  if (manifest.scratchBytes && context.maxBatch == 0)
    context.maxBatch = arguments.batchSize;
  if (Status status = check(context, manifest); !status)
    return status.error();
  HostWorkspace workspace(workspaceArrays(manifest, context), *simulator);
  LaunchSequence sequence(manifest, features, workspace.addresses(), context);
  if (sequence.isEmpty(arguments))
    return result;
  if (Status status = sequence.check(arguments); !status)
    return status.error();
  SimulatorQueue queue(*simulator);
  Result<BatchArguments> bound = sequence.bind(arguments, queue);
  if (!bound)
    return bound.error();
  if (!manifest.fixedBinding)
    if (Status status = checkBinding(workspace.addresses(), *bound, manifest);
        !status)
      return status.error();
  if (Status status = sequence.pool(*bound, arguments.views, queue); !status)
    return status.error();
  for (int64_t i = 0; i < elements; ++i)
    result.output.push_back(
        readElement(output.data() + i * elementBytes, launch.outputType));
  result.faults = readFaults(workspace.addresses(), launch.context);
  result.lanes = queue.lanes();
  return result;
}

} // namespace recflex
