//===- GeneratorTest.cpp - Sample batches and tables ----------------------===//

#include "recflex/Data/Generator.h"

#include "TestFiles.h"
#include "recflex/Data/ModelLimits.h"
#include "recflex/Support/HalfFloat.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

using namespace recflex;
using Kind = BagDistribution::Kind;

namespace {

/// FNV-1a over bytes.
uint64_t hashBytes(const void *data, size_t size) {
  uint64_t hash = 0xcbf29ce484222325;
  for (size_t i = 0; i < size; ++i)
    hash = (hash ^ static_cast<const unsigned char *>(data)[i]) * 0x100000001b3;
  return hash;
}
uint64_t hashBatch(const Batch &batch) {
  return hashBytes(batch.values.bytes.data(), batch.values.bytes.size()) ^
         3 * hashBytes(batch.offsets.bytes.data(), batch.offsets.bytes.size()) ^
         5 * hashBytes(batch.weights.data(), batch.weights.size() * 4);
}

ModelSpec makeModel() {
  ModelSpec model;
  model.tables = {{"a", 1000, 4, RowType::f32}, {"b", 77, 3, RowType::f16}};
  model.features = {
      {"one", 0, Pooling::sum, false, {Kind::oneHot, 0.5}},
      {"static", 1, Pooling::sum, true, {Kind::fixed, 0.9, 5}},
      {"normal", 0, Pooling::sum, false, {Kind::normal, 1, 1, 10, 10, 20}},
      {"side", 1, Pooling::sum, false, {Kind::normalOneSide, 0.7, 1, 30, 9}}};
  return model;
}

/// A model of one feature with these bags.
ModelSpec oneFeature(BagDistribution bags, int64_t rows = 100) {
  ModelSpec model;
  model.tables = {{"t", rows, 4, RowType::f32}};
  model.features = {{"f", 0, Pooling::sum, false, bags}};
  return model;
}

std::vector<int64_t> lengths(const ModelSpec &model, int64_t batchSize) {
  Result<Batch> batch = generateBatch(model, batchSize, 0, {});
  EXPECT_TRUE(batch) << batch.error().message;
  std::vector<int64_t> result;
  for (int64_t s = 0; batch && s < batchSize; ++s)
    result.push_back(batch->offsets[s + 1] - batch->offsets[s]);
  return result;
}

double mean(const std::vector<int64_t> &numbers) {
  double sum = 0;
  for (int64_t number : numbers)
    sum += number;
  return sum / numbers.size();
}

TEST(Generator, givesGoodBatches) {
  ModelSpec model = makeModel();
  for (IndexType type : {IndexType::i32, IndexType::i64}) {
    for (Popularity popularity : {Popularity::original, Popularity::zipf}) {
      model.indexType = type;
      Result<Batch> batch = generateBatch(model, 64, 3, {9, popularity, 1.1});
      ASSERT_TRUE(batch) << batch.error().message;
      expectValue(batch->check(4));
      EXPECT_EQ(batch->values.type, type);
      ASSERT_EQ(int64_t(batch->weights.size()), batch->values.size());
      for (float weight : batch->weights)
        EXPECT_TRUE(weight >= 0 && weight < 1);
      for (int64_t f = 0; f < 4; ++f)
        for (int64_t i = batch->offsets[f * 64];
             i < batch->offsets[(f + 1) * 64]; ++i)
          EXPECT_TRUE(batch->values[i] >= 0 &&
                      batch->values[i] < model.tables[f % 2].rows);
    }
  }
}

TEST(Generator, hasTheSameBytesEverywhere) {
  // Recorded once: other numbers here mean that a seed's data have changed.
  ModelSpec model = makeModel();
  Result<Batch> original = generateBatch(model, 100, 7, {1234});
  Result<Batch> zipf =
      generateBatch(model, 100, 7, {1234, Popularity::zipf, 1.05});
  ASSERT_TRUE(original && zipf);
  EXPECT_EQ(hashBatch(*original), 2242710836081337204u);
  EXPECT_EQ(hashBatch(*zipf), 1744068801068189273u);
}

TEST(Generator, sameNumbersForBothIndexTypes) {
  ModelSpec model = makeModel();
  Result<Batch> narrow = generateBatch(model, 50, 0, {});
  model.indexType = IndexType::i64;
  Result<Batch> wide = generateBatch(model, 50, 0, {});
  ASSERT_TRUE(narrow && wide);
  ASSERT_EQ(narrow->values.size(), wide->values.size());
  for (int64_t i = 0; i < wide->values.size(); ++i)
    EXPECT_EQ(narrow->values[i], wide->values[i]);
}

TEST(Generator, seedsAndBatchesDiffer) {
  ModelSpec model = makeModel();
  std::set<uint64_t> hashes;
  for (uint64_t seed : {0, 1, 2})
    for (int64_t number : {0, 1, 2})
      hashes.insert(hashBatch(*generateBatch(model, 20, number, {seed})));
  EXPECT_EQ(hashes.size(), 9u);
  EXPECT_EQ(hashBatch(*generateBatch(model, 20, 1, {1})),
            hashBatch(*generateBatch(model, 20, 1, {1})));
}

TEST(Generator, featuresDoNotDependOnEachOther) {
  ModelSpec model = makeModel();
  Result<Batch> before = generateBatch(model, 30, 0, {});
  model.features[0].bags = {Kind::fixed, 1, 9};
  model.features[3].table = 0;
  Result<Batch> after = generateBatch(model, 30, 0, {});
  ASSERT_TRUE(before && after);
  for (int64_t f : {1, 2}) {
    int64_t shift = after->offsets[f * 30] - before->offsets[f * 30];
    for (int64_t s = f * 30; s <= (f + 1) * 30; ++s)
      EXPECT_EQ(before->offsets[s] + shift, after->offsets[s]);
    for (int64_t i = before->offsets[f * 30]; i < before->offsets[(f + 1) * 30];
         ++i) {
      EXPECT_EQ(before->values[i], after->values[i + shift]);
      EXPECT_EQ(before->weights[i], after->weights[i + shift]);
    }
  }
}

TEST(Generator, bagsFollowTheirDistributions) {
  constexpr int64_t samples = 20000;
  for (int64_t length : lengths(oneFeature({Kind::oneHot, 1.0}), 100))
    EXPECT_EQ(length, 1);
  for (int64_t length : lengths(oneFeature({Kind::fixed, 0.0, 5}), 100))
    EXPECT_EQ(length, 0);
  EXPECT_NEAR(mean(lengths(oneFeature({Kind::fixed, 0.3, 5}), samples)), 1.5,
              0.08);

  // Far from the ends, truncation does not matter.
  std::vector<int64_t> wide =
      lengths(oneFeature({Kind::normal, 1, 1, 100, 10, 200}), samples);
  EXPECT_NEAR(mean(wide), 100, 0.4);
  double variance = 0;
  for (int64_t length : wide)
    variance += (length - 100.0) * (length - 100.0) / samples;
  EXPECT_NEAR(std::sqrt(variance), 10, 0.3);

  // normal(0, 10) truncated to [0, infinity) has a mean of 10 sqrt(2 / pi).
  EXPECT_NEAR(
      mean(lengths(oneFeature({Kind::normalOneSide, 1, 1, 0, 10}), samples)),
      10 * std::sqrt(2 / M_PI), 0.25);
  // A normal distribution that is flat over [0, 8] rounds to 0 and 8 half as
  // often as to the numbers between.
  std::vector<int64_t> counts(9);
  for (int64_t length :
       lengths(oneFeature({Kind::normal, 1, 1, 4, 100, 8}), samples)) {
    ASSERT_LE(length, 8);
    ++counts[length];
  }
  EXPECT_NEAR(counts[0], samples / 16, 150);
  EXPECT_NEAR(counts[8], samples / 16, 150);
  EXPECT_NEAR(counts[4], samples / 8, 200);
}

TEST(Generator, fallsBackToTheNearerEnd) {
  // No draw of normal(1000, 1) ever falls into [0, 10].
  for (int64_t length :
       lengths(oneFeature({Kind::normal, 1, 1, 1000, 1, 10}), 10))
    EXPECT_EQ(length, 10);
  for (int64_t length :
       lengths(oneFeature({Kind::normal, 1, 1, 6.5, 0, 10}), 10))
    EXPECT_EQ(length, 7);
  for (int64_t length : lengths(oneFeature({Kind::normal, 1, 1, 5, 5, 0}), 10))
    EXPECT_EQ(length, 0);
}

TEST(Generator, sharedTablesShareTheirHotRows) {
  ModelSpec model = oneFeature({Kind::fixed, 1, 50}, 1000);
  model.features.push_back(model.features[0]);
  model.features[1].name = "g";
  Result<Batch> batch =
      generateBatch(model, 100, 0, {0, Popularity::zipf, 2.0});
  ASSERT_TRUE(batch);
  // Rank 1 takes 6 in 10 lookups of either feature.
  std::vector<int64_t> counts[2] = {std::vector<int64_t>(1000),
                                    std::vector<int64_t>(1000)};
  for (int64_t i = 0; i < batch->values.size(); ++i)
    ++counts[i / 5000][batch->values[i]];
  auto hottest = [](const std::vector<int64_t> &c) {
    return std::max_element(c.begin(), c.end()) - c.begin();
  };
  EXPECT_EQ(hottest(counts[0]), hottest(counts[1]));
  EXPECT_NE(counts[0], counts[1]);
}

TEST(Generator, refusesWhatIsOutOfRange) {
  ModelSpec model = makeModel();
  expectError(generateBatch(model, 0, 0, {}), "batch size is 0");
  expectError(generateBatch(model, INT64_MAX, 0, {}), "batch size");
  expectError(generateBatch(model, 1, 0, {0, Popularity::zipf, -1}), "zipf",
              "-1");
  expectError(generateBatch(model, 1, 0, {0, Popularity::zipf, NAN}), "zipf");
  model.features[2].table = 2;
  expectError(generateBatch(model, 1, 0, {}), "'normal'", "2 of 2");
  model = makeModel();
  model.tables[1].rows = 0;
  expectError(generateBatch(model, 1, 0, {}), "'b'", "0 rows");
  model.tables[1].rows = int64_t(1) << 33;
  expectError(generateBatch(model, 1, 0, {}), "'b'", "i64");
  model.indexType = IndexType::i64;
  expectValue(generateBatch(model, 1, 0, {}));
}

TEST(Generator, refusesMoreLookupsThanIndicesCanCount) {
  ModelSpec model = oneFeature({Kind::fixed, 1, maxHotness});
  expectError(generateBatch(model, 1000, 0, {}), "'f'", "2147483647", "i32");
}

//===----------------------------------------------------------------------===//
// Tables
//===----------------------------------------------------------------------===//

template <typename T>
std::vector<T> fill(RowType type, TableFill kind, int64_t first, int64_t rows,
                    uint64_t seed = 1, int64_t number = 2) {
  TableSpec table{"t", 1000, 5, type};
  std::vector<T> data(rows * 5);
  fillTable(table, number, seed, kind, data.data(), first, rows);
  return data;
}

TEST(FillTable, partsMakeTheWhole) {
  std::vector<float> all =
      fill<float>(RowType::f32, TableFill::uniform, 0, 100);
  for (int64_t first : {0, 1, 37, 99}) {
    std::vector<float> part =
        fill<float>(RowType::f32, TableFill::uniform, first, 100 - first);
    EXPECT_TRUE(std::equal(part.begin(), part.end(), all.begin() + first * 5));
  }
}

TEST(FillTable, uniformIsUniform) {
  std::vector<float> all =
      fill<float>(RowType::f32, TableFill::uniform, 0, 1000);
  double sum = 0, squares = 0;
  for (float value : all) {
    ASSERT_TRUE(value >= -1 && value < 1);
    sum += value;
    squares += value * value;
  }
  EXPECT_NEAR(sum / all.size(), 0, 0.03);
  EXPECT_NEAR(squares / all.size(), 1.0 / 3, 0.02);
  EXPECT_GT(std::set<float>(all.begin(), all.end()).size(), 4990u);
}

TEST(FillTable, integersAreFromMinusFourToFour) {
  std::vector<int> counts(9);
  for (float value : fill<float>(RowType::f32, TableFill::integers, 0, 900)) {
    ASSERT_EQ(value, std::floor(value));
    ASSERT_TRUE(value >= -4 && value <= 4);
    ++counts[int(value) + 4];
  }
  for (int count : counts)
    EXPECT_NEAR(count, 500, 110);
}

TEST(FillTable, halvesAreTheSameNumbersRounded) {
  for (TableFill kind : {TableFill::uniform, TableFill::integers}) {
    std::vector<float> wide = fill<float>(RowType::f32, kind, 3, 50);
    std::vector<uint16_t> f16 = fill<uint16_t>(RowType::f16, kind, 3, 50);
    std::vector<uint16_t> bf16 = fill<uint16_t>(RowType::bf16, kind, 3, 50);
    for (size_t i = 0; i < wide.size(); ++i) {
      EXPECT_EQ(f16[i], f32ToF16(wide[i]));
      EXPECT_EQ(bf16[i], f32ToBF16(wide[i]));
      if (kind == TableFill::integers) {
        EXPECT_EQ(f16ToF32(f16[i]), wide[i]);
        EXPECT_EQ(bf16ToF32(bf16[i]), wide[i]);
      }
    }
  }
}

TEST(FillTable, seedsAndTablesDiffer) {
  auto data = [](uint64_t seed, int64_t number) {
    return fill<float>(RowType::f32, TableFill::uniform, 0, 4, seed, number);
  };
  EXPECT_NE(data(1, 2), data(2, 2));
  EXPECT_NE(data(1, 2), data(1, 3));
  EXPECT_EQ(data(1, 2), data(1, 2));
}

TEST(FillTable, hasTheSameBytesEverywhere) {
  std::vector<float> data =
      fill<float>(RowType::f32, TableFill::uniform, 0, 99);
  EXPECT_EQ(hashBytes(data.data(), data.size() * 4), 5928273657365077192u);
}

TEST(Names, parseWhatTheyPrint) {
  for (Popularity p : {Popularity::original, Popularity::zipf})
    EXPECT_EQ(parse<Popularity>(toString(p)), p);
  for (TableFill f : {TableFill::uniform, TableFill::integers})
    EXPECT_EQ(parse<TableFill>(toString(f)), f);
  EXPECT_FALSE(parse<Popularity>("zipfy"));
}

} // namespace
