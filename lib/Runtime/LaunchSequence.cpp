//===- LaunchSequence.cpp - The kernels of a batch ------------------------===//

#include "recflex/Runtime/LaunchSequence.h"

namespace recflex {

/// Elements to which the kernels align a row of the output: the compiler picks
/// the widest store, up to 4, that columns and width allow.
static int64_t outputElements(const Manifest &manifest) {
  return manifest.outputWidth % 4 == 0   ? 4
         : manifest.outputWidth % 2 == 0 ? 2
                                         : 1;
}

LaunchSequence::LaunchSequence(const Manifest &manifest, DevicePtr descriptors,
                               const Workspace &workspace,
                               const ContextOptions &options)
    : manifest(&manifest), features(manifest.features.size()),
      blocks(makeDescriptors(manifest)), descriptors(descriptors),
      memory(workspace), options(options) {}

Status LaunchSequence::check(const BatchArguments &batch) const {
  if (Status status = recflex::check(batch, *manifest, options); !status)
    return status;
  if (Status status = checkGrid(blocks.count(batch.batchSize),
                                manifest->jaggedFeatures, batch.batchSize);
      !status)
    return status;
  int64_t elements = outputElements(*manifest);
  if (batch.outputStride % elements != 0)
    return makeError("the output's rows are ", batch.outputStride,
                     " elements apart; give a multiple of ", elements);
  if (batch.output % (elements * sizeof(float)) != 0)
    return makeError("output has address ", batch.output,
                     ", which is not aligned to ", elements * sizeof(float),
                     " bytes");
  return {};
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
  uint64_t batchSize = batch.batchSize, outputStride = batch.outputStride;
  return queue.launch(
      {KernelId::forward, blocks.count(batch.batchSize), manifest->threads,
       /*startsEarly=*/true},
      {descriptors, features, memory.order, memory.starts, batch.values,
       batch.offsets, batch.weights, batch.output, outputStride, batchSize});
}

} // namespace recflex
