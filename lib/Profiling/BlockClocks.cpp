//===- BlockClocks.cpp - How long each feature's blocks took --------------===//

#include "BlockClocks.h"

#include <algorithm>

namespace recflex {

Status BlockClocks::reserve(const Stream &stream, int64_t blocks,
                            size_t features) {
  int64_t bytes = blocks * 2 * sizeof(int64_t);
  if (bytes > onDevice.size()) {
    Result<DeviceBuffer> larger =
        DeviceBuffer::allocate(stream.device(), bytes);
    if (!larger)
      return larger.error();
    onDevice = std::move(*larger);
  }
  for (auto [buffer, size] :
       {std::pair{&clocks, bytes},
        std::pair{&order, int64_t(features * sizeof(int32_t))},
        std::pair{&starts, int64_t((features + 1) * sizeof(int32_t))}}) {
    if (size <= buffer->size())
      continue;
    Result<PinnedBuffer> larger = PinnedBuffer::allocate(stream.device(), size);
    if (!larger)
      return larger.error();
    *buffer = std::move(*larger);
  }
  return {};
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
