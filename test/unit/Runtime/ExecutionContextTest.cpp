//===- ExecutionContextTest.cpp - Launching ------------------------------===//

#include "recflex/Runtime/ExecutionContext.h"

#include "FakeContext.h"

#include <gtest/gtest.h>
#include <tuple>

namespace recflex {
namespace {

BatchArguments makeArguments() {
  BatchArguments a;
  a.values = 0x1004;
  a.offsets = 0x2008;
  a.weights = 0x300c;
  a.output = 0x4010;
  a.outputStride = 16;
  a.batchSize = 9;
  return a;
}

CUstream_st *const kStream = reinterpret_cast<CUstream_st *>(0x99);

TEST(ExecutionContext, LaunchesTheThreeKernelsWithTheirArguments) {
  FakeCuda cuda;
  Result<ExecutionContext> context = makeContext(cuda);
  ASSERT_TRUE(context) << context.error().message;
  size_t before = cuda.calls.size();
  Status status = context->launch(makeArguments(), kStream);
  ASSERT_TRUE(status) << status.error().message;

  // Nothing but the launches (and the context around them).
  EXPECT_EQ(
      std::vector<std::string>(cuda.calls.begin() + before, cuda.calls.end()),
      (std::vector<std::string>{"cuCtxPushCurrent", "cuLaunchKernel",
                                "cuLaunchKernelEx", "cuLaunchKernelEx"}));
  ASSERT_EQ(cuda.launches.size(), 3u);
  DevicePtr d = context->tables().featureArrays();
  const Workspace &workspace = context->workspace();
  uint64_t keys = workspace.keys, order = workspace.order;
  uint64_t starts = workspace.starts;
  for (const FakeLaunch &launch : cuda.launches) {
    EXPECT_EQ(launch.stream, kStream);
    EXPECT_EQ(launch.sharedBytes, 0u);
  }
  using Words = std::vector<uint64_t>;
  EXPECT_EQ(cuda.launches[0].kernel, "recflex_bind_keys");
  EXPECT_EQ(cuda.launches[0].blocks, 2u);
  EXPECT_EQ(cuda.launches[0].threads, 64u);
  EXPECT_EQ(cuda.launches[0].arguments, (Words{d, 3, 0x2008, 9, keys}));
  EXPECT_EQ(cuda.launches[1].kernel, "recflex_bind_order");
  EXPECT_EQ(cuda.launches[1].blocks, 2u);
  EXPECT_EQ(cuda.launches[1].threads, 64u);
  EXPECT_EQ(cuda.launches[1].arguments, (Words{3, keys, order, starts}));
  EXPECT_EQ(cuda.launches[2].kernel, "recflex_forward");
  EXPECT_EQ(cuda.launches[2].blocks, 3u + 5 + 2 * 9);
  EXPECT_EQ(cuda.launches[2].threads, 128u);
  EXPECT_EQ(cuda.launches[2].arguments,
            (Words{d, 3, order, starts, 0x1004, 0x2008, 0x300c, 0x4010, 16,
                   abi::kUsualFormat, 9, 0, 0, 64, 0, 0, 0}));
  EXPECT_TRUE(cuda.misuse.empty());
}

TEST(ExecutionContext, ScratchIsZeroedMemoryForMaxBatchSamples) {
  FakeCuda cuda;
  Artifact artifact = makeArtifact();
  artifact.manifest.scratchBytes = 64;
  Result<ExecutionContext> without = makeContext(cuda, artifact);
  ASSERT_FALSE(without);
  EXPECT_NE(without.error().message.find("create the context with maxBatch"),
            std::string::npos);
  ContextOptions options;
  options.maxBatch = 9;
  Result<ExecutionContext> context = makeContext(cuda, artifact, options);
  ASSERT_TRUE(context) << context.error().message;
  ASSERT_TRUE(context->launch(makeArguments(), kStream));
  DevicePtr scratch = context->workspace().scratch;
  EXPECT_NE(scratch, 0u);
  EXPECT_EQ(cuda.launches.back().arguments.back(), scratch);

  BatchArguments larger = makeArguments();
  larger.batchSize = 10;
  Status status = context->launch(larger, kStream);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::limitExceeded);
  EXPECT_EQ(status.error().message,
            "the batch has 10 samples, the context has room for 9 while they "
            "are pooled; create it with a larger maxBatch");
}

/// Which of the three launches of a batch start early.
std::vector<bool> earlyStarts(FakeCuda &cuda, const char *chip) {
  Artifact artifact = makeArtifact();
  artifact.manifest.chip = chip;
  Result<ExecutionContext> context = makeContext(cuda, artifact);
  EXPECT_TRUE(context) << context.error().message;
  if (!context)
    return {};
  EXPECT_TRUE(context->launch(makeArguments(), kStream));
  EXPECT_TRUE(cuda.misuse.empty());
  std::vector<bool> early;
  for (const FakeLaunch &launch : cuda.launches)
    early.push_back(launch.startsEarly);
  return early;
}

TEST(ExecutionContext, KernelsOverlapWhereGpuAndArtifactCan) {
  const std::vector<bool> overlap = {false, true, true};
  const std::vector<bool> plain = {false, false, false};
  struct Case {
    int major, minor;
    const char *chip;
    const std::vector<bool> &expected;
  };
  for (const Case &c :
       {Case{9, 0, "sm_90", overlap},
        {9, 0, "sm_90a", overlap},
        {10, 0, "sm_90", overlap},
        {12, 0, "sm_120", overlap},
        // Kernels without griddepcontrol must not start early anywhere.
        {9, 0, "sm_80", plain},
        {9, 0, "sm_89", plain},
        {8, 0, "sm_80", plain},
        {8, 9, "sm_89", plain}}) {
    FakeCuda cuda;
    cuda.major = c.major;
    cuda.minor = c.minor;
    EXPECT_EQ(earlyStarts(cuda, c.chip), c.expected)
        << c.chip << " on " << c.major << "." << c.minor;
  }
}

TEST(ExecutionContext, OldDriversAreNotAskedForOverlap) {
  const std::vector<bool> plain = {false, false, false};
  for (int version : {11040, 11080, 12020}) {
    FakeCuda cuda;
    cuda.driverVersion = version;
    EXPECT_EQ(earlyStarts(cuda, "sm_90"), plain) << version;
  }
  // The version is the CUDA driver's word; the function must be there too.
  FakeCuda cuda;
  cuda.removeLaunchKernelEx();
  EXPECT_EQ(earlyStarts(cuda, "sm_90"), plain);
}

TEST(ExecutionContext, CapturesWithTheSameLaunches) {
  FakeCuda cuda;
  Result<ExecutionContext> context = makeContext(cuda);
  ASSERT_TRUE(context);
  Result<Stream> stream = Stream::create(context->module().device());
  ASSERT_TRUE(stream);
  Result<Graph> graph = Graph::capture(
      *stream, [&] { return context->launch(makeArguments(), stream->get()); });
  ASSERT_TRUE(graph) << graph.error().message;
  ASSERT_EQ(cuda.launches.size(), 3u);
  EXPECT_FALSE(cuda.launches[0].startsEarly);
  EXPECT_TRUE(cuda.launches[1].startsEarly);
  EXPECT_TRUE(cuda.launches[2].startsEarly);
  EXPECT_TRUE(cuda.misuse.empty());
}

TEST(ExecutionContext, TheWorkspaceHoldsAllArrays) {
  FakeCuda cuda;
  Result<ExecutionContext> context = makeContext(cuda);
  ASSERT_TRUE(context);
  // Writing all three arrays through the fake's checked copies must pass.
  Result<Stream> stream = Stream::create(context->module().device());
  ASSERT_TRUE(stream);
  int32_t numbers[4] = {};
  const Workspace &workspace = context->workspace();
  EXPECT_LE(workspace.keys + 2 * 3 * 4, workspace.order);
  EXPECT_LE(workspace.order + 3 * 4, workspace.starts);
  EXPECT_TRUE(copyToDevice(*stream, workspace.starts, numbers, 4 * 4));
  EXPECT_TRUE(cuda.misuse.empty());
}

TEST(ExecutionContext, OneWarpAFeatureBinds) {
  for (auto [features, blocks] :
       {std::pair{1, 2u}, {4, 2u}, {5, 4u}, {9, 6u}, {1000, 500u}}) {
    FakeCuda cuda;
    Artifact artifact = makeArtifact();
    Manifest &m = artifact.manifest;
    m.weighted = false;
    m.outputWidth = 2 * features;
    m.features.assign(features, m.features[0]);
    for (int i = 0; i != features; ++i)
      m.features[i].column = 2 * i;
    Result<ExecutionContext> context = makeContext(cuda, artifact);
    ASSERT_TRUE(context) << context.error().message;
    BatchArguments arguments = makeArguments();
    arguments.outputStride = m.outputWidth;
    ASSERT_TRUE(context->launch(arguments, kStream));
    EXPECT_EQ(cuda.launches[0].blocks, blocks);
    EXPECT_EQ(cuda.launches[1].blocks, blocks);
    EXPECT_EQ(cuda.launches[2].blocks, 3u * features);
  }
}

TEST(ExecutionContext, NothingToDoLaunchesNothing) {
  FakeCuda cuda;
  Result<ExecutionContext> context = makeContext(cuda);
  ASSERT_TRUE(context);
  EXPECT_TRUE(context->launch(BatchArguments(), kStream));
  EXPECT_TRUE(context->launchBinding(BatchArguments(), kStream));

  Artifact empty = makeArtifact();
  empty.manifest.tables.clear();
  empty.manifest.features.clear();
  empty.manifest.weighted = false;
  empty.manifest.outputWidth = 0;
  Result<ExecutionContext> none = makeContext(cuda, empty);
  ASSERT_TRUE(none) << none.error().message;
  EXPECT_TRUE(none->launch(makeArguments(), kStream));
  EXPECT_TRUE(cuda.launches.empty());
  EXPECT_TRUE(cuda.misuse.empty());
}

TEST(ExecutionContext, ArgumentsThatCannotBeAreRefused) {
  FakeCuda cuda;
  Result<ExecutionContext> context = makeContext(cuda);
  ASSERT_TRUE(context);
  auto errorOf = [&](void (*change)(BatchArguments &)) {
    BatchArguments arguments = makeArguments();
    change(arguments);
    Status status = context->launch(arguments, kStream);
    EXPECT_EQ(static_cast<bool>(status),
              static_cast<bool>(context->launchBinding(arguments, kStream)));
    return status ? std::string("none") : status.error().message.substr(0, 10);
  };
  EXPECT_EQ(errorOf([](BatchArguments &a) { a.batchSize = -1; }), "the batch ");
  EXPECT_EQ(errorOf([](BatchArguments &a) { a.batchSize = 1ll << 31; }),
            "batch size");
  // 4 keys x 2^29 bags are one too many for 31 bits.
  EXPECT_EQ(errorOf([](BatchArguments &a) { a.batchSize = 1 << 29; }),
            "4 features");
  EXPECT_EQ(errorOf([](BatchArguments &a) { a.outputStride = 11; }),
            "the output");
  EXPECT_EQ(errorOf([](BatchArguments &a) { a.values += 2; }), "values has");
  EXPECT_EQ(errorOf([](BatchArguments &a) { a.offsets += 1; }), "offsets ha");
  EXPECT_EQ(errorOf([](BatchArguments &a) { a.offsets = 0; }), "offsets ha");
  EXPECT_EQ(errorOf([](BatchArguments &a) { a.weights = 0; }), "weights ha");
  EXPECT_EQ(errorOf([](BatchArguments &a) { a.output = 0; }), "output has");
  EXPECT_EQ(errorOf([](BatchArguments &a) { a.output += 2; }), "output has");
  EXPECT_EQ(errorOf([](BatchArguments &a) { a.outputStride = 1ll << 31; }),
            "the output");
  EXPECT_TRUE(cuda.launches.empty());
  // No lookups at all: neither values nor weights.
  EXPECT_EQ(errorOf([](BatchArguments &a) { a.values = a.weights = 0; }),
            "none");
}

/// The kernel that pools a batch, and the format that it is told.
std::pair<std::string, uint64_t> pooledBy(InputChecks checks,
                                          void (*change)(BatchArguments &)) {
  FakeCuda cuda;
  ContextOptions options;
  options.checks = checks;
  Result<ExecutionContext> plain = makeContext(cuda);
  EXPECT_TRUE(plain);
  if (!plain)
    return {};
  auto tables = AttachedTables::attach(
      DeviceModule::load(plain->module().device(), makeArtifact()).operator*(),
      {kUsers, kItems});
  EXPECT_TRUE(tables);
  Result<ExecutionContext> context = ExecutionContext::create(*tables, options);
  EXPECT_TRUE(context);
  BatchArguments arguments = makeArguments();
  change(arguments);
  EXPECT_TRUE(context->launch(arguments, kStream));
  const FakeLaunch &last = cuda.launches.back();
  return {last.kernel, last.arguments[9]};
}

TEST(ExecutionContext, FormatAndChecksChooseTheKernel) {
  auto usual = [](BatchArguments &) {};
  auto narrow = [](BatchArguments &a) { a.output += 4; };
  auto odd = [](BatchArguments &a) { a.outputStride += 1; };
  auto halves = [](BatchArguments &a) {
    a.outputType = RowType::bf16;
    a.output += 8;
  };
  using Pooled = std::pair<std::string, uint64_t>;
  EXPECT_EQ(pooledBy(InputChecks::off, usual), (Pooled{"recflex_forward", 4}));
  EXPECT_EQ(pooledBy(InputChecks::zeroRow, usual),
            (Pooled{"recflex_forward_checked", 4}));
  for (InputChecks checks : {InputChecks::off, InputChecks::zeroBag}) {
    EXPECT_EQ(pooledBy(checks, narrow), (Pooled{"recflex_forward_any", 0}));
    EXPECT_EQ(pooledBy(checks, odd), (Pooled{"recflex_forward_any", 0}));
    EXPECT_EQ(pooledBy(checks, halves), (Pooled{"recflex_forward_any", 6}));
  }
}

TEST(ExecutionContext, TooManyBlocksAreRefused) {
  FakeCuda cuda;
  Artifact artifact = makeArtifact();
  artifact.manifest.tables[1].width = 1000;
  artifact.manifest.outputWidth = 1004;
  artifact.manifest.features[1].column = 1002;
  artifact.manifest.features[2].columnTiles = 1000;
  Result<ExecutionContext> context = makeContext(cuda, artifact);
  ASSERT_TRUE(context) << context.error().message;
  BatchArguments arguments = makeArguments();
  arguments.outputStride = 1004;
  arguments.batchSize = 3000000;
  Status status = context->launch(arguments, kStream);
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message.find("3002250000 thread blocks"),
            std::string::npos)
      << status.error().message;
}

TEST(ExecutionContext, FailingLaunchesNameTheKernel) {
  const char *const kernels[] = {"recflex_bind_keys", "recflex_bind_order",
                                 "recflex_forward"};
  for (int i = 0; i != 3; ++i) {
    FakeCuda cuda;
    Result<ExecutionContext> context = makeContext(cuda);
    ASSERT_TRUE(context);
    cuda.failAt = static_cast<int>(cuda.calls.size()) + 1 + i;
    Status status = context->launch(makeArguments(), kStream);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().message.find(kernels[i]), 0u);
    EXPECT_EQ(cuda.launches.size(), static_cast<size_t>(i));
  }
}

} // namespace
} // namespace recflex
