//===- SimulatedForward.cpp - A compiled model on the simulator -----------===//

#include "recflex/Simulator/SimulatedForward.h"

#include "recflex/Runtime/KernelABI.h"

#include <limits>

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

template <typename T>
static KernelArgument address(const std::vector<T> &array) {
  return reinterpret_cast<KernelArgument>(array.data());
}

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

Result<SimulatedBatch>
SimulatedForward::run(const std::vector<const void *> &tables,
                      const Batch &batch) {
  std::vector<abi::FeatureDescriptor> descriptors = makeDescriptors(manifest);
  int64_t count = descriptors.size(), samples = batch.batchSize;
  for (int64_t f = 0; f < count; ++f)
    descriptors[f].table = reinterpret_cast<uint64_t>(
        tables[manifest.features[f].table]);
  int64_t blocks = countBlocks(descriptors, samples);
  if (Status status = checkGrid(blocks, manifest.jaggedFeatures, samples);
      !status)
    return status.error();

  SimulatedBatch result;
  result.output.assign(samples * manifest.outputWidth,
                       std::numeric_limits<float>::quiet_NaN());
  std::vector<int32_t> keys(2 * count, -1), order(count, -1),
      starts(count + 1, -1);

  simulator->clearMemory();
  auto add = [&](const std::string &name, const void *base, size_t bytes,
                 bool writable) {
    if (bytes)
      simulator->addMemory(name, const_cast<void *>(base), bytes, writable);
  };
  for (size_t i = 0; i < tables.size(); ++i) {
    const ManifestTable &table = manifest.tables[i];
    add("table '" + table.name + "'", tables[i],
        table.rows * table.width * byteSize(table.type), false);
  }
  add("descriptors", descriptors.data(),
      count * sizeof(abi::FeatureDescriptor), false);
  add("values", batch.values.bytes.data(), batch.values.bytes.size(), false);
  add("offsets", batch.offsets.bytes.data(), batch.offsets.bytes.size(), false);
  add("weights", batch.weights.data(), batch.weights.size() * sizeof(float),
      false);
  add("output", result.output.data(), result.output.size() * sizeof(float),
      true);
  add("keys", keys.data(), keys.size() * sizeof(int32_t), true);
  add("order", order.data(), order.size() * sizeof(int32_t), true);
  add("starts", starts.data(), starts.size() * sizeof(int32_t), true);

  auto launch = [&](const char *kernel, int64_t grid, int32_t threads,
                    std::vector<KernelArgument> arguments) -> Status {
    Result<SimulationStats> stats =
        simulator->launch(kernel, {grid, threads, 0}, arguments);
    if (!stats)
      return stats.error();
    result.lanes += stats->lanes;
    return {};
  };
  uint64_t F = count, B = samples;
  uint64_t offsets = reinterpret_cast<uint64_t>(batch.offsets.bytes.data());
  uint64_t values = reinterpret_cast<uint64_t>(batch.values.bytes.data());
  int64_t perBlock = abi::kBindThreads / abi::kWarpSize;
  int64_t bindBlocks = (count + perBlock - 1) / perBlock;
  if (Status status =
          launch(abi::kBindKeysKernel, bindBlocks, abi::kBindThreads,
                 {address(descriptors), F, offsets, B, address(keys)});
      !status)
    return status.error();
  if (Status status =
          launch(abi::kBindOrderKernel, bindBlocks, abi::kBindThreads,
                 {F, address(keys), address(order), address(starts)});
      !status)
    return status.error();

  result.binding.keys.assign(keys.begin(), keys.begin() + count);
  result.binding.order = std::move(order);
  result.binding.starts = std::move(starts);
  if (Status status =
          compareBindings(result.binding,
                          bindOnHost(descriptors, batch.offsets, samples));
      !status)
    return status.error();

  if (Status status = launch(
          abi::kForwardKernel, blocks, manifest.threads,
          {address(descriptors), F, address(result.binding.order),
           address(result.binding.starts), values, offsets,
           address(batch.weights), address(result.output),
           static_cast<uint64_t>(manifest.outputWidth), B});
      !status)
    return status.error();
  return result;
}

} // namespace recflex
