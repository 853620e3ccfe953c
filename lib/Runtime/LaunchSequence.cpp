//===- LaunchSequence.cpp - The kernels of a batch ------------------------===//

#include "recflex/Runtime/LaunchSequence.h"

#include <algorithm>

namespace recflex {

LaunchSequence::LaunchSequence(const Manifest &manifest, DevicePtr descriptors,
                               const Workspace &workspace,
                               const ContextOptions &options)
    : manifest(&manifest), features(manifest.features.size()),
      blocks(makeDescriptors(manifest)), descriptors(descriptors),
      memory(workspace), options(options),
      converter(manifest, workspace, options) {}

Status LaunchSequence::check(const BatchArguments &batch) const {
  if (Status status = recflex::check(batch, *manifest, options); !status)
    return status;
  return checkGrid(blocks.count(batch.batchSize), manifest->jaggedFeatures,
                   batch.batchSize);
}

Result<BatchArguments> LaunchSequence::bind(const BatchArguments &given,
                                            KernelQueue &queue) const {
  DevicePtr flag = memory.checkState;
  if (flag)
    flag += offsetof(abi::CheckState, raised);
  Result<BatchArguments> batch = converter.enqueue(given, flag, queue);
  if (!batch)
    return batch;
  constexpr int64_t featuresPerBlock = abi::kBindThreads / abi::kWarpSize;
  int64_t grid = (features + featuresPerBlock - 1) / featuresPerBlock;
  uint64_t batchSize = batch->batchSize;
  // The first kernel of a batch doesn't start early: the batch before reads the
  // workspace, and others may use the caller's arrays, until all that is ahead
  // has ended. Nor does this one where it isn't the first, for it doesn't wait.
  if (Status status = queue.launch(
          {KernelId::bindKeys, grid, abi::kBindThreads},
          {descriptors, features, batch->offsets, batchSize, memory.keys});
      !status)
    return status.error();
  if (Status status = queue.launch(
          {KernelId::bindOrder, grid, abi::kBindThreads, /*startsEarly=*/true},
          {features, memory.keys, memory.order, memory.starts});
      !status)
    return status.error();
  return batch;
}

static uint64_t outputFormat(const BatchArguments &batch) {
  return abi::outputFormat(batch.outputType, batch.output, batch.outputStride);
}

Status LaunchSequence::pool(const BatchArguments &batch,
                            KernelQueue &queue) const {
  int64_t grid = blocks.count(batch.batchSize);
  if (options.checks != InputChecks::off)
    return poolChecked(batch, grid, queue);
  uint64_t batchSize = batch.batchSize, outputStride = batch.outputStride;
  return queue.launch(
      {KernelId::forward, grid, manifest->threads, /*startsEarly=*/true},
      {descriptors, features, memory.order, memory.starts, batch.values,
       batch.offsets, batch.weights, batch.output, outputStride,
       outputFormat(batch), batchSize});
}

Status LaunchSequence::poolChecked(const BatchArguments &batch, int64_t grid,
                                   KernelQueue &queue) const {
  uint64_t batchSize = batch.batchSize, outputStride = batch.outputStride;
  uint64_t lookups = batch.lookups, format = outputFormat(batch);
  if (Status status = queue.launch(
          {KernelId::forwardChecked, grid, manifest->threads,
           /*startsEarly=*/true},
          {descriptors, features, memory.order, memory.starts, batch.values,
           batch.offsets, batch.weights, batch.output, outputStride, format,
           batchSize, lookups, memory.checkState});
      !status)
    return status;
  constexpr int64_t bagsPerBlock = abi::kReportThreads / abi::kWarpSize;
  int64_t bags = static_cast<int64_t>(features) * batch.batchSize;
  int64_t reportGrid = std::min((bags + bagsPerBlock - 1) / bagsPerBlock,
                                abi::kReportBlocks);
  uint64_t capacity = options.faultCapacity;
  uint64_t zeroBags = options.checks == InputChecks::zeroBag;
  return queue.launch({KernelId::reportFaults, reportGrid, abi::kReportThreads,
                       /*startsEarly=*/true},
                      {descriptors, features, batch.values, batch.offsets,
                       lookups, batch.output, outputStride, format, batchSize,
                       memory.checkState, capacity, zeroBags});
}

} // namespace recflex
