//===- DeviceMemoryTest.cpp - Buffers, uploads, captures ------------------===//

#include "recflex/Runtime/DeviceMemory.h"

#include "FakeCuda.h"

#include <algorithm>
#include <cstring>
#include <gtest/gtest.h>

namespace recflex {
namespace {

TEST(Upload, EveryByteArrivesInBoundedMemory) {
  for (int64_t staging : {1, 7, 64, 1000, 5000}) {
    FakeCuda cuda;
    Result<DevicePointer> device = Device::open(cuda.driver());
    ASSERT_TRUE(device);
    Result<Stream> stream = Stream::create(*device);
    ASSERT_TRUE(stream);
    std::vector<unsigned char> table(1000);
    for (size_t i = 0; i != table.size(); ++i)
      table[i] = static_cast<unsigned char>(i * 7);
    Result<DeviceBuffer> buffer = DeviceBuffer::allocate(*device, 1000);
    ASSERT_TRUE(buffer);
    Status status =
        uploadTable(*stream, buffer->address(), table.data(), 1000, staging);
    ASSERT_TRUE(status) << status.error().message;
    std::vector<unsigned char> back(1000);
    ASSERT_TRUE(copyToHost(*stream, back.data(), buffer->address(), 1000));
    EXPECT_EQ(back, table);
    EXPECT_LE(cuda.mostHostBytes, 2 * staging);
    EXPECT_EQ(
        std::count(cuda.calls.begin(), cuda.calls.end(), "cuMemcpyHtoDAsync"),
        (1000 + staging - 1) / staging);
    EXPECT_TRUE(cuda.misuse.empty());
  }
}

TEST(Upload, PiecesAreAskedForInOrderAndErrorsStopThem) {
  FakeCuda cuda;
  Result<DevicePointer> device = Device::open(cuda.driver());
  ASSERT_TRUE(device);
  Result<Stream> stream = Stream::create(*device);
  ASSERT_TRUE(stream);
  Result<DeviceBuffer> buffer = DeviceBuffer::allocate(*device, 100);
  ASSERT_TRUE(buffer);
  std::vector<std::pair<int64_t, int64_t>> pieces;
  Status status = uploadPieces(
      *stream, buffer->address(), 100,
      [&](int64_t offset, char *piece, int64_t bytes) -> Status {
        if (offset == 60)
          return makeError("the source ends at 60");
        std::memset(piece, 1, bytes);
        pieces.push_back({offset, bytes});
        return {};
      },
      30);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "the source ends at 60");
  EXPECT_EQ(pieces,
            (std::vector<std::pair<int64_t, int64_t>>{{0, 30}, {30, 30}}));
  // The copies under way are waited for before their memory goes.
  EXPECT_EQ(
      std::count(cuda.calls.begin(), cuda.calls.end(), "cuStreamSynchronize"),
      1);
  EXPECT_FALSE(uploadTable(*stream, buffer->address(), nullptr, 1, 0));
  EXPECT_TRUE(uploadTable(*stream, buffer->address(), nullptr, 0));
}

TEST(DeviceBuffer, SizesAndMoves) {
  FakeCuda cuda;
  Result<DevicePointer> device = Device::open(cuda.driver());
  ASSERT_TRUE(device);
  Result<DeviceBuffer> none = DeviceBuffer::allocate(*device, 0);
  ASSERT_TRUE(none);
  EXPECT_EQ(none->address(), 0u);
  EXPECT_FALSE(DeviceBuffer::allocate(*device, -1));
  {
    Result<DeviceBuffer> buffer = DeviceBuffer::allocate(*device, 10);
    ASSERT_TRUE(buffer);
    DevicePtr address = buffer->address();
    DeviceBuffer moved = std::move(*buffer);
    EXPECT_EQ(moved.address(), address);
    EXPECT_EQ(cuda.alive.size(), 1u);
  }
  EXPECT_TRUE(cuda.alive.empty());

  cuda.failAt = static_cast<int>(cuda.calls.size()) + 1;
  Result<DeviceBuffer> refused = DeviceBuffer::allocate(*device, 12345);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message,
            "allocating 12345 bytes of device memory (1048576 of 1073741824 "
            "are free) failed: CUDA_ERROR_OUT_OF_MEMORY 2 (as the test asked)");
}

TEST(DeviceBuffer, OutlivesTheNameOfItsDevice) {
  FakeCuda cuda;
  Result<DevicePointer> device = Device::open(cuda.driver());
  ASSERT_TRUE(device);
  Result<DeviceBuffer> buffer = DeviceBuffer::allocate(*device, 10);
  ASSERT_TRUE(buffer);
  *device = nullptr;
  EXPECT_EQ(cuda.retained, 1);
  *buffer = DeviceBuffer();
  EXPECT_EQ(cuda.retained, 0);
  EXPECT_TRUE(cuda.misuse.empty());
}

TEST(Graph, AFailingBodyEndsTheCapture) {
  FakeCuda cuda;
  Result<DevicePointer> device = Device::open(cuda.driver());
  ASSERT_TRUE(device);
  Result<Stream> stream = Stream::create(*device);
  ASSERT_TRUE(stream);
  Result<Graph> graph = Graph::capture(
      *stream, []() -> Status { return makeError("the body failed"); });
  ASSERT_FALSE(graph);
  EXPECT_EQ(graph.error().message, "the body failed");
  EXPECT_EQ(cuda.alive.size(), 1u); // the stream
  EXPECT_TRUE(stream->synchronize());
  EXPECT_TRUE(cuda.misuse.empty());
}

} // namespace
} // namespace recflex
