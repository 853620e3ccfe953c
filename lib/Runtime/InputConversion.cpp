//===- InputConversion.cpp - Other forms of input -------------------------===//

#include "recflex/Runtime/InputConversion.h"

#include <algorithm>

namespace recflex {

/// Most blocks that copy views: four times what a large GPU runs at once, and
/// each goes on to the next tiles. More of them would find nothing to do where
/// a batch has fewer lookups than there is room for.
constexpr int64_t kMaxCopyBlocks = 4096;

static int64_t ceilDivide(int64_t a, int64_t b) { return (a + b - 1) / b; }

int64_t maxScannedOffset(IndexType type) {
  return type == IndexType::i32 ? INT32_MAX : abi::kMaxScanLimit;
}

InputConverter::InputConverter(const Manifest &manifest,
                               const Workspace &workspace,
                               const ContextOptions &options)
    : keys(manifest.jaggedFeatures), memory(workspace),
      maxOffset(maxScannedOffset(manifest.indexType)),
      maxLookups(options.maxLookups), faultCapacity(options.faultCapacity) {}

Status InputConverter::scan(const BatchArguments &batch, int64_t bags,
                            DevicePtr offsets, KernelQueue &queue) const {
  uint64_t batchSize = batch.batchSize, count = bags;
  uint64_t limit = batch.views ? maxLookups : maxOffset;
  int64_t chunks = ceilDivide(bags + 1, abi::kInputChunk);
  // The first kernel of a batch doesn't start early (LaunchSequence::bind).
  if (chunks > 1)
    if (Status status =
            queue.launch({KernelId::scanSums, chunks, abi::kInputThreads},
                         {batch.lengths, batch.views, batchSize, count, limit,
                          memory.chunkSums});
        !status)
      return status;
  // Which key a bag is of is seen when keyStarts are followed.
  DevicePtr faults = batch.keyStarts ? 0 : memory.checkState;
  return queue.launch({KernelId::scanOffsets, chunks, abi::kInputThreads,
                       /*startsEarly=*/chunks > 1},
                      {batch.lengths, batch.views, batchSize, count, limit,
                       memory.chunkSums, offsets, faults, faultCapacity});
}

Status InputConverter::expand(const BatchArguments &batch, DevicePtr offsets,
                              KernelQueue &queue) const {
  uint64_t batchSize = batch.batchSize, bags = batch.bags, J = keys;
  int64_t chunks = ceilDivide(keys * batch.batchSize + 1, abi::kInputChunk);
  return queue.launch({KernelId::expandOffsets, chunks, abi::kInputThreads,
                       /*startsEarly=*/batch.lengths != 0},
                      {offsets, batch.keyStarts, batch.lengths, J, batchSize,
                       bags, memory.offsets, memory.checkState, faultCapacity});
}

Status InputConverter::copy(const BatchArguments &batch,
                            KernelQueue &queue) const {
  constexpr int64_t positionsPerBlock =
      abi::kInputThreads / abi::kWarpSize * abi::kCopyTile;
  uint64_t batchSize = batch.batchSize, count = keys * batch.batchSize;
  int64_t blocks =
      std::min(ceilDivide(maxLookups, positionsPerBlock), kMaxCopyBlocks);
  return queue.launch({KernelId::copyViews, blocks, abi::kInputThreads,
                       /*startsEarly=*/true},
                      {batch.views, batchSize, count, memory.offsets,
                       memory.values, memory.weights});
}

Result<BatchArguments> InputConverter::enqueue(const BatchArguments &batch,
                                               KernelQueue &queue) const {
  if (isCanonical(batch))
    return batch;
  BatchArguments canonical = batch;
  canonical.offsets = memory.offsets;
  canonical.lengths = canonical.keyStarts = canonical.views = 0;
  canonical.bags = 0;
  if (batch.keyStarts) {
    DevicePtr offsets = batch.offsets;
    if (batch.lengths) {
      offsets = memory.bagOffsets;
      if (Status status = scan(batch, batch.bags, offsets, queue); !status)
        return status.error();
    }
    if (Status status = expand(batch, offsets, queue); !status)
      return status.error();
    return canonical;
  }
  if (Status status =
          scan(batch, keys * batch.batchSize, memory.offsets, queue);
      !status)
    return status.error();
  if (batch.views) {
    if (Status status = copy(batch, queue); !status)
      return status.error();
    canonical.values = memory.values;
    canonical.weights = memory.weights;
    canonical.lookups = maxLookups;
  }
  return canonical;
}

} // namespace recflex
