//===- HeapTest.cpp - Host memory: none in a launch, and running out ------===//
//
// Replaces the program's operator new by one that counts, and that can be told
// to fail: hence a program of its own.
//
//===----------------------------------------------------------------------===//

#include "Loaded.h"
#include "QuietDriver.h"

#include <atomic>
#include <cstdlib>
#include <gtest/gtest.h>
#include <new>

namespace {
std::atomic<int64_t> allocations{0}, alive{0};
/// Allocations that succeed until one fails; negative: none fails.
thread_local int64_t allocationsLeft = -1;

void *allocate(size_t bytes, size_t alignment) {
  if (allocationsLeft == 0) {
    allocationsLeft = -1;
    throw std::bad_alloc();
  }
  if (allocationsLeft > 0)
    --allocationsLeft;
  void *memory = std::aligned_alloc(alignment, (bytes + alignment) / alignment *
                                                   alignment);
  if (!memory)
    throw std::bad_alloc();
  ++allocations;
  ++alive;
  return memory;
}

void release(void *memory) {
  if (memory)
    --alive;
  std::free(memory);
}
} // namespace

void *operator new(size_t bytes) { return allocate(bytes, 16); }
void *operator new(size_t bytes, std::align_val_t alignment) {
  return allocate(bytes, static_cast<size_t>(alignment));
}
void operator delete(void *memory) noexcept { release(memory); }
void operator delete(void *memory, size_t) noexcept { release(memory); }
void operator delete(void *memory, std::align_val_t) noexcept {
  release(memory);
}
void operator delete(void *memory, size_t, std::align_val_t) noexcept {
  release(memory);
}

namespace recflex {
namespace {

TEST(CHeap, LaunchesOnAGpuAllocateNothing) {
  RecflexContextOptions options = RECFLEX_INIT(options);
  options.checks = RECFLEX_CHECKS_ZERO_BAG;
  for (const RecflexContextOptions *given :
       {static_cast<const RecflexContextOptions *>(nullptr),
        static_cast<const RecflexContextOptions *>(&options)}) {
    Loaded loaded(makeQuietDriver(), given);
    ASSERT_TRUE(loaded.context) << recflexLastError();
    RecflexBatch batch = Loaded::batch();
    int64_t before = allocations;
    int failed = 0;
    for (int i = 0; i != 100; ++i)
      failed += recflexLaunch(loaded.context, &batch, nullptr) != RECFLEX_OK;
    EXPECT_EQ(allocations, before);
    EXPECT_EQ(failed, 0) << recflexLastError();
  }
}

TEST(CHeap, LaunchesOnTheCpuAllocateNothing) {
  RecflexLoadOptions options = RECFLEX_INIT(options);
  options.device = RECFLEX_DEVICE_CPU;
  options.cpuThreads = 2;
  alignas(16) float users[20] = {};
  alignas(16) uint16_t items[160] = {};
  const int32_t values[] = {3, 1, 2, 0}, offsets[] = {0, 1, 2, 3, 4};
  const float weights[4] = {};
  float output[12];
  RecflexBatch batch = RECFLEX_INIT(batch);
  batch.batchSize = 1;
  batch.values = values;
  batch.offsets = offsets;
  batch.weights = weights;
  batch.lookups = 4;
  batch.output = output;

  Loaded loaded(nullptr, nullptr, &options, users, items);
  ASSERT_TRUE(loaded.context) << recflexLastError();
  int64_t before = allocations;
  int failed = 0;
  for (int i = 0; i != 100; ++i)
    failed += recflexLaunch(loaded.context, &batch, nullptr) != RECFLEX_OK;
  EXPECT_EQ(allocations, before);
  EXPECT_EQ(failed, 0) << recflexLastError();
}

/// Whether loading, attaching, creating and launching all succeed; what failed
/// must have said RECFLEX_OUT_OF_MEMORY.
bool runOnce(const std::string &bytes,
             const std::shared_ptr<const CudaDriver> &driver,
             int &otherErrors) {
  RecflexModule *module = nullptr;
  RecflexTables *tables = nullptr;
  RecflexContext *context = nullptr;
  const void *addresses[] = {Loaded::address(0x10000),
                             Loaded::address(0x20000)};
  RecflexContextOptions options = RECFLEX_INIT(options);
  options.checks = RECFLEX_CHECKS_ZERO_ROW;
  RecflexBatch batch = Loaded::batch();
  int64_t count = -1, total = -1;

  RecflexStatus status = load(bytes, driver, &module);
  if (status == RECFLEX_OK)
    status = recflexTablesAttach(module, addresses, 2, &tables);
  if (status == RECFLEX_OK)
    status = recflexContextCreate(tables, &options, &context);
  if (status == RECFLEX_OK)
    status = recflexLaunch(context, &batch, nullptr);
  if (status == RECFLEX_OK)
    status = recflexContextFaults(context, nullptr, nullptr, 0, &count, &total);
  recflexContextDestroy(context);
  recflexTablesDestroy(tables);
  recflexModuleDestroy(module);
  otherErrors += status != RECFLEX_OK && status != RECFLEX_OUT_OF_MEMORY;
  return status == RECFLEX_OK;
}

TEST(CHeap, RunningOutIsAnErrorLikeOthers) {
  const std::string bytes = makeArtifactBytes();
  const std::shared_ptr<const CudaDriver> driver = makeQuietDriver();
  int otherErrors = 0, leaks = 0, failures = 0;
  // What the first run allocates for good (locales) doesn't count.
  ASSERT_TRUE(runOnce(bytes, driver, otherErrors)) << recflexLastError();
  ASSERT_EQ(quietHandles, 0);
  for (int64_t k = 0;; ++k) {
    int64_t before = alive;
    allocationsLeft = k;
    bool succeeded = runOnce(bytes, driver, otherErrors);
    bool reached = allocationsLeft == -1;
    allocationsLeft = -1;
    leaks += alive != before || quietHandles != 0;
    failures += !succeeded;
    if (!reached)
      break;
  }
  EXPECT_EQ(otherErrors, 0);
  EXPECT_EQ(leaks, 0);
  EXPECT_GT(failures, 100);
  EXPECT_TRUE(runOnce(bytes, driver, otherErrors));
}

} // namespace
} // namespace recflex
