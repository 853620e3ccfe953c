//===- DeviceMemory.h - Memory on the GPU and the way there -----*- C++ -*-===//

#ifndef RECFLEX_RUNTIME_DEVICEMEMORY_H
#define RECFLEX_RUNTIME_DEVICEMEMORY_H

#include "recflex/Runtime/DeviceStream.h"

#include <functional>

namespace recflex {

/// Device memory; its address is a multiple of 256 (the driver's promise).
class DeviceBuffer {
public:
  /// No memory; its address is 0.
  DeviceBuffer() = default;

  /// `bytes` bytes with undefined contents; none for 0. The error names the
  /// size and what is free.
  static Result<DeviceBuffer> allocate(DevicePointer device, int64_t bytes);

  DevicePtr address() const { return handle.get(); }
  int64_t size() const { return bytes; }

private:
  DeviceBuffer(DevicePointer device, DevicePtr address, int64_t bytes)
      : handle(std::move(device), address), bytes(bytes) {}
  DeviceHandle<DevicePtr, &CudaDriver::memFree> handle;
  int64_t bytes = 0;
};

/// Host memory that the GPU copies from and to at full speed.
class PinnedBuffer {
public:
  /// No memory.
  PinnedBuffer() = default;

  static Result<PinnedBuffer> allocate(DevicePointer device, int64_t bytes);

  char *data() const { return static_cast<char *>(handle.get()); }
  int64_t size() const { return bytes; }

private:
  PinnedBuffer(DevicePointer device, void *memory, int64_t bytes)
      : handle(std::move(device), memory), bytes(bytes) {}
  DeviceHandle<void *, &CudaDriver::memFreeHost> handle;
  int64_t bytes = 0;
};

/// Copies `bytes` bytes and waits for them.
Status copyToDevice(const Stream &stream, DevicePtr to, const void *from,
                    int64_t bytes);
Status copyToHost(const Stream &stream, void *to, DevicePtr from,
                  int64_t bytes);

/// Enqueues a copy of `bytes` bytes inside device memory.
Status copyOnDevice(const Stream &stream, DevicePtr to, DevicePtr from,
                    int64_t bytes);

/// Enqueues: every byte of [to, to + bytes) becomes `value`. With 0xFF, floats
/// become NaN: an output that a kernel forgot to write then shows.
Status fillBytes(const Stream &stream, DevicePtr to, uint8_t value,
                 int64_t bytes);

/// Bytes of host memory that an upload stages, by default: past some megabytes
/// a larger piece is copied no faster.
constexpr int64_t kStagingBytes = int64_t{32} << 20;

/// Fills `bytes` bytes at `to` with what `produce(offset, piece, n)` writes
/// into `piece` for the bytes [offset, offset + n), in order. The memory used
/// is 2 * stagingBytes whatever the size; one piece is copied while the next is
/// produced. Returns when all is copied. For tables that no host could hold.
using PieceProducer =
    std::function<Status(int64_t offset, char *piece, int64_t bytes)>;
Status uploadPieces(const Stream &stream, DevicePtr to, int64_t bytes,
                    const PieceProducer &produce,
                    int64_t stagingBytes = kStagingBytes);

/// The same from host memory: a mapped file, an array of any size.
Status uploadTable(const Stream &stream, DevicePtr to, const void *from,
                   int64_t bytes, int64_t stagingBytes = kStagingBytes);

} // namespace recflex

#endif // RECFLEX_RUNTIME_DEVICEMEMORY_H
