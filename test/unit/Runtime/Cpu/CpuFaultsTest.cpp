//===- CpuFaultsTest.cpp - Bad input on the CPU ---------------------------===//

#include "CpuFixture.h"

#include "recflex/Runtime/InputConversion.h"
#include "recflex/Runtime/Reference.h"

namespace recflex {

static std::ostream &operator<<(std::ostream &os, const Fault &f) {
  return os << static_cast<int>(f.kind) << " feature " << f.feature << " key "
            << f.key << " sample " << f.sample << " position " << f.position
            << " value " << f.value;
}

namespace {

using Faults = std::vector<Fault>;

/// Two features that read key 1, a sum and a max; key 0 is read by none. The
/// table has three rows: (1, 2, ...), all 10, all -20.
class CpuFaults : public testing::TestWithParam<IndexType> {
protected:
  static constexpr int64_t kWidth = 5;
  Manifest manifest;
  std::vector<float> table;

  void SetUp() override {
    manifest.name = "faulty";
    manifest.chip = "sm_90";
    manifest.indexType = GetParam();
    manifest.jaggedFeatures = 2;
    manifest.outputWidth = 2 * kWidth;
    manifest.threads = 32;
    manifest.tables = {{"t", 3, kWidth, RowType::f32}};
    manifest.features = {
        {"sum", 1, 0, 0, 0, Pooling::sum, false, 1, 1, 1},
        {"max", 1, 0, 0, kWidth, Pooling::max, false, 1, 1, 1}};
    manifest.bodies = {{"s", "n"}};
    for (float x : {1.0f, 10.0f, -20.0f})
      table.insert(table.end(), kWidth, x);
    // operator new aligns to 16 bytes.
  }

  CpuContext makeContext(InputChecks checks, int64_t capacity = 64) {
    auto model = CpuModel::load(manifest, {2});
    auto attached = CpuTables::attach(*model, {addressOf(table.data())});
    EXPECT_TRUE(attached) << attached.error().message;
    ContextOptions options;
    options.checks = checks;
    options.faultCapacity = capacity;
    options.maxBatch = 8;
    options.maxLookups = 64;
    return std::move(*CpuContext::create(*attached, options));
  }

  IndexArray indices(const std::vector<int64_t> &numbers) {
    return makeIndices(numbers, GetParam());
  }

  /// Launches and returns what each sample's sum and max are, all columns being
  /// alike.
  std::vector<std::pair<float, float>> launch(CpuContext &context,
                                              BatchArguments arguments) {
    std::vector<float> output(arguments.batchSize * 2 * kWidth, 777);
    arguments.output = addressOf(output.data());
    arguments.outputStride = 2 * kWidth;
    Status status = context.launch(arguments);
    EXPECT_TRUE(status) << status.error().message;
    std::vector<std::pair<float, float>> result;
    for (int64_t s = 0; s != arguments.batchSize; ++s) {
      const float *row = &output[s * 2 * kWidth];
      for (int64_t c = 1; c != kWidth; ++c) {
        EXPECT_EQ(row[c], row[0]);
        EXPECT_EQ(row[kWidth + c], row[kWidth]);
      }
      result.push_back({row[0], row[kWidth]});
    }
    return result;
  }

  static BatchArguments shared(int64_t batchSize, const IndexArray &values,
                               const IndexArray &offsets) {
    BatchArguments a;
    a.batchSize = batchSize;
    a.values = addressOf(values.bytes.data());
    a.offsets = addressOf(offsets.bytes.data());
    a.lookups = values.size();
    return a;
  }
};

using Pooled = std::vector<std::pair<float, float>>;

INSTANTIATE_TEST_SUITE_P(, CpuFaults,
                         testing::Values(IndexType::i32, IndexType::i64),
                         [](const auto &info) {
                           return std::string(toString(info.param));
                         });

TEST_P(CpuFaults, IndicesReadAsZeroRows) {
  // Key 0 has bad indices, which no feature reads. Of key 1, sample 0 is empty;
  // 1 is rows 0, 3 (bad), 1; 2 is -1, 2, 7, 2, 2.
  IndexArray values = indices({-5, 99, 0, 3, 1, -1, 2, 7, 2, 2});
  IndexArray offsets = indices({0, 1, 2, 2, 2, 5, 10});
  BatchArguments arguments = shared(3, values, offsets);
  CpuContext context = makeContext(InputChecks::zeroRow);
  EXPECT_EQ(launch(context, arguments), (Pooled{{0, 0}, {11, 10}, {-60, 0}}));
  FaultReport report = context.faults();
  EXPECT_EQ(report.total, 6);
  EXPECT_EQ(report.faults, (Faults{{FaultKind::index, 0, 1, 1, 3, 3},
                                   {FaultKind::index, 0, 1, 2, 5, -1},
                                   {FaultKind::index, 0, 1, 2, 7, 7},
                                   {FaultKind::index, 1, 1, 1, 3, 3},
                                   {FaultKind::index, 1, 1, 2, 5, -1},
                                   {FaultKind::index, 1, 1, 2, 7, 7}}));

  // They add up until they are cleared.
  launch(context, arguments);
  EXPECT_EQ(context.faults().total, 12);
  context.clearFaults();
  EXPECT_EQ(context.faults().total, 0);
  EXPECT_TRUE(context.faults().faults.empty());

  CpuContext bags = makeContext(InputChecks::zeroBag);
  EXPECT_EQ(launch(bags, arguments), (Pooled{{0, 0}, {0, 0}, {0, 0}}));
  EXPECT_EQ(bags.faults().faults, report.faults);

  CpuContext off = makeContext(InputChecks::off);
  EXPECT_EQ(launch(off, arguments), (Pooled{{0, 0}, {11, 10}, {-60, 0}}));
  EXPECT_EQ(off.faults().total, 0);
}

TEST_P(CpuFaults, ABadRowCountsForTheMean) {
  manifest.features[0].pooling = Pooling::mean;
  IndexArray values = indices({1, 4});
  IndexArray offsets = indices({0, 0, 2});
  CpuContext context = makeContext(InputChecks::zeroRow);
  EXPECT_EQ(launch(context, shared(1, values, offsets)), (Pooled{{5, 10}}));
}

TEST_P(CpuFaults, TheFirstAreKeptAndAllAreCounted) {
  IndexArray values = indices(std::vector<int64_t>(50, 3));
  IndexArray offsets = indices({0, 0, 0, 20, 50});
  CpuContext context = makeContext(InputChecks::zeroRow, 7);
  launch(context, shared(2, values, offsets));
  FaultReport report = context.faults();
  EXPECT_EQ(report.total, 100);
  ASSERT_EQ(report.faults.size(), 7u);
  for (const Fault &fault : report.faults)
    EXPECT_EQ(fault.value, 3);

  CpuContext none = makeContext(InputChecks::zeroRow, 0);
  launch(none, shared(2, values, offsets));
  EXPECT_EQ(none.faults().total, 100);
  EXPECT_TRUE(none.faults().faults.empty());
}

TEST_P(CpuFaults, BadOffsetsMakeEmptyBags) {
  IndexArray values = indices({0, 1, 2});
  // Key 1's bags: [-4, 1), [1, 0), [0, 9), [9, 3), [3, 3).
  IndexArray offsets = indices({0, 0, 0, 0, 0, -4, 1, 0, 9, 3, 3});
  CpuContext context = makeContext(InputChecks::zeroRow);
  BatchArguments arguments = shared(5, values, offsets);
  Pooled zeros(5, {0, 0});
  EXPECT_EQ(launch(context, arguments), zeros);
  Faults expected;
  for (int32_t feature : {0, 1})
    for (auto [sample, value] : {std::pair(0, -4), {1, 0}, {2, 9}, {3, 9}})
      expected.push_back({FaultKind::offsets, feature, 1, sample, 0, value});
  EXPECT_EQ(context.faults().faults, expected);
  EXPECT_EQ(context.faults().total, 8);

  // Not checked, the same; and with nobody saying how many values there are,
  // the last offset does.
  CpuContext off = makeContext(InputChecks::off);
  EXPECT_EQ(launch(off, arguments), zeros);
  arguments.lookups = 0;
  EXPECT_EQ(launch(off, arguments), zeros);
  EXPECT_EQ(off.faults().total, 0);
  EXPECT_EQ(launch(off, shared(1, values, indices({0, 0, 2}))),
            (Pooled{{11, 10}}));
}

TEST_P(CpuFaults, NegativeLengthsCountAsZero) {
  IndexArray values = indices({2, 0, 1, 1});
  // Key 0: 1, -7. Key 1: -1, 3.
  IndexArray lengths = indices({1, -7, -1, 3});
  BatchArguments arguments = shared(2, values, lengths);
  arguments.lengths = arguments.offsets;
  arguments.offsets = 0;
  CpuContext context = makeContext(InputChecks::zeroRow);
  EXPECT_EQ(launch(context, arguments), (Pooled{{0, 0}, {21, 10}}));
  EXPECT_EQ(context.faults().faults,
            (Faults{{FaultKind::length, -1, 0, 1, 0, -7},
                    {FaultKind::length, -1, 1, 0, 0, -1}}));

  // Lengths that lead past the values, the bag's end first, then its begin.
  lengths = indices({1, 0, 9, 1});
  arguments.lengths = addressOf(lengths.bytes.data());
  context.clearFaults();
  EXPECT_EQ(launch(context, arguments), (Pooled{{0, 0}, {0, 0}}));
  EXPECT_EQ(context.faults().faults,
            (Faults{{FaultKind::offsets, 0, 1, 0, 0, 10},
                    {FaultKind::offsets, 0, 1, 1, 0, 10},
                    {FaultKind::offsets, 1, 1, 0, 0, 10},
                    {FaultKind::offsets, 1, 1, 1, 0, 10}}));

  // Sums past what the index type can count stay there.
  int64_t huge = GetParam() == IndexType::i32 ? INT32_MAX : INT64_MAX;
  lengths = indices({huge, huge, huge, 1});
  arguments.lengths = addressOf(lengths.bytes.data());
  context.clearFaults();
  EXPECT_EQ(launch(context, arguments), (Pooled{{0, 0}, {0, 0}}));
  EXPECT_EQ(context.faults().total, 4);
  EXPECT_EQ(context.faults().faults[0].value, maxScannedOffset(GetParam()));
}

TEST_P(CpuFaults, BadKeyStartsMakeEmptyKeys) {
  IndexArray values = indices({0, 1, 2});
  IndexArray offsets = indices({0, 1, 2, 3});
  CpuContext context = makeContext(InputChecks::zeroRow);
  struct Case {
    std::vector<int32_t> starts;
    int32_t key;
    int64_t value;
    Pooled pooled;
  };
  for (const Case &c : std::vector<Case>{
           // All is well: key 1 has the bags 1 and 2.
           {{0, 1, 3}, -1, 0, {{10, 10}, {-20, -20}}},
           {{0, -1, 3}, 0, -1, {{0, 0}, {0, 0}}},
           {{0, 2, 1}, 1, 1, {{0, 0}, {0, 0}}},
           {{1, 1, 4}, 1, 4, {{0, 0}, {0, 0}}},
           {{0, 0, 3}, 1, 3, {{0, 0}, {0, 0}}},    // more than the batch
           {{9, 2, 3}, 0, 9, {{0, 0}, {0, 0}}}}) { // lost with the first
    context.clearFaults();
    BatchArguments arguments = shared(2, values, offsets);
    arguments.keyStarts = addressOf(c.starts.data());
    arguments.bags = 3;
    EXPECT_EQ(launch(context, arguments), c.pooled) << c.starts[1];
    FaultReport report = context.faults();
    if (c.key < 0) {
      EXPECT_EQ(report.total, 0);
      continue;
    }
    ASSERT_GE(report.total, 1);
    EXPECT_TRUE(
        std::count(report.faults.begin(), report.faults.end(),
                   Fault{FaultKind::keyStart, -1, c.key, 0, 0, c.value}))
        << report.faults[0];
  }
}

TEST_P(CpuFaults, ViewsAreCheckedAsKeys) {
  IndexArray values = indices({0, 1, 5});
  IndexArray good = indices({0, 1, 3});
  IndexArray bad = indices({-1, 2, 1, 4});
  std::vector<KeyView> views = {
      {addressOf(values.bytes.data()), addressOf(bad.bytes.data()), 0, 3, 3},
      {addressOf(values.bytes.data()), addressOf(good.bytes.data()), 0, 3, 2}};
  BatchArguments arguments;
  arguments.batchSize = 3;
  arguments.views = addressOf(views.data());
  CpuContext context = makeContext(InputChecks::zeroRow);
  EXPECT_EQ(launch(context, arguments), (Pooled{{1, 1}, {10, 10}, {0, 0}}));
  // Of a key that no feature reads, too; once each.
  EXPECT_EQ(context.faults().faults,
            (Faults{{FaultKind::offsets, -1, 0, 0, 0, -1},
                    {FaultKind::offsets, -1, 0, 1, 0, 1},
                    {FaultKind::offsets, -1, 0, 2, 0, 4},
                    {FaultKind::index, 0, 1, 1, 2, 5},
                    {FaultKind::index, 1, 1, 1, 2, 5}}));

  context.clearFaults();
  std::swap(views[0].offsets, views[1].offsets);
  views[0].samples = 2;
  views[1].samples = 3;
  EXPECT_EQ(launch(context, arguments), (Pooled(3, {0, 0})));
  EXPECT_EQ(context.faults().total, 3) << "the features do not repeat them";

  for (int64_t samples : {int64_t{-1}, int64_t{4}}) {
    context.clearFaults();
    views[1].samples = samples;
    EXPECT_EQ(launch(context, arguments), (Pooled(3, {0, 0})));
    EXPECT_EQ(context.faults().faults,
              (Faults{{FaultKind::keyStart, -1, 1, 0, 0, samples}}));
  }

  // A view without arrays.
  context.clearFaults();
  views[1] = {0, addressOf(good.bytes.data()), 0, 3, 2};
  EXPECT_EQ(launch(context, arguments), (Pooled(3, {0, 0})));
  EXPECT_EQ(context.faults().total, 2);
  views[1] = {addressOf(values.bytes.data()), 0, 0, 3, 2};
  EXPECT_EQ(launch(context, arguments), (Pooled(3, {0, 0})));
}

/// Numbers of which some are anything and most are small.
class Garbage {
public:
  Garbage(IndexType type, uint64_t seed) : type(type), random(seed) {}

  int64_t draw() {
    switch (random() % 4) {
    case 0:
      return cut(static_cast<int64_t>(random() >> (random() % 64)) *
                 (random() % 2 ? 1 : -1));
    case 1:
      return static_cast<int64_t>(random() % 100) - 20;
    default:
      return static_cast<int64_t>(random() % 41);
    }
  }
  bool rarely() { return random() % 8 == 0; }
  IndexArray array(int64_t n) {
    IndexArray result;
    result.type = type;
    for (int64_t i = 0; i != n; ++i)
      result.append(draw());
    return result;
  }
  /// An array that is mostly sorted.
  IndexArray bounds(int64_t n) {
    IndexArray result;
    result.type = type;
    for (int64_t i = 0, at = 0; i != n; ++i) {
      at += random() % 3;
      result.append(rarely() ? draw() : at);
    }
    return result;
  }

private:
  int64_t cut(int64_t x) const {
    return type == IndexType::i32 ? static_cast<int32_t>(x) : x;
  }
  IndexType type;
  std::mt19937_64 random;
};

TEST_P(CpuFaults, WithoutWeightsFaultsAreFoundAllTheSame) {
  manifest.weighted = manifest.features[0].weighted = true;
  CpuContext context = makeContext(InputChecks::zeroRow);
  // No lookups at all, and so no weights.
  IndexArray offsets = indices({0, -1, 5});
  BatchArguments arguments;
  arguments.batchSize = 1;
  arguments.offsets = addressOf(offsets.bytes.data());
  EXPECT_EQ(launch(context, arguments), (Pooled{{0, 0}}));
  EXPECT_EQ(context.faults().faults,
            (Faults{{FaultKind::offsets, 0, 1, 0, 0, -1},
                    {FaultKind::offsets, 1, 1, 0, 0, -1}}));

  // A view that lacks them: its rows have weight 0.
  context.clearFaults();
  IndexArray values = indices({1, 5}), bounds = indices({0, 2});
  std::vector<KeyView> views(
      2, {addressOf(values.bytes.data()), addressOf(bounds.bytes.data()), 0, 2,
          1});
  arguments = {};
  arguments.batchSize = 1;
  arguments.views = addressOf(views.data());
  EXPECT_EQ(launch(context, arguments), (Pooled{{0, 10}}));
  EXPECT_EQ(context.faults().faults, (Faults{{FaultKind::index, 0, 1, 0, 1, 5},
                                             {FaultKind::index, 1, 1, 0, 1, 5}}));
}

TEST_P(CpuFaults, OtherFormsMeanWhatTheyMeanOnAGpu) {
  // convertOnHost() is what the GPU's input kernels are compared with.
  manifest = makeManifest({3, 20}, RowType::f32, GetParam());
  Tables tables(manifest, 15);
  constexpr int64_t samples = 5, lookups = 60;
  int32_t keys = manifest.jaggedFeatures;
  ContextOptions options;
  options.checks = InputChecks::zeroRow;
  options.faultCapacity = 4096;
  options.maxBatch = samples;
  options.maxLookups = 1 << 20;
  CpuContext context = makeCpuContext(manifest, tables, {2}, options);
  std::vector<float> weights(lookups, 0.5f);
  std::vector<float> output(samples * manifest.outputWidth);
  Garbage garbage(GetParam(), 16);
  int64_t found = 0;
  for (int round = 0; round != 300; ++round) {
    IndexArray values = garbage.array(lookups);
    std::vector<int32_t> starts;
    std::vector<IndexArray> bounds;
    std::vector<KeyView> views;
    for (int32_t key = 0; key <= keys; ++key)
      starts.push_back(garbage.rarely() ? static_cast<int32_t>(garbage.draw())
                                        : key * static_cast<int32_t>(samples));
    BatchArguments batch;
    batch.batchSize = samples;
    batch.output = addressOf(output.data());
    batch.outputStride = manifest.outputWidth;
    if (round % 4 == 0) {
      for (int32_t key = 0; key != keys; ++key)
        bounds.push_back(garbage.bounds(samples + 1));
      for (int32_t key = 0; key != keys; ++key)
        views.push_back(
            {addressOf(values.bytes.data()),
             garbage.rarely() ? 0 : addressOf(bounds[key].bytes.data()),
             garbage.rarely() ? 0 : addressOf(weights.data()),
             garbage.rarely() ? 1 : lookups,
             garbage.rarely() ? garbage.draw() : samples});
      batch.views = addressOf(views.data());
    } else {
      batch.values = addressOf(values.bytes.data());
      batch.weights = addressOf(weights.data());
      batch.lookups = lookups;
      bounds.push_back(round % 4 == 1 ? garbage.bounds(keys * samples + 1)
                                      : garbage.bounds(keys * samples));
      DevicePtr address = addressOf(bounds[0].bytes.data());
      (round % 4 == 1 ? batch.offsets : batch.lengths) = address;
      if (round % 4 != 2) {
        batch.keyStarts = addressOf(starts.data());
        batch.bags = keys * samples;
      }
    }

    auto pool = [&](const BatchArguments &arguments) {
      context.clearFaults();
      output.assign(output.size(), 777);
      Status status = context.launch(arguments);
      EXPECT_TRUE(status) << status.error().message;
      return output;
    };
    std::vector<float> actual = pool(batch);
    Faults ofKeys, ofFeatures;
    for (const Fault &fault : context.faults().faults)
      (fault.feature < 0 ? ofKeys : ofFeatures).push_back(fault);

    ConvertedInput converted = convertOnHost(batch, manifest, options);
    EXPECT_EQ(ofKeys, converted.faults) << round;
    found += static_cast<int64_t>(ofKeys.size());
    BatchArguments canonical = batch;
    canonical.lengths = canonical.keyStarts = canonical.views = 0;
    canonical.offsets = addressOf(converted.offsets.bytes.data());
    if (batch.views) {
      canonical.values = addressOf(converted.values.bytes.data());
      canonical.weights = addressOf(converted.weights.data());
      canonical.lookups = converted.values.size();
    }
    EXPECT_EQ(actual, pool(canonical)) << round;
    // The bags of views are the keys' to judge, and their values have moved.
    if (!batch.views)
      EXPECT_EQ(ofFeatures, context.faults().faults) << round;
  }
  EXPECT_GT(found, 100);
}

TEST_P(CpuFaults, GarbageIsSurvived) {
  // Bounds, indices and lengths of any value, on rows of several kernels.
  manifest = makeManifest({3, 150}, RowType::f16, GetParam());
  Tables tables(manifest, 14);
  int64_t samples = 8, bags = manifest.jaggedFeatures * samples;
  Garbage garbage(GetParam(), 13);
  ContextOptions options;
  options.maxBatch = samples;
  options.maxLookups = 64;
  std::vector<float> weights(64, 0.5f);
  std::vector<float> output(samples * manifest.outputWidth);
  for (InputChecks checks :
       {InputChecks::off, InputChecks::zeroRow, InputChecks::zeroBag}) {
    options.checks = checks;
    CpuContext context = makeCpuContext(manifest, tables, {2}, options);
    for (int round = 0; round != 200; ++round) {
      IndexArray values = garbage.array(64), bounds = garbage.array(bags + 1);
      std::vector<int32_t> starts;
      for (int32_t key = 0; key <= manifest.jaggedFeatures; ++key)
        starts.push_back(garbage.rarely()
                             ? static_cast<int32_t>(garbage.draw())
                             : key * static_cast<int32_t>(samples));
      BatchArguments arguments = shared(samples, values, bounds);
      arguments.weights = addressOf(weights.data());
      arguments.output = addressOf(output.data());
      arguments.outputStride = manifest.outputWidth;
      if (round % 2) {
        arguments.lengths = arguments.offsets;
        arguments.offsets = 0;
      }
      if (round % 3 == 0) {
        arguments.keyStarts = addressOf(starts.data());
        arguments.bags = bags;
      }
      std::fill(output.begin(), output.end(), 777.0f);
      Status status = context.launch(arguments);
      ASSERT_TRUE(status) << status.error().message;
      // Every element is written once, whatever the pieces are.
      EXPECT_EQ(std::count(output.begin(), output.end(), 777.0f), 0);
    }
    EXPECT_EQ(context.faults().total != 0, checks != InputChecks::off);
  }
}

} // namespace
} // namespace recflex
