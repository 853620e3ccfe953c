//===- DriverFailureTest.cpp - Every call of the driver fails once --------===//
//
// A life of everything that the runtime keeps on a GPU, step by step. Of the
// calls that the driver gets in it, one after the other fails.
//
//===----------------------------------------------------------------------===//

#include "recflex/Runtime/ExecutionContext.h"

#include "FakeContext.h"

#include <functional>
#include <gtest/gtest.h>
#include <optional>

namespace recflex {
namespace {

/// CUDA_ERROR_INVALID_VALUE, _OUT_OF_MEMORY, _ILLEGAL_ADDRESS, _LAUNCH_FAILED,
/// _UNKNOWN.
constexpr int kCodes[] = {1, 2, 700, 719, 999};

/// Something that the runtime can be asked for, after what stands before it.
struct Step {
  const char *name;
  std::function<Status()> run;
};

template <typename T, typename U> Status keep(Result<T> &&result, U &place) {
  if (!result)
    return result.error();
  place = std::move(*result);
  return {};
}

/// What a process makes of a GPU. Goes in the reverse order.
class Life {
public:
  explicit Life(FakeCuda &cuda) : cuda(cuda) {}

  /// A step more is an entry more; it may use what those before it made.
  std::vector<Step> steps() {
    return {
        {"open", [&] { return keep(Device::open(cuda.driver()), device); }},
        {"free memory", [&] { return dropValue(device->freeMemory()); }},
        {"load",
         [&] {
           return keep(DeviceModule::load(device, makeArtifact()), module);
         }},
        {"stream", [&] { return keep(Stream::create(device), stream); }},
        {"allocate",
         [&] { return keep(DeviceBuffer::allocate(device, 1 << 16), memory); }},
        {"upload",
         [&] {
           char rows[100] = {};
           return uploadTable(*stream, memory->address(), rows, sizeof rows,
                              /*stagingBytes=*/16);
         }},
        {"attach",
         [&] {
           DevicePtr table = memory->address();
           return keep(AttachedTables::attach(module, {table, table}), tables);
         }},
        {"context",
         [&] {
           return keep(ExecutionContext::create(tables, options()), context);
         }},
        {"launch", [&] { return context->launch(batch(), stream->get()); }},
        {"launch lengths",
         [&] { return context->launch(lengths(), stream->get()); }},
        {"launch views",
         [&] { return context->launch(views(), stream->get()); }},
        {"bind",
         [&] { return context->launchBinding(batch(), stream->get()); }},
        {"capture",
         [&] {
           return keep(Graph::capture(*stream,
                                      [&] {
                                        return context->launch(batch(),
                                                               stream->get());
                                      }),
                       graph);
         }},
        {"replay", [&] { return graph->launch(*stream); }},
        {"event",
         [&] { return keep(Event::create(device, /*timed=*/true), event); }},
        {"record", [&] { return event->record(*stream); }},
        {"wait for the event", [&] { return event->synchronize(); }},
        {"time", [&] { return dropValue(event->elapsedSeconds(*event)); }},
        {"wait", [&] { return stream->synchronize(); }},
        {"faults", [&] { return dropValue(context->faults(stream->get())); }},
        {"clear faults", [&] { return context->clearFaults(stream->get()); }},
        {"fill",
         [&] { return fillBytes(*stream, memory->address(), 0xFF, 64); }},
        {"download",
         [&] {
           char row[8];
           return copyToHost(*stream, row, memory->address(), sizeof row);
         }},
    };
  }

private:
  static ContextOptions options() {
    ContextOptions options;
    options.checks = InputChecks::zeroRow;
    options.maxBatch = 2;
    options.maxLookups = 16;
    return options;
  }

  template <typename T> static Status dropValue(const Result<T> &result) {
    return result ? Status() : Status(result.error());
  }

  BatchArguments batch() const {
    BatchArguments a;
    a.batchSize = 2;
    a.lookups = 8;
    a.values = a.offsets = a.weights = memory->address();
    a.output = memory->address() + 1024;
    a.outputStride = 12;
    return a;
  }

  BatchArguments lengths() const {
    BatchArguments a = batch();
    std::swap(a.offsets, a.lengths);
    return a;
  }

  BatchArguments views() const {
    BatchArguments a = batch();
    a.values = a.offsets = a.weights = 0;
    a.lookups = 0;
    a.views = memory->address();
    return a;
  }

  FakeCuda &cuda;
  DevicePointer device;
  std::shared_ptr<const DeviceModule> module;
  std::optional<Stream> stream;
  std::optional<DeviceBuffer> memory;
  std::shared_ptr<const AttachedTables> tables;
  std::optional<ExecutionContext> context;
  std::optional<Graph> graph;
  std::optional<Event> event;
};

/// What the fake driver has handed out.
struct Holdings {
  std::map<uint64_t, std::string> alive;
  int retained, depth;

  explicit Holdings(const FakeCuda &cuda)
      : alive(cuda.alive), retained(cuda.retained), depth(cuda.contextDepth) {}
  bool operator==(const Holdings &other) const {
    return alive == other.alive && retained == other.retained &&
           depth == other.depth;
  }
};

void expectNothingLeft(const FakeCuda &cuda) {
  for (const auto &[handle, kind] : cuda.alive)
    ADD_FAILURE() << kind << " " << handle << " is left";
  EXPECT_EQ(cuda.retained, 0);
  EXPECT_EQ(cuda.contextDepth, 0);
}

/// Runs all steps. One that fails must say why, leave nothing behind, and work
/// when it is run again. Returns how many have failed.
int runRetrying(FakeCuda &cuda) {
  Life life(cuda);
  int failures = 0;
  for (const Step &step : life.steps()) {
    Holdings before(cuda);
    Status status = step.run();
    if (status)
      continue;
    ++failures;
    SCOPED_TRACE(step.name);
    std::string code = " " + std::to_string(cuda.failCode) + " ";
    EXPECT_NE(status.error().message.find(code), std::string::npos)
        << status.error().message;
    EXPECT_EQ(status.error().code, cuda.failCode == cuda::kErrorOutOfMemory
                                       ? ErrorCode::outOfMemory
                                       : ErrorCode::driver)
        << status.error().message;
    EXPECT_TRUE(Holdings(cuda) == before);
    Status again = step.run();
    EXPECT_TRUE(again) << again.error().message;
    if (!again)
      break;
  }
  return failures;
}

TEST(DriverFailure, NothingFailsByItself) {
  FakeCuda cuda;
  EXPECT_EQ(runRetrying(cuda), 0);
  expectNothingLeft(cuda);
  EXPECT_TRUE(cuda.misuse.empty());
  // All functions that the runtime asks of the driver are in the sweep, but
  // those of start-up and errors.
  std::vector<std::string> seen(cuda.allCalls.begin(), cuda.allCalls.end());
  for (const char *symbol :
       {"cuMemAlloc_v2", "cuModuleLoadDataEx", "cuLaunchKernel",
        "cuLaunchKernelEx", "cuGraphLaunch", "cuMemcpyHtoDAsync_v2",
        "cuMemcpyDtoHAsync_v2", "cuStreamBeginCapture_v2", "cuEventRecord"})
    EXPECT_NE(std::find(seen.begin(), seen.end(), symbol), seen.end())
        << symbol;
}

TEST(DriverFailure, OneFailingCallIsReportedOnceAndTheStepWorksAgain) {
  for (int code : kCodes) {
    bool reached = true;
    for (int k = 0; reached; ++k) {
      FakeCuda cuda;
      cuda.failAt = k;
      cuda.failCode = code;
      int failures = runRetrying(cuda);
      reached = k < static_cast<int>(cuda.calls.size());
      std::string call = reached ? cuda.calls[k] : "none";
      SCOPED_TRACE("call " + std::to_string(k) + ", " + call + ", code " +
                   std::to_string(code));
      expectNothingLeft(cuda);
      // Nobody could be told that a context cannot be pushed while something
      // is given back.
      bool mayPass = call == "cuCtxPushCurrent";
      if (reached && !mayPass)
        EXPECT_EQ(failures, 1);
      else
        EXPECT_LE(failures, mayPass ? 1 : 0);
      for (const std::string &misuse : cuda.misuse)
        EXPECT_TRUE(mayPass && misuse.find("destroying a ") == 0) << misuse;
      if (testing::Test::HasFailure())
        return;
    }
  }
}

TEST(DriverFailure, ALostDeviceLeavesNothingBehind) {
  bool reached = true;
  for (int k = 0; reached; ++k) {
    FakeCuda cuda;
    cuda.lostAt = k;
    cuda.failCode = 719;
    {
      Life life(cuda);
      Status status;
      for (const Step &step : life.steps())
        if (status)
          status = step.run();
      reached = k < static_cast<int>(cuda.calls.size());
      EXPECT_EQ(static_cast<bool>(status), !reached);
    }
    SCOPED_TRACE("lost at call " + std::to_string(k));
    expectNothingLeft(cuda);
    if (testing::Test::HasFailure())
      return;
  }
}

TEST(DriverFailure, FullMemoryIsReportedWithoutTheDriversFigures) {
  FakeCuda cuda;
  Result<DevicePointer> device = Device::open(cuda.driver());
  ASSERT_TRUE(device);
  // From the allocation on: cuMemGetInfo, which asks what is free, fails too.
  cuda.lostAt = static_cast<int>(cuda.calls.size()) + 1;
  Result<DeviceBuffer> memory = DeviceBuffer::allocate(*device, 1234);
  ASSERT_FALSE(memory);
  EXPECT_EQ(memory.error().message,
            "allocating 1234 bytes of device memory failed: "
            "CUDA_ERROR_OUT_OF_MEMORY 2 (as the test asked)");
}

} // namespace
} // namespace recflex
