//===- ScratchTests.cpp - What multi_block keeps between blocks -----------===//

#include "SimulatedLaunch.h"

#include "recflex/Conversion/ImportModel.h"
#include "recflex/Data/Generator.h"
#include "recflex/InitAll.h"
#include "recflex/Pipelines/Compiler.h"
#include "recflex/Runtime/LaunchSequence.h"

#include "mlir/AsmParser/AsmParser.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"

#include "gtest/gtest.h"

#include <cmath>
#include <cstring>

using namespace recflex;

namespace {

constexpr int64_t kRows = 50, kWidth = 24, kSamples = 6;

/// A model of two features over one table, whose contexts a test can launch in
/// as often as it likes.
class Scratch : public testing::Test {
protected:
  void SetUp() override {
    mlir::DialectRegistry registry;
    registerAllDialects(registry);
    mlir::MLIRContext context(registry,
                              mlir::MLIRContext::Threading::DISABLED);
    context.loadAllAvailableDialects();
    ModelSpec spec;
    spec.name = "pair";
    spec.tables = {{"t", kRows, kWidth}};
    spec.features.resize(2);
    spec.features[0].name = "sum";
    spec.features[1].name = "mean";
    spec.features[1].pooling = Pooling::mean;
    auto module = importModel(&context, spec);
    auto schedule = mlir::cast<emb::ScheduleAttrInterface>(mlir::parseAttribute(
        "#emb.multi_block<vector = 4, lanes = 8, rows = 2, parts = 8, "
        "unroll = 1>",
        &context));
    module->walk(
        [&](emb::LookupOp lookup) { lookup.setScheduleAttr(schedule); });
    auto model = lowerModel(*module, CompileOptions());
    ASSERT_TRUE(mlir::succeeded(model));
    lowered = std::move(*model);

    table.resize(kRows * kWidth + 4);
    rows = table.data() + (16 - reinterpret_cast<uintptr_t>(table.data()) % 16) %
                              16 / sizeof(float);
    for (int64_t i = 0; i < kRows * kWidth; ++i)
      rows[i] = static_cast<float>(std::sin(i)); // sums round
    offsets = {0};
    for (int64_t bag = 0; bag < 2 * kSamples; ++bag) {
      for (int64_t i = 0; i < 17 * (bag % 4); ++i)
        values.push_back(static_cast<int32_t>((i * 7 + bag) % kRows));
      offsets.push_back(static_cast<int32_t>(values.size()));
    }
  }

  /// The outputs of `launches` batches in one context, one after the other, and
  /// what is left in its scratch.
  std::vector<std::vector<float>> pool(int launches, int64_t workers,
                                       std::vector<std::byte> &left) {
    const Manifest &manifest = lowered.manifest;
    SimulatorOptions simulation;
    simulation.workers = static_cast<unsigned>(workers);
    auto simulator = Simulator::create(*lowered.kernels, simulation);
    EXPECT_TRUE(simulator);
    auto address = [](auto *array) {
      return reinterpret_cast<DevicePtr>(array);
    };
    std::vector<recflex::abi::FeatureDescriptor> descriptors =
        makeDescriptors(manifest);
    for (recflex::abi::FeatureDescriptor &descriptor : descriptors)
      descriptor.table = address(rows);
    alignas(16) static float output[kSamples * 2 * kWidth];
    (*simulator)->addMemory("table", rows, kRows * kWidth * 4, false);
    (*simulator)->addMemory("descriptors", descriptors.data(),
                            descriptors.size() * sizeof(descriptors[0]), false);
    (*simulator)->addMemory("values", values.data(), values.size() * 4, false);
    (*simulator)->addMemory("offsets", offsets.data(), offsets.size() * 4,
                            false);
    (*simulator)->addMemory("output", output, sizeof(output), true);
    ContextOptions options;
    options.maxBatch = kSamples;
    std::vector<WorkspaceArray> arrays = workspaceArrays(manifest, options);
    HostWorkspace workspace(arrays, **simulator);
    LaunchSequence sequence(manifest, address(descriptors.data()),
                            workspace.addresses(), options);
    BatchArguments batch;
    batch.batchSize = kSamples;
    batch.values = address(values.data());
    batch.offsets = address(offsets.data());
    batch.lookups = static_cast<int64_t>(values.size());
    batch.output = address(output);
    batch.outputStride = 2 * kWidth;
    EXPECT_TRUE(sequence.check(batch));
    SimulatorQueue queue(**simulator);
    std::vector<std::vector<float>> outputs;
    for (int i = 0; i < launches; ++i) {
      std::memset(output, 0xFF, sizeof(output));
      auto bound = sequence.bind(batch, queue);
      EXPECT_TRUE(bound);
      Status status = sequence.pool(*bound, 0, queue);
      EXPECT_TRUE(status) << status.error().message;
      outputs.emplace_back(std::begin(output), std::end(output));
    }
    auto *bytes = reinterpret_cast<std::byte *>(workspace.addresses().scratch);
    left.assign(bytes, bytes + manifest.scratchBytes * kSamples);
    return outputs;
  }

  LoweredModel lowered;
  std::vector<float> table;
  float *rows = nullptr;
  std::vector<int32_t> values, offsets;
};

TEST_F(Scratch, IsThatOfEachFeatureInTurn) {
  // A counter for each 4 of 24 columns, 24 bytes that become 32, and 8 rows.
  const Manifest &manifest = lowered.manifest;
  EXPECT_EQ(manifest.scratchBytes, 2 * (32 + 8 * 24 * 4));
  EXPECT_EQ(manifest.features[0].scratch, 0);
  EXPECT_EQ(manifest.features[1].scratch, 32 + 8 * 24 * 4);
  EXPECT_EQ(manifest.features[0].columnTiles, 8);
  EXPECT_EQ(manifest.features[0].parallelLookups, 16);
}

TEST_F(Scratch, CountersAreZeroAgainForTheNextLaunch) {
  std::vector<std::byte> left;
  auto outputs = pool(/*launches=*/3, /*workers=*/1, left);
  EXPECT_EQ(outputs[0], outputs[1]);
  EXPECT_EQ(outputs[0], outputs[2]);
  for (float element : outputs[0])
    EXPECT_FALSE(std::isnan(element));
  for (int64_t sample = 0; sample < kSamples; ++sample)
    for (const ManifestFeature &feature : lowered.manifest.features)
      for (int64_t i = 0; i < 24; ++i)
        EXPECT_EQ(left[sample * lowered.manifest.scratchBytes +
                       feature.scratch + i],
                  std::byte{0});
}

TEST_F(Scratch, NothingDependsOnWhichBlockComesLast) {
  std::vector<std::byte> left;
  auto expected = pool(/*launches=*/1, /*workers=*/1, left);
  for (const std::vector<float> &output :
       pool(/*launches=*/20, /*workers=*/4, left))
    EXPECT_EQ(output, expected[0]);
}

} // namespace
