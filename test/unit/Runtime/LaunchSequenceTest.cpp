//===- LaunchSequenceTest.cpp - Which kernels, with which arguments -------===//

#include "recflex/Runtime/LaunchSequence.h"

#include "Allocations.h"
#include "FakeContext.h"

#include <algorithm>
#include <array>
#include <gtest/gtest.h>

namespace recflex {
namespace {

using Words = std::vector<uint64_t>;

/// Keeps what it is given, without allocating.
class RecordingQueue final : public KernelQueue {
public:
  struct Record {
    KernelLaunch launch;
    std::array<uint64_t, kMaxKernelArguments> words;
    size_t count;

    Words arguments() const {
      return Words(words.begin(), words.begin() + count);
    }
  };

  Status launch(const KernelLaunch &launch,
                KernelArguments arguments) override {
    if (count == failAt)
      return makeError("full");
    Record &record = records.at(count++);
    record.launch = launch;
    record.count = arguments.size();
    std::copy(arguments.begin(), arguments.end(), record.words.begin());
    return {};
  }

  std::vector<KernelId> kernels() const {
    std::vector<KernelId> ids;
    for (size_t i = 0; i != count; ++i)
      ids.push_back(records[i].launch.kernel);
    return ids;
  }
  std::vector<bool> early() const {
    std::vector<bool> flags;
    for (size_t i = 0; i != count; ++i)
      flags.push_back(records[i].launch.startsEarly);
    return flags;
  }

  std::array<Record, 8> records;
  size_t count = 0;
  size_t failAt = SIZE_MAX;
};

constexpr DevicePtr kBase = 0x100000;

ContextOptions makeOptions() {
  ContextOptions options;
  options.maxBatch = 1000;
  options.maxLookups = 5000;
  return options;
}

/// The test model (4 keys, 3 features) with a workspace at kBase.
struct Model {
  explicit Model(const ContextOptions &options = makeOptions())
      : options(options),
        workspace(placeWorkspace(workspaceArrays(manifest, options), kBase)) {}
  LaunchSequence sequence() const {
    return LaunchSequence(manifest, /*descriptors=*/0xD000, workspace, options);
  }

  Manifest manifest = makeTestManifest();
  ContextOptions options;
  Workspace workspace;
};

BatchArguments makeArguments(int64_t batchSize) {
  BatchArguments a;
  a.values = 0x1000;
  a.weights = 0x3000;
  a.output = 0x4000;
  a.outputStride = 12;
  a.batchSize = batchSize;
  a.lookups = 77;
  return a;
}

TEST(LaunchSequence, CanonicalBatchesAreReadWhereTheyAre) {
  Model model;
  BatchArguments batch = makeArguments(9);
  batch.offsets = 0x2000;
  RecordingQueue queue;
  Result<BatchArguments> bound = model.sequence().bind(batch, queue);
  ASSERT_TRUE(bound) << bound.error().message;
  EXPECT_EQ(queue.kernels(),
            (std::vector{KernelId::bindKeys, KernelId::bindOrder}));
  EXPECT_EQ(bound->offsets, 0x2000u);
  EXPECT_EQ(queue.records[0].arguments(),
            (Words{0xD000, 3, 0x2000, 9, model.workspace.keys}));
}

TEST(LaunchSequence, FixedBindingIsOneKernel) {
  Model model;
  model.manifest.fixedBinding = true;
  for (int32_t i = 0; i != 3; ++i)
    model.manifest.features[i].rank = 2 - i;
  model.workspace =
      placeWorkspace(workspaceArrays(model.manifest, model.options), kBase);
  EXPECT_EQ(model.workspace.keys, 0u);
  EXPECT_EQ(model.workspace.order, 0u);
  BatchArguments batch = makeArguments(9);
  batch.offsets = 0x2000;
  RecordingQueue queue;
  Result<BatchArguments> bound = model.sequence().bind(batch, queue);
  ASSERT_TRUE(bound) << bound.error().message;
  EXPECT_EQ(queue.count, 0u);
  ASSERT_TRUE(model.sequence().pool(*bound, /*views=*/0, queue));
  EXPECT_EQ(queue.kernels(), std::vector{KernelId::forward});
  // It doesn't wait for whatever stands ahead of it in the stream.
  EXPECT_EQ(queue.early(), std::vector<bool>{false});
  Words arguments = queue.records[0].arguments();
  DevicePtr ranks = 0xD000 + 3 * sizeof(abi::FeatureDescriptor);
  EXPECT_EQ(arguments[2], ranks);
  EXPECT_EQ(arguments[3], ranks + 3 * sizeof(abi::FixedRank));
}

TEST(LaunchSequence, LengthsAreScannedFirst) {
  Model model;
  const Workspace &w = model.workspace;
  BatchArguments batch = makeArguments(512); // 2048 bags: 2049 offsets
  batch.lengths = 0x2000;
  RecordingQueue queue;
  ASSERT_TRUE(model.sequence().check(batch));
  Result<BatchArguments> bound = model.sequence().bind(batch, queue);
  ASSERT_TRUE(bound) << bound.error().message;
  EXPECT_EQ(queue.kernels(),
            (std::vector{KernelId::scanSums, KernelId::scanOffsets,
                         KernelId::bindKeys, KernelId::bindOrder}));
  // Neither the first kernel nor the one that doesn't wait starts early.
  EXPECT_EQ(queue.early(), (std::vector<bool>{false, true, false, true}));
  for (int i : {0, 1}) {
    EXPECT_EQ(queue.records[i].launch.blocks, 2);
    EXPECT_EQ(queue.records[i].launch.threads, 256);
  }
  EXPECT_EQ(queue.records[0].arguments(),
            (Words{0x2000, 0, 512, 2048, INT32_MAX, w.chunkSums}));
  EXPECT_EQ(
      queue.records[1].arguments(),
      (Words{0x2000, 0, 512, 2048, INT32_MAX, w.chunkSums, w.offsets, 0, 64}));
  EXPECT_EQ(queue.records[2].arguments(),
            (Words{0xD000, 3, w.offsets, 512, w.keys}));
  EXPECT_TRUE(isCanonical(*bound));
  EXPECT_EQ(bound->offsets, w.offsets);
  EXPECT_EQ(bound->values, batch.values);
  EXPECT_EQ(bound->weights, batch.weights);
  EXPECT_EQ(bound->lookups, 77);
}

TEST(LaunchSequence, OneChunkNeedsNoSums) {
  Model model;
  BatchArguments batch = makeArguments(511); // 2044 bags
  batch.lengths = 0x2000;
  RecordingQueue queue;
  ASSERT_TRUE(model.sequence().bind(batch, queue));
  EXPECT_EQ(queue.kernels(),
            (std::vector{KernelId::scanOffsets, KernelId::bindKeys,
                         KernelId::bindOrder}));
  EXPECT_EQ(queue.early(), (std::vector<bool>{false, false, true}));
}

TEST(LaunchSequence, KeyStartsExpandOffsets) {
  Model model;
  const Workspace &w = model.workspace;
  BatchArguments batch = makeArguments(600);
  batch.offsets = 0x2000;
  batch.keyStarts = 0x5000;
  batch.bags = 1500;
  RecordingQueue queue;
  ASSERT_TRUE(model.sequence().check(batch));
  Result<BatchArguments> bound = model.sequence().bind(batch, queue);
  ASSERT_TRUE(bound);
  EXPECT_EQ(queue.kernels(),
            (std::vector{KernelId::expandOffsets, KernelId::bindKeys,
                         KernelId::bindOrder}));
  EXPECT_EQ(queue.early(), (std::vector<bool>{false, false, true}));
  EXPECT_EQ(queue.records[0].launch.blocks, 2); // 2401 offsets
  EXPECT_EQ(queue.records[0].arguments(),
            (Words{0x2000, 0x5000, 0, 4, 600, 1500, w.offsets, 0, 64}));
  EXPECT_EQ(bound->offsets, w.offsets);
  EXPECT_TRUE(isCanonical(*bound));
}

TEST(LaunchSequence, LengthsOfKeysAreScannedAndExpanded) {
  Model model;
  const Workspace &w = model.workspace;
  BatchArguments batch = makeArguments(600);
  batch.lengths = 0x2000;
  batch.keyStarts = 0x5000;
  batch.bags = 1500;
  RecordingQueue queue;
  ASSERT_TRUE(model.sequence().bind(batch, queue));
  EXPECT_EQ(queue.kernels(),
            (std::vector{KernelId::scanOffsets, KernelId::expandOffsets,
                         KernelId::bindKeys, KernelId::bindOrder}));
  EXPECT_EQ(queue.early(), (std::vector<bool>{false, true, false, true}));
  EXPECT_EQ(queue.records[0].arguments(),
            (Words{0x2000, 0, 600, 1500, INT32_MAX, w.chunkSums, w.bagOffsets,
                   0, 64}));
  EXPECT_EQ(
      queue.records[1].arguments(),
      (Words{w.bagOffsets, 0x5000, 0x2000, 4, 600, 1500, w.offsets, 0, 64}));
}

BatchArguments makeViewArguments(int64_t batchSize) {
  BatchArguments batch = makeArguments(batchSize);
  batch.values = batch.weights = 0;
  batch.lookups = 0;
  batch.views = 0x6000;
  return batch;
}

TEST(LaunchSequence, ViewsAreScannedAndCopied) {
  Model model;
  const Workspace &w = model.workspace;
  BatchArguments batch = makeViewArguments(600);
  RecordingQueue queue;
  ASSERT_TRUE(model.sequence().check(batch));
  Result<BatchArguments> bound = model.sequence().bind(batch, queue);
  ASSERT_TRUE(bound);
  EXPECT_EQ(queue.kernels(),
            (std::vector{KernelId::scanSums, KernelId::scanOffsets,
                         KernelId::copyViews, KernelId::bindKeys,
                         KernelId::bindOrder}));
  EXPECT_EQ(queue.early(), (std::vector<bool>{false, true, true, false, true}));
  EXPECT_EQ(queue.records[1].arguments(),
            (Words{0, 0x6000, 600, 2400, 5000, w.chunkSums, w.offsets, 0, 64}));
  EXPECT_EQ(queue.records[2].launch.blocks, 5); // 5000 positions
  EXPECT_EQ(queue.records[2].arguments(),
            (Words{0x6000, 600, 2400, w.offsets, w.values, w.weights}));
  EXPECT_EQ(bound->values, w.values);
  EXPECT_EQ(bound->weights, w.weights);
  EXPECT_EQ(bound->lookups, 5000);
  EXPECT_TRUE(isCanonical(*bound));
}

TEST(LaunchSequence, ManyLookupsAreCopiedByAsManyBlocksAsAGpuRuns) {
  ContextOptions options = makeOptions();
  options.maxLookups = INT32_MAX;
  Model model(options);
  RecordingQueue queue;
  ASSERT_TRUE(model.sequence().bind(makeViewArguments(2), queue));
  ASSERT_EQ(queue.records[1].launch.kernel, KernelId::copyViews);
  EXPECT_EQ(queue.records[1].launch.blocks, 4096);
}

TEST(LaunchSequence, ChecksRecordFaultsOfInput) {
  ContextOptions options = makeOptions();
  options.checks = InputChecks::zeroRow;
  options.faultCapacity = 7;
  Model model(options);
  const Workspace &w = model.workspace;
  ASSERT_NE(w.checkState, 0u);
  BatchArguments batch = makeArguments(600);
  batch.lengths = 0x2000;
  RecordingQueue queue;
  ASSERT_TRUE(model.sequence().bind(batch, queue));
  EXPECT_EQ(queue.records[1].arguments(),
            (Words{0x2000, 0, 600, 2400, INT32_MAX, w.chunkSums, w.offsets,
                   w.checkState, 7}));

  // Where keys have their own samples, the kernel that knows them records.
  batch.keyStarts = 0x5000;
  batch.bags = 1500;
  RecordingQueue own;
  ASSERT_TRUE(model.sequence().bind(batch, own));
  EXPECT_EQ(own.records[0].arguments()[7], 0u);
  EXPECT_EQ(own.records[1].arguments(),
            (Words{w.bagOffsets, 0x5000, 0x2000, 4, 600, 1500, w.offsets,
                   w.checkState, 7}));
}

TEST(LaunchSequence, FailuresEndTheSequence) {
  Model model;
  for (size_t failing = 0; failing != 5; ++failing) {
    RecordingQueue queue;
    queue.failAt = failing;
    EXPECT_FALSE(model.sequence().bind(makeViewArguments(600), queue));
    EXPECT_EQ(queue.count, failing);
  }
}

TEST(LaunchSequence, LaunchingAllocatesNothing) {
  ContextOptions options = makeOptions();
  options.checks = InputChecks::zeroBag;
  Model model(options);
  LaunchSequence sequence = model.sequence();
  std::vector<BatchArguments> batches(4, makeArguments(600));
  batches[0].offsets = 0x2000;
  batches[1].lengths = 0x2000;
  batches[2].lengths = 0x2000;
  batches[2].keyStarts = 0x5000;
  batches[3] = makeViewArguments(600);
  for (const BatchArguments &batch : batches) {
    RecordingQueue queue;
    int64_t before = countAllocationsOfThread();
    bool right = static_cast<bool>(sequence.check(batch));
    Result<BatchArguments> bound = sequence.bind(batch, queue);
    right &= bound && sequence.pool(*bound, /*views=*/0, queue);
    EXPECT_EQ(countAllocationsOfThread(), before);
    EXPECT_TRUE(right);
  }
  // What counts is counted.
  int64_t before = countAllocationsOfThread();
  Status failed = sequence.check(BatchArguments());
  EXPECT_FALSE(failed);
  EXPECT_GT(countAllocationsOfThread(), before);
}

//===----------------------------------------------------------------------===//
// The workspace
//===----------------------------------------------------------------------===//

TEST(Workspace, ArraysOfInputOnlyWhereThereIsRoomForIt) {
  Manifest manifest = makeTestManifest();
  auto names = [&](int64_t maxBatch, int64_t maxLookups) {
    ContextOptions options;
    options.maxBatch = maxBatch;
    options.maxLookups = maxLookups;
    Workspace w = placeWorkspace(workspaceArrays(manifest, options), kBase);
    std::string present;
    for (auto [address, name] : {std::pair{w.offsets, "o"},
                                 {w.bagOffsets, "b"},
                                 {w.chunkSums, "s"},
                                 {w.values, "v"},
                                 {w.weights, "w"}})
      if (address)
        present += name;
    return present;
  };
  EXPECT_EQ(names(0, 0), "");
  EXPECT_EQ(names(0, 100), "");
  EXPECT_EQ(names(7, 0), "obs");
  EXPECT_EQ(names(7, 100), "obsvw");
  manifest.weighted = false;
  EXPECT_EQ(names(7, 100), "obsv");
}

TEST(Workspace, ScratchForEachSampleOfModelsThatNeedIt) {
  Manifest manifest = makeTestManifest();
  ContextOptions options;
  EXPECT_TRUE(checkScratch(options, manifest));
  auto bytes = [&] {
    for (const WorkspaceArray &array : workspaceArrays(manifest, options))
      if (array.address == &Workspace::scratch)
        return array.zeroed ? array.bytes : -array.bytes;
    return int64_t{0};
  };
  EXPECT_EQ(bytes(), 0);
  manifest.scratchBytes = 48;
  Status status = checkScratch(options, manifest);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message,
            "the model keeps 48 bytes a sample while it pools; create the "
            "context with maxBatch, the largest batch that it will be given");
  options.maxBatch = 7;
  EXPECT_TRUE(checkScratch(options, manifest));
  EXPECT_EQ(bytes(), 48 * 7);
}

TEST(Workspace, ArraysAreApartAndAsLargeAsTheirContents) {
  Manifest manifest = makeTestManifest();
  manifest.indexType = IndexType::i64;
  std::vector<WorkspaceArray> arrays = workspaceArrays(manifest, makeOptions());
  Workspace w = placeWorkspace(arrays, kBase);
  auto bytesOf = [&](DevicePtr Workspace::*member) {
    for (const WorkspaceArray &array : arrays)
      if (array.address == member)
        return array.bytes;
    return int64_t{-1};
  };
  EXPECT_EQ(bytesOf(&Workspace::offsets), 4001 * 8);
  EXPECT_EQ(bytesOf(&Workspace::bagOffsets), 4001 * 8);
  EXPECT_EQ(bytesOf(&Workspace::chunkSums), 2 * 8);
  EXPECT_EQ(bytesOf(&Workspace::values), 5000 * 8);
  EXPECT_EQ(bytesOf(&Workspace::weights), 5000 * 4);
  DevicePtr end = kBase;
  for (const WorkspaceArray &array : arrays) {
    EXPECT_GE(w.*array.address, end) << array.name;
    EXPECT_EQ(w.*array.address % kWorkspaceAlignment, 0u);
    end = w.*array.address + array.bytes;
  }
  EXPECT_LE(end, kBase + workspaceBytes(arrays));
}

TEST(Workspace, OptionsThatNoContextCanHave) {
  Manifest manifest = makeTestManifest();
  auto errorOf = [&](int64_t maxBatch, int64_t maxLookups) {
    ContextOptions options;
    options.maxBatch = maxBatch;
    options.maxLookups = maxLookups;
    Status status = check(options, manifest);
    return status ? std::string("none") : status.error().message;
  };
  EXPECT_EQ(errorOf(INT32_MAX / 4, INT32_MAX), "none");
  EXPECT_EQ(errorOf(INT32_MAX / 4 + 1, 0),
            "maxBatch is 536870912; give 0 to 536870911 samples (the bags of 4 "
            "keys are numbered in 31 bits)");
  EXPECT_NE(errorOf(-1, 0).find("maxBatch is -1"), std::string::npos);
  EXPECT_EQ(errorOf(1, int64_t{1} << 31),
            "maxLookups is 2147483648; give 0 to 2147483647 (indices are i32)");
  EXPECT_NE(errorOf(1, -1).find("maxLookups is -1"), std::string::npos);
  manifest.indexType = IndexType::i64;
  EXPECT_EQ(errorOf(1, int64_t{1} << 31), "none");
  EXPECT_NE(errorOf(1, INT64_MAX).find("indices are i64"), std::string::npos);
}

//===----------------------------------------------------------------------===//
// On the driver
//===----------------------------------------------------------------------===//

CUstream_st *const kStream = reinterpret_cast<CUstream_st *>(0x99);

TEST(ExecutionContextInput, ViewsTakeThreeMoreLaunches) {
  FakeCuda cuda;
  Result<ExecutionContext> context =
      makeContext(cuda, makeArtifact(), makeOptions());
  ASSERT_TRUE(context) << context.error().message;
  const Workspace &w = context->workspace();
  size_t before = cuda.calls.size();
  Status status = context->launch(makeViewArguments(600), kStream);
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(
      std::vector<std::string>(cuda.calls.begin() + before, cuda.calls.end()),
      (std::vector<std::string>{"cuCtxPushCurrent", "cuLaunchKernel",
                                "cuLaunchKernelEx", "cuLaunchKernelEx",
                                "cuLaunchKernel", "cuLaunchKernelEx",
                                "cuLaunchKernelEx"}));
  ASSERT_EQ(cuda.launches.size(), 6u);
  EXPECT_EQ(cuda.launches[0].kernel, "recflex_scan_sums");
  EXPECT_EQ(cuda.launches[1].kernel, "recflex_scan_offsets");
  EXPECT_EQ(cuda.launches[2].kernel, "recflex_copy_views");
  EXPECT_EQ(cuda.launches[2].arguments,
            (Words{0x6000, 600, 2400, w.offsets, w.values, w.weights}));
  EXPECT_EQ(cuda.launches[3].kernel, "recflex_bind_keys");
  EXPECT_EQ(cuda.launches[5].kernel, "recflex_forward");
  EXPECT_EQ(cuda.launches[5].arguments[4], w.values);
  EXPECT_EQ(cuda.launches[5].arguments[5], w.offsets);
  EXPECT_TRUE(cuda.misuse.empty());
}

TEST(ExecutionContextInput, GpusThatCannotOverlapLaunchPlainly) {
  FakeCuda cuda;
  cuda.major = 8;
  Artifact artifact = makeArtifact();
  artifact.manifest.chip = "sm_80";
  Result<ExecutionContext> context = makeContext(cuda, artifact, makeOptions());
  ASSERT_TRUE(context) << context.error().message;
  ASSERT_TRUE(context->launch(makeViewArguments(600), kStream));
  ASSERT_EQ(cuda.launches.size(), 6u);
  for (const FakeLaunch &launch : cuda.launches)
    EXPECT_FALSE(launch.startsEarly) << launch.kernel;
}

TEST(ExecutionContextInput, ContextsWithoutRoomRefuseOtherForms) {
  FakeCuda cuda;
  Result<ExecutionContext> context = makeContext(cuda);
  ASSERT_TRUE(context);
  BatchArguments lengths = makeArguments(9);
  lengths.lengths = 0x2000;
  Status status = context->launch(lengths, kStream);
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message.find("create it with maxBatch"),
            std::string::npos)
      << status.error().message;

  context = makeContext(cuda, makeArtifact(), makeOptions());
  ASSERT_TRUE(context);
  status = context->launch(makeViewArguments(1001), kStream);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::limitExceeded);
  EXPECT_TRUE(cuda.launches.empty());

  ContextOptions options;
  options.maxBatch = INT32_MAX;
  EXPECT_FALSE(makeContext(cuda, makeArtifact(), options));
}

} // namespace
} // namespace recflex
