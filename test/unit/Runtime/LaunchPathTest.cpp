//===- LaunchPathTest.cpp - Which calls a launch makes --------------------===//

#include "recflex/Runtime/ExecutionContext.h"

#include "FakeContext.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <utility>

namespace recflex {
namespace {

/// All that a launch may call.
constexpr const char *kAllowed[] = {"cuCtxPushCurrent_v2", "cuCtxPopCurrent_v2",
                                    "cuLaunchKernel", "cuLaunchKernelEx"};

/// Parts of the names of functions that allocate, give back, copy, wait, ask or
/// load.
constexpr const char *kForbidden[] = {
    "Alloc", "Free",   "Memcpy", "Memset",  "Synchronize",
    "Query", "Wait",   "Create", "Destroy", "GetInfo",
    "Load",  "Unload", "Retain", "Release"};

bool isForbidden(const std::string &symbol) {
  return std::any_of(
      std::begin(kForbidden), std::end(kForbidden),
      [&](const char *part) { return symbol.find(part) != std::string::npos; });
}

bool isAllowed(const std::string &symbol) {
  return std::find(std::begin(kAllowed), std::end(kAllowed), symbol) !=
         std::end(kAllowed);
}

BatchArguments makeArguments() {
  BatchArguments a;
  a.values = 0x1000;
  a.offsets = 0x2000;
  a.weights = 0x3000;
  a.output = 0x4000;
  a.outputStride = 16;
  a.batchSize = 9;
  a.lookups = 40;
  return a;
}

/// One way to launch: a form of the batch, and a context made for it.
struct Form {
  const char *name;
  ContextOptions options;
  BatchArguments batch;
};

std::vector<Form> forms() {
  Form plain = {"offsets", {}, makeArguments()};
  Form half = {"f16 output", {}, makeArguments()};
  half.batch.outputType = RowType::f16;
  Form zeroRow = {"checks, zero rows", {}, makeArguments()};
  zeroRow.options.checks = InputChecks::zeroRow;
  Form zeroBag = {"checks, zero bags", {}, makeArguments()};
  zeroBag.options.checks = InputChecks::zeroBag;
  Form large = {"a large batch", {}, makeArguments()};
  large.batch.batchSize = 100000;
  Form lengths = {"lengths", {}, makeArguments()};
  lengths.options.maxBatch = 9;
  lengths.batch.lengths = std::exchange(lengths.batch.offsets, 0);
  Form starts = {"offsets with keyStarts", lengths.options, makeArguments()};
  starts.batch.keyStarts = 0x5000;
  starts.batch.bags = 30;
  Form lengthsAndStarts = {"lengths with keyStarts", lengths.options,
                           lengths.batch};
  lengthsAndStarts.batch.keyStarts = 0x5000;
  lengthsAndStarts.batch.bags = 30;
  Form views = {"views", lengths.options, {}};
  views.options.maxLookups = 100;
  views.options.checks = InputChecks::zeroRow;
  views.batch.batchSize = 9;
  views.batch.views = 0x6000;
  views.batch.output = 0x4000;
  views.batch.outputStride = 16;
  return {plain,   half,   zeroRow,          zeroBag, large,
          lengths, starts, lengthsAndStarts, views};
}

Result<ExecutionContext> makeContext(const FakeCuda &cuda, const Form &form) {
  return makeContext(cuda, makeArtifact(), form.options);
}

/// Every call since `before`.
std::vector<std::string> callsSince(const FakeCuda &cuda, size_t before) {
  return {cuda.allCalls.begin() + before, cuda.allCalls.end()};
}

void expectLaunchesOnly(const std::vector<std::string> &calls) {
  EXPECT_TRUE(std::any_of(calls.begin(), calls.end(), [](const auto &call) {
    return call.find("cuLaunchKernel") == 0;
  }));
  for (const std::string &call : calls) {
    EXPECT_TRUE(isAllowed(call)) << call;
    EXPECT_FALSE(isForbidden(call)) << call;
  }
}

TEST(LaunchPath, OnlyLaunches) {
  for (const Form &form : forms()) {
    SCOPED_TRACE(form.name);
    FakeCuda cuda;
    Result<ExecutionContext> context = makeContext(cuda, form);
    ASSERT_TRUE(context) << context.error().message;
    for (int repeat = 0; repeat != 3; ++repeat) {
      size_t before = cuda.allCalls.size();
      Status status = context->launch(form.batch, nullptr);
      ASSERT_TRUE(status) << status.error().message;
      expectLaunchesOnly(callsSince(cuda, before));
    }
    EXPECT_TRUE(cuda.misuse.empty());
  }
}

TEST(LaunchPath, OnlyLaunchesWhileItIsCaptured) {
  for (const Form &form : forms()) {
    SCOPED_TRACE(form.name);
    FakeCuda cuda;
    Result<ExecutionContext> context = makeContext(cuda, form);
    ASSERT_TRUE(context) << context.error().message;
    Result<Stream> stream = Stream::create(context->module().device());
    ASSERT_TRUE(stream);
    std::vector<std::string> calls;
    Result<Graph> graph = Graph::capture(*stream, [&]() -> Status {
      size_t before = cuda.allCalls.size();
      Status status = context->launch(form.batch, stream->get());
      calls = callsSince(cuda, before);
      return status;
    });
    ASSERT_TRUE(graph) << graph.error().message;
    expectLaunchesOnly(calls);
    EXPECT_TRUE(cuda.misuse.empty());
  }
}

TEST(LaunchPath, AFailedLaunchCallsNothingElse) {
  FakeCuda cuda;
  Result<ExecutionContext> context = makeContext(cuda, forms()[0]);
  ASSERT_TRUE(context);
  cuda.failName = "cuLaunchKernelEx";
  size_t before = cuda.allCalls.size();
  EXPECT_FALSE(context->launch(makeArguments(), nullptr));
  for (const std::string &call : callsSince(cuda, before))
    EXPECT_TRUE(isAllowed(call) || call.find("cuGetError") == 0) << call;
}

// The lists above find what they are for.
TEST(LaunchPath, MakingAContextCallsWhatALaunchMustNot) {
  FakeCuda cuda;
  {
    Result<ExecutionContext> context = makeContext(cuda, forms()[0]);
    ASSERT_TRUE(context);
  }
  std::vector<std::string> calls = callsSince(cuda, 0);
  for (const char *symbol :
       {"cuMemAlloc_v2", "cuMemFree_v2", "cuMemcpyHtoDAsync_v2",
        "cuStreamSynchronize", "cuStreamCreate", "cuStreamDestroy_v2",
        "cuModuleLoadDataEx", "cuModuleUnload", "cuDevicePrimaryCtxRetain",
        "cuDevicePrimaryCtxRelease_v2"}) {
    EXPECT_NE(std::find(calls.begin(), calls.end(), symbol), calls.end())
        << symbol;
    EXPECT_FALSE(isAllowed(symbol)) << symbol;
    EXPECT_TRUE(isForbidden(symbol)) << symbol;
  }
}

} // namespace
} // namespace recflex
