//===- RegisterMemref.cpp - Host memory by its memref ---------------------===//
//
// For both runtimes: what a memref covers, registered as any other memory.
//
//===----------------------------------------------------------------------===//

#include "recflex-c/GpuRuntime.h"

namespace {
/// From the first element of a memref to behind its last.
struct MemrefRange {
  void *begin;
  uint64_t bytes;
};
} // namespace

/// `descriptor` is MLIR's: two pointers, the offset, `rank` sizes and as many
/// strides, in elements.
static MemrefRange memrefRange(int64_t rank, const void *descriptor,
                               int64_t elementBytes) {
  auto pointers = static_cast<char *const *>(descriptor);
  auto numbers = reinterpret_cast<const int64_t *>(pointers + 2);
  const int64_t *sizes = numbers + 1, *strides = sizes + rank;
  int64_t last = 0;
  for (int64_t i = 0; i != rank; ++i) {
    if (sizes[i] == 0)
      return {pointers[1], 0};
    last += (sizes[i] - 1) * strides[i];
  }
  return {pointers[1] + numbers[0] * elementBytes,
          static_cast<uint64_t>((last + 1) * elementBytes)};
}

void mgpuMemHostRegisterMemRef(int64_t rank, void *descriptor,
                               int64_t elementBytes) {
  MemrefRange range = memrefRange(rank, descriptor, elementBytes);
  mgpuMemHostRegister(range.begin, range.bytes);
}

void mgpuMemHostUnregisterMemRef(int64_t rank, void *descriptor,
                                 int64_t elementBytes) {
  MemrefRange range = memrefRange(rank, descriptor, elementBytes);
  if (range.bytes != 0)
    mgpuMemHostUnregister(range.begin);
}
