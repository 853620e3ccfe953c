//===- LaunchSequence.cpp - The kernels of a batch ------------------------===//

#include "recflex/Runtime/LaunchSequence.h"

namespace recflex {

LaunchSequence::LaunchSequence(const Manifest &manifest,
                               DevicePtr featureArrays,
                               const Workspace &workspace,
                               const ContextOptions &options)
    : manifest(&manifest), features(manifest.features.size()),
      blocks(makeDescriptors(manifest)),
      arrays(placeFeatureArrays(manifest, featureArrays)), memory(workspace),
      options(options), converter(manifest, workspace, options) {}

Status LaunchSequence::check(const BatchArguments &batch) const {
  if (Status status = recflex::check(batch, *manifest, options); !status)
    return status;
  if (manifest->scratchBytes != 0 && batch.batchSize > options.maxBatch)
    return makeError(ErrorCode::limitExceeded, "the batch has ",
                     batch.batchSize, " samples, the context has room for ",
                     options.maxBatch,
                     " while they are pooled; create it with a larger "
                     "maxBatch");
  return checkGrid(blocks.count(batch.batchSize), manifest->jaggedFeatures,
                   batch.batchSize);
}

Result<BatchArguments> LaunchSequence::bind(const BatchArguments &given,
                                            KernelQueue &queue) const {
  Result<BatchArguments> batch = converter.enqueue(given, queue);
  if (!batch || manifest->fixedBinding)
    return batch;
  constexpr int64_t featuresPerBlock = abi::kBindThreads / abi::kWarpSize;
  int64_t padded = abi::paddedFeatures(static_cast<int64_t>(features));
  int64_t grid = (padded + featuresPerBlock - 1) / featuresPerBlock;
  uint64_t batchSize = batch->batchSize;
  // The first kernel of a batch doesn't start early: the batch before reads the
  // workspace, and others may use the caller's arrays, until all that is ahead
  // has ended. Nor does this one where it isn't the first, for it doesn't wait.
  if (Status status =
          queue.launch({KernelId::bindKeys, grid, abi::kBindThreads},
                       {arrays.descriptors, features, batch->offsets, batchSize,
                        memory.keys});
      !status)
    return status.error();
  if (Status status = queue.launch(
          {KernelId::bindOrder, grid, abi::kBindThreads, /*startsEarly=*/true},
          {features, memory.keys, memory.order, memory.starts});
      !status)
    return status.error();
  return batch;
}

Status LaunchSequence::pool(const BatchArguments &batch, DevicePtr views,
                            KernelQueue &queue) const {
  uint64_t batchSize = batch.batchSize, outputStride = batch.outputStride;
  int32_t format =
      abi::outputFormat(batch.outputType, batch.output, batch.outputStride);
  KernelId kernel = format != abi::kUsualFormat ? KernelId::forwardAny
                    : memory.checkState         ? KernelId::forwardChecked
                                                : KernelId::forward;
  uint64_t lookups = batch.lookups, capacity = options.faultCapacity;
  uint64_t zeroBags = options.checks == InputChecks::zeroBag;
  // Without binding kernels ahead of it, it is the batch's first, or follows
  // one that doesn't wait itself: see bind().
  bool isFixed = manifest->fixedBinding;
  return queue.launch(
      {kernel, blocks.count(batch.batchSize), manifest->threads,
       /*startsEarly=*/!isFixed},
      {arrays.descriptors, features, isFixed ? arrays.ranks : memory.order,
       isFixed ? arrays.sums : memory.starts, batch.values, batch.offsets,
       batch.weights, batch.output, outputStride, static_cast<uint64_t>(format),
       batchSize, lookups, memory.checkState, capacity, zeroBags, views,
       memory.scratch});
}

} // namespace recflex
