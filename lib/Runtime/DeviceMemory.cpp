//===- DeviceMemory.cpp - Memory on the GPU and the way there -------------===//

#include "recflex/Runtime/DeviceMemory.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace recflex {

Result<DeviceBuffer> DeviceBuffer::allocate(DevicePointer device,
                                            int64_t bytes) {
  if (bytes < 0)
    return makeError("cannot allocate ", bytes, " bytes");
  if (bytes == 0)
    return DeviceBuffer();
  ContextScope scope(*device);
  if (!scope)
    return scope.error();
  const CudaDriver &driver = device->driver();
  DevicePtr address = 0;
  if (int code = driver.memAlloc(&address, bytes); code != cuda::kSuccess) {
    size_t free = 0, total = 0;
    std::string what =
        "allocating " + std::to_string(bytes) + " bytes of device memory";
    if (driver.memGetInfo(&free, &total) == cuda::kSuccess)
      what += " (" + std::to_string(free) + " of " + std::to_string(total) +
              " are free)";
    return driver.error(code, what);
  }
  return DeviceBuffer(std::move(device), address, bytes);
}

Result<PinnedBuffer> PinnedBuffer::allocate(DevicePointer device,
                                            int64_t bytes) {
  ContextScope scope(*device);
  if (!scope)
    return scope.error();
  const CudaDriver &driver = device->driver();
  void *memory = nullptr;
  if (int code = driver.memHostAlloc(&memory, bytes, 0); code != cuda::kSuccess)
    return driver.error(code, "allocating " + std::to_string(bytes) +
                                  " bytes of pinned host memory");
  return PinnedBuffer(std::move(device), memory, bytes);
}

/// Calls one of the driver's functions in the stream's context.
template <typename Call>
static Status enqueue(const Stream &stream, const char *what, Call call) {
  ContextScope scope(*stream.device());
  if (!scope)
    return scope.error();
  const CudaDriver &driver = stream.device()->driver();
  return driver.check(call(driver), what);
}

/// Enqueues a copy to the device.
static Status enqueueCopy(const Stream &stream, DevicePtr to, const void *from,
                          int64_t bytes) {
  return enqueue(stream, "cuMemcpyHtoDAsync", [&](const CudaDriver &driver) {
    return driver.memcpyHtoDAsync(to, from, bytes, stream.get());
  });
}

Status copyToDevice(const Stream &stream, DevicePtr to, const void *from,
                    int64_t bytes) {
  if (bytes == 0)
    return {};
  if (Status status = enqueueCopy(stream, to, from, bytes); !status)
    return status;
  return stream.synchronize();
}

Status copyToHost(const Stream &stream, void *to, DevicePtr from,
                  int64_t bytes) {
  if (bytes == 0)
    return {};
  if (Status status = enqueue(stream, "cuMemcpyDtoHAsync",
                              [&](const CudaDriver &driver) {
                                return driver.memcpyDtoHAsync(to, from, bytes,
                                                              stream.get());
                              });
      !status)
    return status;
  return stream.synchronize();
}

Status copyOnDevice(const Stream &stream, DevicePtr to, DevicePtr from,
                    int64_t bytes) {
  if (bytes == 0)
    return {};
  return enqueue(stream, "cuMemcpyDtoDAsync", [&](const CudaDriver &driver) {
    return driver.memcpyDtoDAsync(to, from, bytes, stream.get());
  });
}

Status fillBytes(const Stream &stream, DevicePtr to, uint8_t value,
                 int64_t bytes) {
  if (bytes == 0)
    return {};
  return enqueue(stream, "cuMemsetD8Async", [&](const CudaDriver &driver) {
    return driver.memsetD8Async(to, value, bytes, stream.get());
  });
}

namespace {
/// A pinned piece, and the event after which it may be written again.
struct StagedPiece {
  PinnedBuffer memory;
  Event copied;
  bool inFlight = false;

  static Result<StagedPiece> create(const DevicePointer &device,
                                    int64_t bytes) {
    Result<PinnedBuffer> memory = PinnedBuffer::allocate(device, bytes);
    if (!memory)
      return memory.error();
    Result<Event> copied = Event::create(device, /*timed=*/false);
    if (!copied)
      return copied.error();
    return StagedPiece{std::move(*memory), std::move(*copied)};
  }

  Status send(const Stream &stream, DevicePtr to, int64_t offset, int64_t bytes,
              const PieceProducer &produce) {
    if (inFlight)
      if (Status status = copied.synchronize(); !status)
        return status;
    if (Status status = produce(offset, memory.data(), bytes); !status)
      return status;
    if (Status status = enqueueCopy(stream, to + offset, memory.data(), bytes);
        !status)
      return status;
    inFlight = true;
    return copied.record(stream);
  }
};
} // namespace

Status uploadPieces(const Stream &stream, DevicePtr to, int64_t bytes,
                    const PieceProducer &produce, int64_t stagingBytes) {
  if (stagingBytes < 1)
    return makeError("cannot stage an upload in pieces of ", stagingBytes,
                     " bytes; give at least 1");
  if (bytes <= 0)
    return {};
  int64_t pieceBytes = std::min(bytes, stagingBytes);
  std::vector<StagedPiece> pieces;
  for (int i = 0; i != 2; ++i) {
    Result<StagedPiece> piece =
        StagedPiece::create(stream.device(), pieceBytes);
    if (!piece)
      return piece.error();
    pieces.push_back(std::move(*piece));
  }

  Status sent;
  for (int64_t offset = 0; offset < bytes && sent; offset += pieceBytes) {
    std::swap(pieces[0], pieces[1]);
    sent = pieces[0].send(stream, to, offset,
                          std::min(pieceBytes, bytes - offset), produce);
  }
  // Also after an error: the copies under way read the pieces.
  Status finished = stream.synchronize();
  return sent ? finished : sent;
}

Status uploadTable(const Stream &stream, DevicePtr to, const void *from,
                   int64_t bytes, int64_t stagingBytes) {
  const char *source = static_cast<const char *>(from);
  return uploadPieces(
      stream, to, bytes,
      [source](int64_t offset, char *piece, int64_t n) -> Status {
        std::memcpy(piece, source + offset, n);
        return {};
      },
      stagingBytes);
}

} // namespace recflex
