//===- ConcurrencyTest.cpp - Many threads, one module ---------------------===//
//
// Built with the thread sanitizer by the preset `tsan`; ./check runs both.
//
//===----------------------------------------------------------------------===//

#include "recflex/Runtime/CpuForward.h"
#include "recflex/Runtime/ExecutionContext.h"

#include "Allocations.h"
#include "FakeContext.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <gtest/gtest.h>
#include <mutex>
#include <optional>
#include <thread>

namespace recflex {
namespace {

constexpr int kThreads = 64, kStreams = 8, kLaunches = 500;
constexpr int kKernels = 3; ///< of a batch of offsets without checks

CUstream_st *streamOf(int thread) {
  return reinterpret_cast<CUstream_st *>(uintptr_t(0x100) *
                                         (1 + thread % kStreams));
}

/// Runs `body(0)` to `body(count - 1)` at once.
template <typename Body> void runThreads(int count, const Body &body) {
  std::vector<std::thread> threads;
  for (int i = 0; i != count; ++i)
    threads.emplace_back([&body, i] { body(i); });
  for (std::thread &thread : threads)
    thread.join();
}

/// A batch that tells its thread by its size and its output.
BatchArguments makeArguments(int thread) {
  BatchArguments a;
  a.batchSize = 1 + thread;
  a.values = a.offsets = a.weights = 0x1000;
  a.output = 0x100000 * (1 + thread);
  a.outputStride = 16;
  return a;
}

/// A context for each thread (or more), over one module and its tables.
std::vector<ExecutionContext> makeContexts(const FakeCuda &cuda, int count) {
  std::vector<ExecutionContext> contexts;
  auto tables = makeTables(cuda);
  for (int i = 0; i != count && tables; ++i)
    if (auto context = ExecutionContext::create(*tables))
      contexts.push_back(std::move(*context));
  return contexts;
}

/// What this thread has launched.
struct Launched {
  int kernels = 0;
  int contexts = 0;     ///< pushed and not yet popped
  int wrongStreams = 0; ///< launches into another stream than `stream`
  CUstream_st *stream = nullptr;
};
thread_local Launched launched;

int noteLaunch(CUstream_st *stream) {
  ++launched.kernels;
  launched.wrongStreams += stream != launched.stream;
  return cuda::kSuccess;
}

/// While it lives, the calls of a launch take no lock: one would order the
/// threads, and hide from the sanitizer what nothing in the runtime orders.
class LockFreeLaunches {
public:
  explicit LockFreeLaunches(FakeCuda &cuda)
      : driver(cuda.functions()), before(driver) {
    driver.ctxPushCurrent = [](CUctx_st *) {
      ++launched.contexts;
      return cuda::kSuccess;
    };
    driver.ctxPopCurrent = [](CUctx_st **) {
      --launched.contexts;
      return cuda::kSuccess;
    };
    driver.launchKernel = [](CUfunc_st *, unsigned, unsigned, unsigned,
                             unsigned, unsigned, unsigned, unsigned,
                             CUstream_st *stream, void **,
                             void **) { return noteLaunch(stream); };
    driver.launchKernelEx = [](const cuda::LaunchConfig *config, CUfunc_st *,
                               void **,
                               void **) { return noteLaunch(config->stream); };
  }
  ~LockFreeLaunches() { driver = before; }

private:
  CudaDriver &driver;
  CudaDriver before;
};

TEST(Concurrency, LaunchesNeedNoLockAndNoMemory) {
  FakeCuda cuda;
  std::vector<ExecutionContext> contexts = makeContexts(cuda, kThreads);
  ASSERT_EQ(contexts.size(), size_t(kThreads));
  std::atomic<int> failed{0}, kernels{0}, wrong{0};
  std::atomic<int64_t> allocated{0};
  {
    LockFreeLaunches lockFree(cuda);
    runThreads(kThreads, [&](int thread) {
      launched.stream = streamOf(thread);
      BatchArguments batch = makeArguments(thread);
      int64_t before = countAllocationsOfThread();
      for (int i = 0; i != kLaunches; ++i)
        if (!contexts[thread].launch(batch, launched.stream))
          ++failed;
      allocated += countAllocationsOfThread() - before;
      kernels += launched.kernels;
      wrong += launched.wrongStreams + launched.contexts;
    });
  }
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(kernels, kThreads * kLaunches * kKernels);
  EXPECT_EQ(allocated, 0);
}

TEST(Concurrency, AllocationsAreCounted) {
  static std::unique_ptr<int> kept; // or the compiler does without
  int64_t before = countAllocationsOfThread();
  kept = std::make_unique<int>(1);
  EXPECT_EQ(countAllocationsOfThread() - before, 1);
}

// As a server with more threads than streams does it: whoever has the stream
// launches with the stream's context.
TEST(Concurrency, ThreadsTakeTurnsOnAStream) {
  FakeCuda cuda;
  {
    std::vector<ExecutionContext> contexts = makeContexts(cuda, kStreams);
    ASSERT_EQ(contexts.size(), size_t(kStreams));
    std::mutex locks[kStreams];
    std::atomic<int> failed{0};
    runThreads(kThreads, [&](int thread) {
      for (int i = 0; i != 50; ++i) {
        std::lock_guard<std::mutex> guard(locks[thread % kStreams]);
        if (!contexts[thread % kStreams].launch(makeArguments(thread),
                                                streamOf(thread)))
          ++failed;
      }
    });
    EXPECT_EQ(failed, 0);
  }
  EXPECT_EQ(cuda.launches.size(), size_t(kThreads * 50 * kKernels));
  std::map<CUstream_st *, std::vector<const FakeLaunch *>> byStream;
  for (const FakeLaunch &launch : cuda.launches)
    byStream[launch.stream].push_back(&launch);
  EXPECT_EQ(byStream.size(), size_t(kStreams));
  for (const auto &[stream, launches] : byStream)
    for (size_t i = 0; i + kKernels <= launches.size(); i += kKernels) {
      EXPECT_EQ(launches[i]->kernel, "recflex_bind_keys");
      EXPECT_EQ(launches[i + 1]->kernel, "recflex_bind_order");
      EXPECT_EQ(launches[i + 2]->kernel, "recflex_forward");
      // Output and batch size are of one thread, and its stream is this one.
      const std::vector<uint64_t> &arguments = launches[i + 2]->arguments;
      auto has = [&](uint64_t value) {
        return std::find(arguments.begin(), arguments.end(), value) !=
               arguments.end();
      };
      int owners = 0;
      for (int thread = 0; thread != kThreads; ++thread)
        owners += streamOf(thread) == stream &&
                  has(makeArguments(thread).output) &&
                  has(makeArguments(thread).batchSize);
      EXPECT_EQ(owners, 1);
      if (testing::Test::HasFailure())
        return;
    }
  EXPECT_TRUE(cuda.alive.empty());
  EXPECT_TRUE(cuda.misuse.empty());
}

TEST(Concurrency, LoadsAndUnloadsAtOnce) {
  FakeCuda cuda;
  std::string file = serialize(makeTestArtifact());
  std::atomic<int> failed{0};
  runThreads(16, [&](int thread) {
    for (int i = 0; i != 25; ++i) {
      Result<Artifact> artifact = deserialize(file);
      if (!artifact || deserialize(file.substr(1))) {
        ++failed;
        continue;
      }
      Result<ExecutionContext> context = makeContext(cuda, *artifact);
      if (!context || !context->launch(makeArguments(thread), nullptr))
        ++failed;
    }
  });
  EXPECT_EQ(failed, 0);
  EXPECT_TRUE(cuda.alive.empty());
  EXPECT_EQ(cuda.retained, 0);
  EXPECT_TRUE(cuda.misuse.empty());
}

// Whichever thread drops its context last unloads the module.
TEST(Concurrency, TheLastOwnerUnloads) {
  FakeCuda cuda;
  {
    std::vector<ExecutionContext> contexts = makeContexts(cuda, kThreads);
    ASSERT_EQ(contexts.size(), size_t(kThreads));
    std::vector<std::optional<ExecutionContext>> owned(kThreads);
    for (int i = 0; i != kThreads; ++i)
      owned[i] = std::move(contexts[i]);
    contexts.clear();
    runThreads(kThreads, [&](int thread) {
      EXPECT_TRUE(
          owned[thread]->launch(makeArguments(thread), streamOf(thread)));
      owned[thread].reset();
    });
    EXPECT_TRUE(cuda.alive.empty());
  }
  EXPECT_EQ(cuda.retained, 0);
  EXPECT_TRUE(cuda.misuse.empty());
}

// The threads of one model help all callers.
TEST(Concurrency, ManyCallersShareTheThreadsOfTheCpu) {
  alignas(16) static const float users[10 * 2] = {1, 2};
  alignas(16) static const uint16_t items[20 * 8] = {};
  auto model = CpuModel::load(makeTestManifest(), {/*threads=*/4});
  ASSERT_TRUE(model);
  auto tables = CpuTables::attach(*model, {reinterpret_cast<DevicePtr>(users),
                                           reinterpret_cast<DevicePtr>(items)});
  ASSERT_TRUE(tables);
  constexpr int64_t samples = 300;
  std::vector<int32_t> values(4 * samples), lengths(4 * samples, 1);
  std::vector<float> weights(4 * samples, 1);
  values[5] = -1;
  std::atomic<int> failed{0};
  runThreads(16, [&](int) {
    ContextOptions options;
    options.checks = InputChecks::zeroRow;
    options.maxBatch = samples;
    std::vector<float> output(12 * samples);
    BatchArguments batch;
    batch.batchSize = samples;
    batch.lookups = 4 * samples;
    batch.values = reinterpret_cast<DevicePtr>(values.data());
    batch.lengths = reinterpret_cast<DevicePtr>(lengths.data());
    batch.weights = reinterpret_cast<DevicePtr>(weights.data());
    batch.output = reinterpret_cast<DevicePtr>(output.data());
    batch.outputStride = 12;
    Result<CpuContext> context = CpuContext::create(*tables, options);
    if (!context) {
      ++failed;
      return;
    }
    for (int i = 0; i != 50; ++i)
      failed += !context->launch(batch);
    // The bad index is one of key 0, which feature 2 reads.
    failed += context->faults().total != 50 || output[0] != 1;
  });
  EXPECT_EQ(failed, 0);
}

TEST(Concurrency, AMissingDriverIsMissingForAll) {
  std::atomic<int> named{0};
  runThreads(8, [&](int) {
    auto driver = CudaDriver::load("libcuda-that-is-not-there.so.1");
    named += !driver &&
             driver.error().message.find("not found") != std::string::npos;
  });
  EXPECT_EQ(named, 8);
}

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
// The other tests say nothing if nobody looks for races.
TEST(ConcurrencyDeathTest, ARaceIsFound) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(
      {
        int number = 0;
        runThreads(2, [&](int) { ++number; });
        std::exit(number == 0);
      },
      testing::ExitedWithCode(66), "data race");
}
#endif
#endif

} // namespace
} // namespace recflex
