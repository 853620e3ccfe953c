//===- ReferenceTest.cpp - The reference against plainer loops ------------===//

#include "recflex/Runtime/Reference.h"

#include "recflex/Support/HalfFloat.h"

#include "TestModel.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <random>

namespace recflex {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

/// One feature of pooling `pooling` over a table of width 2.
Manifest makeOneFeature(Pooling pooling, bool weighted) {
  Manifest m;
  m.chip = "sm_90";
  m.jaggedFeatures = 1;
  m.outputWidth = 2;
  m.threads = 32;
  m.weighted = weighted;
  m.tables = {{"t", 3, 2, RowType::f32}};
  m.features = {{"f", 0, 0, 0, 0, pooling, weighted, 1, 1, 1}};
  m.bodies = {{"s", "n"}};
  return m;
}

const std::vector<float> kRows = {1, -2, 10, -20, 100, -200};

std::vector<float> poolOne(Pooling pooling, const std::vector<float> &weights) {
  Batch batch = makeBatch(1, 3, {2, 0, 3}, {0, 1, 2, 2, 1});
  batch.weights = weights;
  Result<std::vector<float>> result = poolReference(
      makeOneFeature(pooling, !weights.empty()), {kRows.data()}, batch);
  EXPECT_TRUE(result) << result.error().message;
  return result ? *result : std::vector<float>();
}

TEST(Reference, HandMade) {
  using V = std::vector<float>;
  EXPECT_EQ(poolOne(Pooling::sum, {}), (V{11, -22, 0, 0, 210, -420}));
  EXPECT_EQ(poolOne(Pooling::mean, {}), (V{5.5, -11, 0, 0, 70, -140}));
  // All of column 1 is negative: an accumulator that starts at 0 would win.
  EXPECT_EQ(poolOne(Pooling::max, {}), (V{10, -2, 0, 0, 100, -20}));
  V weights = {2, 0.5, 1, -1, 3};
  EXPECT_EQ(poolOne(Pooling::sum, weights), (V{7, -14, 0, 0, 30, -60}));
  // Divided by the length, not by the sum of the weights.
  EXPECT_EQ(poolOne(Pooling::mean, weights), (V{3.5, -7, 0, 0, 10, -20}));
}

TEST(Reference, WeightsOfTheBatchTouchWeightedFeaturesAlone) {
  Batch batch = makeBatch(1, 1, {2}, {0, 1});
  batch.weights = {5, 5};
  Result<std::vector<float>> result =
      poolReference(makeOneFeature(Pooling::sum, false), {kRows.data()}, batch);
  ASSERT_TRUE(result);
  EXPECT_EQ(*result, (std::vector<float>{11, -22}));
}

TEST(Reference, RandomModelMatchesADoubleLoop) {
  Manifest m = makeTestManifest();
  std::mt19937 random(3);
  std::uniform_real_distribution<float> real(-1, 1);
  std::vector<float> users(20);
  for (float &x : users)
    x = real(random);
  std::vector<uint16_t> items(160), itemsBrain(160);
  for (size_t i = 0; i != items.size(); ++i) {
    float x = real(random);
    items[i] = f32ToF16(x);
    itemsBrain[i] = f32ToBF16(x);
  }

  for (IndexType type : {IndexType::i32, IndexType::i64}) {
    for (RowType rows : {RowType::f16, RowType::bf16}) {
      m.indexType = type;
      m.tables[1].type = rows;
      std::vector<int64_t> lengths, values;
      for (int key = 0; key != 4; ++key)
        for (int s = 0; s != 7; ++s) {
          lengths.push_back(random() % 5);
          for (int64_t i = 0; i != lengths.back(); ++i)
            values.push_back(random() % 10);
        }
      Batch batch = makeBatch(4, 7, lengths, values, type);
      for (size_t i = 0; i != values.size(); ++i)
        batch.weights.push_back(real(random));
      const std::vector<uint16_t> &bits =
          rows == RowType::f16 ? items : itemsBrain;
      Result<std::vector<float>> result =
          poolReference(m, {users.data(), bits.data()}, batch);
      ASSERT_TRUE(result) << result.error().message;
      ASSERT_EQ(result->size(), 7u * 12);

      for (const ManifestFeature &f : m.features)
        for (int64_t s = 0; s != 7; ++s)
          for (int64_t d = 0; d != m.tables[f.table].width; ++d) {
            int64_t begin = batch.offsets[f.key * 7 + s];
            int64_t end = batch.offsets[f.key * 7 + s + 1];
            double sum = 0, most = -2;
            for (int64_t i = begin; i != end; ++i) {
              int64_t row = batch.values[i];
              double x = f.table == 0           ? users[row * 2 + d]
                         : rows == RowType::f16 ? f16ToF32(bits[row * 8 + d])
                                                : bf16ToF32(bits[row * 8 + d]);
              sum += f.weighted ? batch.weights[i] * x : x;
              most = std::max(most, x);
            }
            double expected = end == begin                ? 0
                              : f.pooling == Pooling::max ? most
                              : f.pooling == Pooling::mean
                                  ? sum / static_cast<double>(end - begin)
                                  : sum;
            EXPECT_EQ((*result)[s * 12 + f.column + d],
                      static_cast<float>(expected))
                << f.name << " sample " << s << " column " << d;
          }
    }
  }
}

TEST(Reference, AnIndexOutsideItsTableIsNamed) {
  for (int64_t index : {int64_t{3}, int64_t{-1}}) {
    Batch batch = makeBatch(1, 2, {1, 2}, {0, 1, index});
    Result<std::vector<float>> result = poolReference(
        makeOneFeature(Pooling::sum, false), {kRows.data()}, batch);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().message,
              "feature 'f' (0), sample 1, position 2: index " +
                  std::to_string(index) + " is outside table 't' of 3 rows");
  }
}

TEST(Reference, BatchesThatDoNotFitAreRefused) {
  Manifest m = makeOneFeature(Pooling::sum, false);
  Batch batch = makeBatch(1, 1, {1}, {0});
  EXPECT_FALSE(poolReference(m, {}, batch));
  EXPECT_FALSE(poolReference(m, {nullptr}, batch));
  EXPECT_FALSE(poolReference(m, {kRows.data()},
                             makeBatch(1, 1, {1}, {0}, IndexType::i64)));
  EXPECT_FALSE(poolReference(m, {kRows.data()}, makeBatch(2, 1, {1, 0}, {0})));
  m = makeOneFeature(Pooling::sum, true);
  Result<std::vector<float>> unweighted =
      poolReference(m, {kRows.data()}, batch);
  ASSERT_FALSE(unweighted);
  EXPECT_NE(unweighted.error().message.find("no weights"), std::string::npos);
  EXPECT_TRUE(poolReference(m, {kRows.data()}, makeBatch(1, 1, {0}, {})));
}

TEST(Compare, EqualArrays) {
  Comparison c = compare({1, kInfinity, -0.0f}, {1, kInfinity, 0.0f});
  EXPECT_EQ(c.mismatches, 0);
  EXPECT_EQ(c.firstMismatch, -1);
  EXPECT_EQ(c.maxRelativeError, 0);
  EXPECT_EQ(c.relativeNorm, 0);
  EXPECT_EQ(compare({}, {}).mismatches, 0);
}

TEST(Compare, PointsAtTheWorstElement) {
  Comparison c = compare({1, 2.5f, 3, 5}, {1, 2, 3, 4});
  EXPECT_EQ(c.mismatches, 2);
  EXPECT_EQ(c.firstMismatch, 1); // 0.5/2 = 1/4 as well: the first of equals
  EXPECT_DOUBLE_EQ(c.maxRelativeError, 0.25);
  EXPECT_DOUBLE_EQ(c.relativeNorm, std::sqrt(1.25 / 30));
  EXPECT_EQ(compare({1, 2.5f, 3, 6}, {1, 2, 3, 4}).firstMismatch, 3);
}

TEST(Compare, SmallElementsAreMeasuredByTheScale) {
  // Root mean square 1; 1e-6 off an element of 1e-9 is 1e-3 of the floor.
  Comparison c = compare({1, -1, 1, 1e-6f}, {1, -1, 1, std::sqrt(0.0f)});
  EXPECT_EQ(c.mismatches, 1);
  EXPECT_NEAR(c.maxRelativeError, 1e-6 / (1e-3 * std::sqrt(0.75)), 1e-9);
}

TEST(Compare, NaNAndSizesAreInfinitelyFar) {
  for (const Comparison &c :
       {compare({1, kNaN}, {1, 2}), compare({1, 2}, {1, kNaN}),
        compare({1, kNaN}, {1, kNaN}), compare({1, kInfinity}, {1, 2}),
        compare({0, 1}, {0, 0})}) {
    EXPECT_EQ(c.mismatches, 1);
    EXPECT_EQ(c.firstMismatch, 1);
    EXPECT_TRUE(std::isinf(c.maxRelativeError));
    EXPECT_TRUE(std::isinf(c.relativeNorm));
  }
  Comparison sizes = compare({1}, {1, 2});
  EXPECT_TRUE(std::isinf(sizes.maxRelativeError));
  EXPECT_GT(sizes.mismatches, 0);
}

} // namespace
} // namespace recflex
