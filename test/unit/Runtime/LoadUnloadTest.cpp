//===- LoadUnloadTest.cpp - Months of loading and unloading ---------------===//

#include "recflex/Runtime/ExecutionContext.h"

#include "Allocations.h"
#include "FakeContext.h"

#include <gtest/gtest.h>
#include <malloc.h>

namespace recflex {
namespace {

/// Bytes of host memory that the process has allocated.
int64_t hostBytes() {
#ifdef RECFLEX_SANITIZER_ALLOCATOR
  return 0; // not by glibc; the sanitizer looks for leaks itself
#else
  struct mallinfo2 info = ::mallinfo2();
  return static_cast<int64_t>(info.uordblks + info.hblkhd);
#endif
}

constexpr int kRounds = 10000;
/// What glibc keeps at hand comes and goes; this is less than seven bytes a
/// round.
constexpr int64_t kSlack = 1 << 16;

/// Reads an artifact, loads it, makes a context, launches, and drops it all.
void loadAndUnload(FakeCuda &cuda, const std::string &file) {
  Result<Artifact> artifact = deserialize(file);
  ASSERT_TRUE(artifact) << artifact.error().message;
  Result<ExecutionContext> context = makeContext(cuda, *artifact);
  ASSERT_TRUE(context) << context.error().message;
  BatchArguments batch;
  batch.batchSize = 9;
  batch.offsets = batch.output = 0x1000;
  batch.outputStride = 16;
  Status status = context->launch(batch, nullptr);
  ASSERT_TRUE(status) << status.error().message;
}

TEST(LoadUnload, TenThousandTimesInTheSameMemory) {
  std::string file = serialize(makeTestArtifact());
  FakeCuda cuda;
  int64_t first = 0;
  for (int i = 0; i != kRounds && !testing::Test::HasFailure(); ++i) {
    loadAndUnload(cuda, file);
    EXPECT_TRUE(cuda.alive.empty()) << i;
    EXPECT_EQ(cuda.retained, 0) << i;
    // The record keeps its memory from the first rounds on.
    cuda.calls.clear();
    cuda.allCalls.clear();
    cuda.launches.clear();
    if (i == 100)
      first = hostBytes();
  }
  EXPECT_LT(hostBytes(), first + kSlack);
  EXPECT_TRUE(cuda.misuse.empty());
}

// A file that cannot be loaded leaves as little behind.
TEST(LoadUnload, RefusalsLeaveNothing) {
  std::string file = serialize(makeTestArtifact());
  FakeCuda cuda;
  cuda.failName = "cuModuleLoadDataEx";
  cuda.loadLog = "the log";
  int64_t first = 0;
  for (int i = 0; i != kRounds && !testing::Test::HasFailure(); ++i) {
    std::string damaged = file;
    damaged[i % file.size()] ^= 1;
    EXPECT_FALSE(deserialize(damaged));
    EXPECT_FALSE(makeContext(cuda));
    EXPECT_TRUE(cuda.alive.empty()) << i;
    cuda.calls.clear();
    cuda.allCalls.clear();
    if (i == 100)
      first = hostBytes();
  }
  EXPECT_LT(hostBytes(), first + kSlack);
}

} // namespace
} // namespace recflex
