//===- BlockClocks.cpp - How long each feature's blocks took --------------===//

#include "BlockClocks.h"

#include <algorithm>

namespace recflex {

Result<BlockClocks> BlockClocks::create(const Stream &stream, int64_t blocks,
                                        size_t features) {
  BlockClocks result;
  int64_t bytes = blocks * 2 * sizeof(int64_t);
  Result<DeviceBuffer> onDevice = DeviceBuffer::allocate(stream.device(), bytes);
  if (!onDevice)
    return onDevice.error();
  result.onDevice = std::move(*onDevice);
  for (auto [buffer, size] :
       {std::pair{&result.clocks, bytes},
        std::pair{&result.order, int64_t(features * sizeof(int32_t))},
        std::pair{&result.starts, int64_t((features + 1) * sizeof(int32_t))}}) {
    Result<PinnedBuffer> pinned = PinnedBuffer::allocate(stream.device(), size);
    if (!pinned)
      return pinned.error();
    *buffer = std::move(*pinned);
  }
  return result;
}

Status BlockClocks::collect(const Stream &stream, int64_t blocks,
                            const Workspace &workspace,
                            std::vector<BlockTimes> &times) {
  int64_t features = times.size();
  for (auto [to, from, bytes] :
       {std::tuple{clocks.data(), onDevice.address(),
                   blocks * 2 * int64_t(sizeof(int64_t))},
        std::tuple{order.data(), workspace.order,
                   features * int64_t(sizeof(int32_t))},
        std::tuple{starts.data(), workspace.starts,
                   (features + 1) * int64_t(sizeof(int32_t))}})
    if (Status status = copyToHost(stream, to, from, bytes); !status)
      return status;
  auto *clock = reinterpret_cast<const int64_t *>(clocks.data());
  auto *number = reinterpret_cast<const int32_t *>(order.data());
  auto *start = reinterpret_cast<const int32_t *>(starts.data());
  for (int64_t rank = 0; rank != features; ++rank) {
    BlockTimes &feature = times[number[rank]];
    int64_t longest = 0;
    for (int64_t block = start[rank]; block != start[rank + 1]; ++block) {
      int64_t cycles = clock[2 * block + 1] - clock[2 * block];
      feature.sum += cycles;
      longest = std::max(longest, cycles);
    }
    feature.longest += longest;
    ++feature.batches;
  }
  return {};
}

} // namespace recflex
