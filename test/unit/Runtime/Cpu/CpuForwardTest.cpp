//===- CpuForwardTest.cpp - Pooling on the CPU ----------------------------===//

#include "CpuFixture.h"

#include "recflex/Runtime/Binding.h"
#include "recflex/Runtime/Reference.h"

#include <cmath>
#include <limits>

namespace recflex {
namespace {

/// Each number of vectors, full and in part, and several kernels side by side.
const std::vector<int64_t> kWidths = {
    1,  2,  3,  4,  5,  7,  8,  9,   12,  15,  16,  17,  20,  31,  32,   33,
    47, 48, 63, 64, 65, 96, 97, 112, 113, 127, 128, 129, 200, 500, 1023, 1024};

TEST(CpuForward, MatchesTheReference) {
  for (CpuInstructions instructions : allInstructions())
    for (RowType rows : {RowType::f32, RowType::f16, RowType::bf16})
      for (IndexType indices : {IndexType::i32, IndexType::i64}) {
        Manifest m = makeManifest(kWidths, rows, indices);
        Tables tables(m, 1);
        for (int64_t samples : {1, 13}) {
          Batch batch = makeRandomBatch(m, samples, 6, 600, 2);
          auto expected = poolReference(m, tables.pointers(), batch);
          ASSERT_TRUE(expected) << expected.error().message;
          CpuContext context = makeCpuContext(m, tables, {3, instructions});
          std::vector<float> output;
          Status status = context.launch(makeArguments(m, batch, output));
          ASSERT_TRUE(status) << status.error().message;
          Comparison difference = compare(output, *expected);
          EXPECT_LT(difference.relativeNorm, 1e-6)
              << context.model().instructions() << ' ' << toString(rows) << ' '
              << toString(indices) << " column "
              << difference.firstMismatch % m.outputWidth;
          // No sum is that far off, however small.
          for (size_t i = 0; i != output.size(); ++i)
            ASSERT_NEAR(output[i], (*expected)[i], 1e-4) << i;
        }
      }
}

TEST(CpuForward, OneWidthAtATime) {
  // The features' neighbours cannot hide a row that is written too far.
  for (CpuInstructions instructions : allInstructions())
    for (int64_t width : kWidths) {
      Manifest m = makeManifest({width}, RowType::f16, IndexType::i32);
      Tables tables(m, 3);
      Batch batch = makeRandomBatch(m, 5, 3, 40, 4);
      auto expected = poolReference(m, tables.pointers(), batch);
      ASSERT_TRUE(expected);
      CpuContext context = makeCpuContext(m, tables, {1, instructions});
      std::vector<float> output, padded;
      BatchArguments arguments = makeArguments(m, batch, output);
      int64_t stride = m.outputWidth + 3;
      for (RowType type : {RowType::f32, RowType::f16, RowType::bf16}) {
        std::vector<std::byte> memory(batch.batchSize * stride * byteSize(type),
                                      std::byte{0x5a});
        arguments.output = addressOf(memory.data());
        arguments.outputType = type;
        arguments.outputStride = stride;
        ASSERT_TRUE(context.launch(arguments));
        std::vector<float> pooled;
        for (int64_t s = 0; s != batch.batchSize; ++s)
          for (int64_t c = 0; c != stride; ++c) {
            const std::byte *at = &memory[(s * stride + c) * byteSize(type)];
            if (c >= m.outputWidth) {
              for (int64_t b = 0; b != byteSize(type); ++b)
                ASSERT_EQ(at[b], std::byte{0x5a}) << width;
              continue;
            }
            float value;
            uint16_t bits;
            std::memcpy(&bits, at, 2);
            if (type == RowType::f32)
              std::memcpy(&value, at, 4);
            else
              value = type == RowType::f16 ? f16ToF32(bits) : bf16ToF32(bits);
            pooled.push_back(value);
          }
        double tolerance = type == RowType::f32   ? 1e-6
                           : type == RowType::f16 ? 1e-3
                                                  : 4e-3;
        EXPECT_LT(compare(pooled, *expected).relativeNorm, tolerance)
            << width << ' ' << toString(type);
      }
    }
}

TEST(CpuForward, HalvesAreRoundedOnceToNearestEven) {
  // Bags of one row, each element a hard case.
  constexpr float infinity = std::numeric_limits<float>::infinity();
  std::vector<float> cases = {
      1.00048828125f,  1.00146484375f, 65519.0f,   65520.0f,  -65520.0f,
      5.9604645e-08f,  2.9802322e-08f, 2.99e-08f,  6.09e-05f, 1e-40f,
      1.00390625f,     1.01171875f,    3.3961e38f, infinity,  -infinity,
      std::nanf("12"), -0.0f,          0.1f,       -0.3f,     3.14159265f};
  Manifest m = makeManifest({static_cast<int64_t>(cases.size())}, RowType::f32,
                            IndexType::i32);
  Tables tables(m, 5);
  for (size_t i = 0; i != cases.size(); ++i)
    tables.set(0, i, RowType::f32, cases[i]);
  Batch batch = makeBatch(3, 1, {1, 0, 0}, {0});
  batch.weights = {1};
  for (CpuInstructions instructions : allInstructions()) {
    CpuContext context = makeCpuContext(m, tables, {1, instructions});
    for (RowType type : {RowType::f16, RowType::bf16}) {
      std::vector<float> unused;
      BatchArguments arguments = makeArguments(m, batch, unused);
      std::vector<uint16_t> output(m.outputWidth);
      arguments.output = addressOf(output.data());
      arguments.outputType = type;
      ASSERT_TRUE(context.launch(arguments));
      for (size_t i = 0; i != cases.size(); ++i) {
        // As pooled: 0 + x, which turns -0 into 0.
        float sum = 0.0f + cases[i];
        EXPECT_EQ(output[i],
                  type == RowType::f16 ? f32ToF16(sum) : f32ToBF16(sum))
            << context.model().instructions() << ' ' << toString(type) << ' '
            << cases[i];
      }
    }
  }
}

TEST(CpuForward, MaxPassesOverNaN) {
  Manifest m = makeManifest({20}, RowType::f32, IndexType::i32);
  Tables tables(m, 6);
  constexpr float infinity = std::numeric_limits<float>::infinity();
  for (size_t c = 0; c != 20; ++c) {
    tables.set(0, c, RowType::f32, std::nanf(""));
    tables.set(0, 20 + c, RowType::f32, -3.0f);
    tables.set(0, 40 + c, RowType::f32, -5.0f);
  }
  Batch batch = makeBatch(3, 4, {0, 0, 0, 0, 0, 0, 0, 0, 3, 7, 1, 0},
                          {0, 1, 2, 2, 2, 0, 2, 2, 2, 0, 0});
  batch.weights.resize(11);
  for (CpuInstructions instructions : allInstructions()) {
    CpuContext context = makeCpuContext(m, tables, {1, instructions});
    std::vector<float> output;
    ASSERT_TRUE(context.launch(makeArguments(m, batch, output)));
    for (size_t c = 40; c != 60; ++c) {
      EXPECT_EQ(output[c], -3.0f);
      EXPECT_EQ(output[60 + c], -5.0f);
      EXPECT_EQ(output[120 + c], -infinity) << "a bag of NaN alone";
      EXPECT_EQ(output[180 + c], 0.0f) << "an empty bag";
    }
  }
}

/// The same batch in other forms.
struct Forms {
  std::vector<int64_t> lengths64;
  std::vector<int32_t> lengths32;
  std::vector<KeyView> views;
  std::vector<int32_t> keyStarts;

  Forms(const Manifest &m, const Batch &batch) {
    int64_t bags = m.jaggedFeatures * batch.batchSize;
    for (int64_t bag = 0; bag != bags; ++bag)
      lengths64.push_back(batch.offsets[bag + 1] - batch.offsets[bag]);
    lengths32.assign(lengths64.begin(), lengths64.end());
    for (int64_t key = 0; key <= m.jaggedFeatures; ++key)
      keyStarts.push_back(static_cast<int32_t>(key * batch.batchSize));
  }
  DevicePtr lengths(IndexType type) const {
    return type == IndexType::i32 ? addressOf(lengths32.data())
                                  : addressOf(lengths64.data());
  }
};

TEST(CpuForward, AllFormsGiveTheSameBits) {
  for (IndexType type : {IndexType::i32, IndexType::i64}) {
    Manifest m = makeManifest({4, 20, 64}, RowType::f32, type);
    Tables tables(m, 7);
    // More bags than lengths are summed up in one go.
    constexpr int64_t samples = 4000;
    Batch batch = makeRandomBatch(m, samples, 5, 3000, 8);
    ContextOptions options;
    options.maxBatch = samples;
    options.maxLookups = batch.values.size();
    CpuContext context = makeCpuContext(m, tables, {2}, options);
    std::vector<float> expected, output;
    ASSERT_TRUE(context.launch(makeArguments(m, batch, expected)));

    Forms forms(m, batch);
    for (bool lengths : {false, true})
      for (bool starts : {false, true}) {
        BatchArguments arguments = makeArguments(m, batch, output);
        if (lengths) {
          arguments.offsets = 0;
          arguments.lengths = forms.lengths(type);
        }
        if (starts) {
          arguments.keyStarts = addressOf(forms.keyStarts.data());
          arguments.bags = forms.keyStarts.back();
        }
        Status status = context.launch(arguments);
        ASSERT_TRUE(status) << status.error().message;
        EXPECT_EQ(output, expected) << lengths << starts;
      }

    // A view's offsets begin anywhere in its own values.
    std::vector<IndexArray> values(m.jaggedFeatures), offsets(m.jaggedFeatures);
    std::vector<std::vector<float>> weights(m.jaggedFeatures);
    for (int32_t key = 0; key != m.jaggedFeatures; ++key) {
      values[key].type = offsets[key].type = type;
      int64_t first = batch.offsets[key * samples];
      int64_t last = batch.offsets[(key + 1) * samples];
      values[key].append(-9); // of no bag
      weights[key].push_back(0);
      for (int64_t i = first; i != last; ++i) {
        values[key].append(batch.values[i]);
        weights[key].push_back(batch.weights[i]);
      }
      for (int64_t s = 0; s <= samples; ++s)
        offsets[key].append(batch.offsets[key * samples + s] - first + 1);
      forms.views.push_back({addressOf(values[key].bytes.data()),
                             addressOf(offsets[key].bytes.data()),
                             addressOf(weights[key].data()), values[key].size(),
                             samples});
    }
    BatchArguments arguments = makeArguments(m, batch, output);
    arguments.values = arguments.offsets = arguments.weights = 0;
    arguments.lookups = 0;
    arguments.views = addressOf(forms.views.data());
    Status status = context.launch(arguments);
    ASSERT_TRUE(status) << status.error().message;
    EXPECT_EQ(output, expected);
  }
}

TEST(CpuForward, KeysWithFewerSamplesEndInEmptyBags) {
  Manifest m = makeManifest({4}, RowType::f32, IndexType::i32);
  Tables tables(m, 9);
  // Keys of 1, 0 and 3 samples in a batch of 3.
  std::vector<int32_t> values = {1, 2, 3, 4, 5}, lengths = {2, 1, 0, 2};
  std::vector<int32_t> offsets = {0, 2, 3, 3, 5}, starts = {0, 1, 1, 4};
  std::vector<float> weights(5, 1.0f);
  Batch whole = makeBatch(3, 3, {2, 0, 0, 0, 0, 0, 1, 0, 2}, {1, 2, 3, 4, 5});
  whole.weights = weights;
  auto expected = poolReference(m, tables.pointers(), whole);
  ASSERT_TRUE(expected);
  ContextOptions options;
  options.maxBatch = 3;
  options.maxLookups = 5;
  CpuContext context = makeCpuContext(m, tables, {2}, options);
  std::vector<float> output;
  BatchArguments arguments = makeArguments(m, whole, output);
  arguments.values = addressOf(values.data());
  arguments.weights = addressOf(weights.data());
  arguments.keyStarts = addressOf(starts.data());
  arguments.bags = 4;
  arguments.offsets = addressOf(offsets.data());
  ASSERT_TRUE(context.launch(arguments));
  EXPECT_EQ(output, *expected);

  output.assign(output.size(), 777);
  arguments.offsets = 0;
  arguments.lengths = addressOf(lengths.data());
  ASSERT_TRUE(context.launch(arguments));
  EXPECT_EQ(output, *expected);

  // The max takes no weights, so its view needs none; the mean has no samples.
  std::vector<int32_t> third = {0, 1, 1, 3};
  std::vector<KeyView> views = {
      {addressOf(&values[0]), addressOf(&offsets[0]), addressOf(&weights[0]), 2,
       1},
      {0, 0, 0, 0, 0},
      {addressOf(&values[2]), addressOf(third.data()), 0, 3, 3}};
  output.assign(output.size(), 777);
  BatchArguments viewed;
  viewed.batchSize = 3;
  viewed.views = addressOf(views.data());
  viewed.output = arguments.output;
  viewed.outputStride = arguments.outputStride;
  ASSERT_TRUE(context.launch(viewed));
  EXPECT_EQ(output, *expected);
}

TEST(CpuForward, EmptyBatches) {
  Manifest m = makeManifest({4, 100}, RowType::f32, IndexType::i32);
  Tables tables(m, 10);
  CpuContext context = makeCpuContext(m, tables);
  EXPECT_TRUE(context.launch(BatchArguments()));
  Batch none = makeBatch(6, 2, std::vector<int64_t>(12, 0), {});
  std::vector<float> output;
  ASSERT_TRUE(context.launch(makeArguments(m, none, output)));
  EXPECT_EQ(output, std::vector<float>(2 * m.outputWidth, 0.0f));

  Manifest featureless = m;
  featureless.features.clear();
  CpuContext idle = makeCpuContext(featureless, tables);
  EXPECT_TRUE(idle.launch(makeArguments(m, none, output)));
}

TEST(CpuForward, RefusesWhatAGpuRefuses) {
  Manifest m = makeManifest({4}, RowType::f32, IndexType::i32);
  Tables tables(m, 11);
  CpuContext context = makeCpuContext(m, tables);
  Batch batch = makeBatch(3, 1, {1, 1, 1}, {0, 1, 2});
  batch.weights = {1, 1, 1};
  std::vector<float> output;
  const BatchArguments good = makeArguments(m, batch, output);
  auto refusal = [&](auto change) {
    BatchArguments bad = good;
    change(bad);
    Status status = context.launch(bad);
    EXPECT_FALSE(status);
    Status expected = check(bad, m, ContextOptions());
    if (!expected) {
      EXPECT_EQ(status.error().message, expected.error().message);
      EXPECT_EQ(status.error().code, expected.error().code);
    }
    return status ? Error() : status.error();
  };
  EXPECT_NE(refusal([](auto &b) { b.output = 0; }).message.find("output"),
            std::string::npos);
  refusal([](auto &b) { b.batchSize = -1; });
  refusal([](auto &b) { b.weights = 0; });
  refusal([](auto &b) { b.outputStride = 11; });
  refusal([](auto &b) { b.values += 1; });
  refusal([](auto &b) { b.lengths = b.offsets; });
  refusal([](auto &b) {
    b.lengths = b.offsets;
    b.offsets = 0;
  });
  Error grid = refusal([](auto &b) { b.batchSize = 1 << 30; });
  EXPECT_EQ(grid.message,
            checkGrid(0, m.jaggedFeatures, 1 << 30).error().message);
  EXPECT_TRUE(context.launch(good));
}

TEST(CpuForward, TablesAndModelsThatCannotBe) {
  Manifest m = makeManifest({4, 8}, RowType::f32, IndexType::i32);
  Tables tables(m, 12);
  auto model = CpuModel::load(m, {2});
  ASSERT_TRUE(model);
  EXPECT_EQ((*model)->threads(), 2);
  std::vector<DevicePtr> addresses = tables.addresses();
  auto one = CpuTables::attach(*model, {addresses[0]});
  ASSERT_FALSE(one);
  EXPECT_EQ(one.error().message, "1 tables are attached, the model has 2");
  auto odd = CpuTables::attach(*model, {addresses[0], addresses[1] + 8});
  ASSERT_FALSE(odd);
  EXPECT_NE(
      odd.error().message.find("; give device memory aligned to 16 bytes"),
      std::string::npos);

  auto attached = CpuTables::attach(*model, addresses);
  ASSERT_TRUE(attached);
  ContextOptions options;
  options.maxBatch = -1;
  EXPECT_FALSE(CpuContext::create(*attached, options));
  options = {};
  options.faultCapacity = -1;
  EXPECT_FALSE(CpuContext::create(*attached, options));

  EXPECT_FALSE(CpuModel::load(m, {-1}));
  EXPECT_GE((*CpuModel::load(m))->threads(), 1);
  m.outputWidth = 1;
  EXPECT_FALSE(CpuModel::load(m));
}

} // namespace
} // namespace recflex
