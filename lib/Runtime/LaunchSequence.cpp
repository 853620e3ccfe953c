//===- LaunchSequence.cpp - The kernels of a batch ------------------------===//

#include "recflex/Runtime/LaunchSequence.h"

namespace recflex {

LaunchSequence::LaunchSequence(const Manifest &manifest, DevicePtr descriptors,
                               const Workspace &workspace,
                               const ContextOptions &options)
    : manifest(&manifest), features(manifest.features.size()),
      blocks(makeDescriptors(manifest)), descriptors(descriptors),
      memory(workspace), options(options) {}

Status LaunchSequence::check(const BatchArguments &batch) const {
  if (Status status = recflex::check(batch, *manifest, options); !status)
    return status;
  return checkGrid(blocks.count(batch.batchSize), manifest->jaggedFeatures,
                   batch.batchSize);
}

Status LaunchSequence::bind(const BatchArguments &batch,
                            KernelQueue &queue) const {
  constexpr int64_t featuresPerBlock = abi::kBindThreads / abi::kWarpSize;
  int64_t grid = (features + featuresPerBlock - 1) / featuresPerBlock;
  uint64_t batchSize = batch.batchSize;
  // The first kernel doesn't start early: the batch before reads the workspace,
  // and others may use the caller's arrays, until all that is ahead has ended.
  if (Status status = queue.launch(
          {KernelId::bindKeys, grid, abi::kBindThreads},
          {descriptors, features, batch.offsets, batchSize, memory.keys});
      !status)
    return status;
  return queue.launch({KernelId::bindOrder, grid, abi::kBindThreads,
                       /*startsEarly=*/true},
                      {features, memory.keys, memory.order, memory.starts});
}

Status LaunchSequence::pool(const BatchArguments &batch,
                            KernelQueue &queue) const {
  int64_t grid = blocks.count(batch.batchSize);
  uint64_t batchSize = batch.batchSize, outputStride = batch.outputStride;
  uint64_t format = abi::outputFormat(batch.outputType, batch.output,
                                      batch.outputStride);
  if (options.checks == InputChecks::off)
    return queue.launch(
        {KernelId::forward, grid, manifest->threads, /*startsEarly=*/true},
        {descriptors, features, memory.order, memory.starts, batch.values,
         batch.offsets, batch.weights, batch.output, outputStride, format,
         batchSize});
  uint64_t lookups = batch.lookups, capacity = options.faultCapacity;
  uint64_t zeroBags = options.checks == InputChecks::zeroBag;
  return queue.launch(
      {KernelId::forwardChecked, grid, manifest->threads, /*startsEarly=*/true},
      {descriptors, features, memory.order, memory.starts, batch.values,
       batch.offsets, batch.weights, batch.output, outputStride, format,
       batchSize, lookups, memory.checkState, capacity, zeroBags});
}

} // namespace recflex
