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

Status BlockClocks::readClocks(const Stream &stream, int64_t blocks) {
  return copyToHost(stream, clocks.data(), onDevice.address(),
                    blocks * 2 * int64_t(sizeof(int64_t)));
}

void BlockClocks::add(const int32_t *order, const int32_t *starts,
                      std::vector<BlockTimes> &times) const {
  auto *clock = reinterpret_cast<const int64_t *>(clocks.data());
  for (size_t rank = 0; rank != times.size(); ++rank) {
    BlockTimes &feature = times[order[rank]];
    int64_t longest = 0;
    for (int64_t block = starts[rank]; block != starts[rank + 1]; ++block) {
      int64_t cycles = clock[2 * block + 1] - clock[2 * block];
      feature.sum += cycles;
      longest = std::max(longest, cycles);
    }
    feature.longest += longest;
    ++feature.batches;
  }
}

Status BlockClocks::collect(const Stream &stream, int64_t blocks,
                            const Workspace &workspace,
                            std::vector<BlockTimes> &times) {
  int64_t features = times.size();
  for (auto [to, from, numbers] :
       {std::tuple{order.data(), workspace.order, features},
        std::tuple{starts.data(), workspace.starts, features + 1}})
    if (Status status =
            copyToHost(stream, to, from, numbers * int64_t(sizeof(int32_t)));
        !status)
      return status;
  if (Status status = readClocks(stream, blocks); !status)
    return status;
  add(reinterpret_cast<const int32_t *>(order.data()),
      reinterpret_cast<const int32_t *>(starts.data()), times);
  return {};
}

Status BlockClocks::collect(const Stream &stream, int64_t blocks,
                            const Binding &binding,
                            std::vector<BlockTimes> &times) {
  if (Status status = readClocks(stream, blocks); !status)
    return status;
  add(binding.order.data(), binding.starts.data(), times);
  return {};
}

} // namespace recflex
