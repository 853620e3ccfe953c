//===- BodyTests.cpp - Schedules on bags that are awkward to them ---------===//
//
// A model whose features have one kind of bags each, all with one schedule, on
// the simulator and by plain loops. Tables hold small integers, so that results
// are equal whatever the order of additions. Outputs are NaN before, and the
// simulator finds races, missing barriers and strays.
//
//===----------------------------------------------------------------------===//

#include "recflex/Conversion/ImportModel.h"
#include "recflex/Data/Generator.h"
#include "recflex/InitAll.h"
#include "recflex/Pipelines/Compiler.h"
#include "recflex/Runtime/Reference.h"
#include "recflex/Simulator/SimulatedForward.h"

#include "mlir/AsmParser/AsmParser.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"

#include "gtest/gtest.h"

using namespace recflex;

namespace {

constexpr int64_t kRows = 40;

/// Lengths of the bags of one feature.
using Lengths = std::vector<int64_t>;

/// Kinds of bags, for any number of samples.
const std::vector<std::pair<const char *, Lengths (*)(int64_t)>> kBags = {
    // First, so that nothing lies before: a stray there is seen.
    {"ragged",
     [](int64_t samples) {
       Lengths lengths;
       for (int64_t s = 0; s < samples; ++s)
         lengths.push_back((s * 7 + 5) % 19);
       return lengths;
     }},
    {"empty", [](int64_t samples) { return Lengths(samples, 0); }},
    {"one", [](int64_t samples) { return Lengths(samples, 1); }},
    {"long first",
     [](int64_t samples) {
       Lengths lengths(samples, 0);
       lengths.front() = 700;
       return lengths;
     }},
    {"long last",
     [](int64_t samples) {
       Lengths lengths(samples, 0);
       lengths.back() = 333;
       return lengths;
     }},
    {"long among short",
     [](int64_t samples) {
       Lengths lengths;
       for (int64_t s = 0; s < samples; ++s)
         lengths.push_back(s == samples / 2 ? 501 : s % 3);
       return lengths;
     }},
    {"few",
     [](int64_t samples) {
       Lengths lengths(samples, 0);
       lengths[samples / 3] = 2;
       return lengths;
     }}};

struct Shape {
  const char *schedule;
  int64_t width;
  RowType rowType = RowType::f32;
  IndexType indexType = IndexType::i32;
  int64_t threads = 128;
  int64_t samples = 37;
};

void PrintTo(const Shape &shape, std::ostream *os) {
  *os << shape.schedule << " width " << shape.width << ' '
      << toString(shape.rowType) << ' ' << toString(shape.indexType)
      << " threads " << shape.threads << " samples " << shape.samples;
}

/// A feature for each kind of bags and each way to pool them.
ModelSpec makeModel(const Shape &shape) {
  ModelSpec spec;
  spec.name = "awkward";
  spec.indexType = shape.indexType;
  spec.tables = {{"t", kRows, shape.width, shape.rowType}};
  for (const auto &[name, lengths] : kBags)
    for (auto [pooling, weighted] :
         {std::pair(Pooling::sum, false), {Pooling::sum, true},
          {Pooling::mean, false}, {Pooling::max, false}}) {
      FeatureSpec feature;
      feature.name = name + std::to_string(spec.features.size());
      feature.pooling = pooling;
      feature.weighted = weighted;
      spec.features.push_back(feature);
    }
  return spec;
}

Batch makeBatch(const Shape &shape, const ModelSpec &spec) {
  Batch batch;
  batch.numFeatures = spec.features.size();
  batch.batchSize = shape.samples;
  batch.values.type = batch.offsets.type = shape.indexType;
  batch.offsets.append(0);
  int64_t ways = batch.numFeatures / kBags.size();
  for (int64_t f = 0; f < batch.numFeatures; ++f)
    for (int64_t length : kBags[f / ways].second(shape.samples)) {
      // Every third index is the same row.
      for (int64_t i = 0; i < length; ++i)
        batch.values.append(i % 3 ? (i * 11 + f) % kRows : 5);
      batch.offsets.append(batch.values.size());
    }
  for (int64_t i = 0; i < batch.values.size(); ++i)
    batch.weights.push_back(static_cast<float>(i % 5 - 2));
  return batch;
}

class Bodies : public testing::TestWithParam<Shape> {};

TEST_P(Bodies, PoolAsPlainLoops) {
  const Shape &shape = GetParam();
  mlir::DialectRegistry registry;
  registerAllDialects(registry);
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  context.loadAllAvailableDialects();
  ModelSpec spec = makeModel(shape);
  auto module = importModel(&context, spec);
  auto schedule = mlir::dyn_cast_or_null<emb::ScheduleAttrInterface>(
      mlir::parseAttribute(shape.schedule, &context));
  ASSERT_TRUE(schedule) << shape.schedule;
  module->walk(
      [&](emb::LookupOp lookup) { lookup.setScheduleAttr(schedule); });
  CompileOptions options;
  options.threads = shape.threads;
  options.blocks = 1024 / shape.threads;
  auto lowered = lowerModel(*module, options);
  ASSERT_TRUE(mlir::succeeded(lowered));

  const ManifestTable &table = lowered->manifest.tables.front();
  std::unique_ptr<void, void (*)(void *)> rows(
      std::aligned_alloc(64, (tableBytes(table) + 63) / 64 * 64), std::free);
  fillTable({table.name, table.rows, table.width, table.type}, 0, /*seed=*/3,
            TableFill::integers, rows.get(), 0, table.rows);
  Batch batch = makeBatch(shape, spec);
  auto forward = SimulatedForward::create(lowered->manifest, *lowered->kernels);
  ASSERT_TRUE(forward) << forward.error().message;
  auto expected = poolReference(lowered->manifest, {rows.get()}, batch);
  ASSERT_TRUE(expected) << expected.error().message;
  for (InputChecks checks : {InputChecks::off, InputChecks::zeroRow}) {
    SimulatedLaunch launch;
    launch.context.checks = checks;
    auto simulated = forward->run({rows.get()}, batch, launch);
    ASSERT_TRUE(simulated) << simulated.error().message;
    ASSERT_EQ(simulated->output.size(), expected->size());
    for (size_t i = 0; i < expected->size(); ++i)
      ASSERT_EQ(simulated->output[i], (*expected)[i])
          << "feature "
          << spec.features[i % lowered->manifest.outputWidth / shape.width].name
          << ", sample " << i / lowered->manifest.outputWidth;
    EXPECT_EQ(simulated->faults.total, 0);
  }
}

INSTANTIATE_TEST_SUITE_P(
    SegmentedScan, Bodies,
    testing::Values(
        Shape{"#emb.segmented_scan<vector = 1, lanes = 1, samples = 128, "
              "unroll = 4>", 1},
        Shape{"#emb.segmented_scan<vector = 1, lanes = 4, samples = 16, "
              "unroll = 8>", 7, RowType::f32, IndexType::i64},
        Shape{"#emb.segmented_scan<vector = 4, lanes = 8, samples = 64, "
              "unroll = 4>", 32, RowType::bf16},
        Shape{"#emb.segmented_scan<vector = 8, lanes = 16, samples = 8, "
              "unroll = 2>", 128, RowType::f16, IndexType::i64},
        // Rows in two parts, the second not full; threads left over.
        Shape{"#emb.segmented_scan<vector = 2, lanes = 32, samples = 4, "
              "unroll = 1>", 66, RowType::f32, IndexType::i32, 96},
        Shape{"#emb.segmented_scan<vector = 4, lanes = 32, samples = 16, "
              "unroll = 4>", 1000, RowType::f32, IndexType::i32, 64, 5},
        Shape{"#emb.segmented_scan<vector = 4, lanes = 32, samples = 1, "
              "unroll = 2>", 1024, RowType::f32, IndexType::i32, 256, 3},
        // Two groups, the least; one sample.
        Shape{"#emb.segmented_scan<vector = 2, lanes = 16, samples = 32, "
              "unroll = 16>", 64, RowType::f32, IndexType::i32, 32},
        Shape{"#emb.segmented_scan<vector = 4, lanes = 4, samples = 32, "
              "unroll = 4>", 16, RowType::f32, IndexType::i64, 128, 1}));

INSTANTIATE_TEST_SUITE_P(
    MultiBlock, Bodies,
    testing::Values(
        Shape{"#emb.multi_block<vector = 1, lanes = 1, rows = 32, parts = 16, "
              "unroll = 1>", 1},
        Shape{"#emb.multi_block<vector = 1, lanes = 8, rows = 1, parts = 2, "
              "unroll = 2>", 7, RowType::f32, IndexType::i64},
        Shape{"#emb.multi_block<vector = 4, lanes = 8, rows = 16, parts = 4, "
              "unroll = 4>", 32, RowType::bf16},
        Shape{"#emb.multi_block<vector = 8, lanes = 16, rows = 2, parts = 8, "
              "unroll = 2>", 128, RowType::f16, IndexType::i64},
        // Rows in two parts, the second not full; threads left over.
        Shape{"#emb.multi_block<vector = 2, lanes = 32, rows = 2, parts = 2, "
              "unroll = 1>", 66, RowType::f32, IndexType::i32, 96},
        Shape{"#emb.multi_block<vector = 4, lanes = 32, rows = 2, parts = 4, "
              "unroll = 4>", 1000, RowType::f32, IndexType::i32, 64, 5},
        Shape{"#emb.multi_block<vector = 4, lanes = 4, rows = 8, parts = 16, "
              "unroll = 2>", 16, RowType::f32, IndexType::i64, 128, 1}));

} // namespace
