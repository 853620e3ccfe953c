//===- BatchTest.cpp - Shape and offset checks ----------------------------===//

#include "recflex/Data/Batch.h"

#include "TestFiles.h"

using namespace recflex;

namespace {

IndexArray indices(IndexType type, const std::vector<int64_t> &numbers) {
  IndexArray array;
  array.type = type;
  for (int64_t number : numbers)
    array.append(number);
  return array;
}

/// Two features of two samples: bags of 2, 0, 1 and 2 lookups.
Batch makeBatch(IndexType type = IndexType::i32) {
  Batch batch;
  batch.batchSize = 2;
  batch.numFeatures = 2;
  batch.values = indices(type, {5, 6, 7, 8, 9});
  batch.offsets = indices(type, {0, 2, 2, 3, 5});
  return batch;
}

TEST(IndexArray, keepsItsTypesFullRange) {
  IndexArray narrow = indices(IndexType::i32, {INT32_MIN, -1, INT32_MAX});
  EXPECT_EQ(narrow.bytes.size(), 12u);
  EXPECT_EQ(narrow[0], INT32_MIN);
  EXPECT_EQ(narrow[1], -1);
  EXPECT_EQ(narrow[2], INT32_MAX);
  IndexArray wide = indices(IndexType::i64, {INT64_MIN, INT64_MAX});
  EXPECT_EQ(wide.bytes.size(), 16u);
  EXPECT_EQ(wide[0], INT64_MIN);
  EXPECT_EQ(wide[1], INT64_MAX);
  wide.set(0, 3);
  EXPECT_EQ(wide[0], 3);
  EXPECT_EQ(wide.size(), 2);
}

TEST(IndexArray, fitsKnowsTheLimits) {
  EXPECT_TRUE(fits(IndexType::i32, INT32_MAX));
  EXPECT_FALSE(fits(IndexType::i32, int64_t(INT32_MAX) + 1));
  EXPECT_FALSE(fits(IndexType::i32, int64_t(INT32_MIN) - 1));
  EXPECT_TRUE(fits(IndexType::i64, INT64_MAX));
}

TEST(Batch, acceptsGoodBatches) {
  expectValue(makeBatch(IndexType::i32).check(2));
  expectValue(makeBatch(IndexType::i64).check(2));
  Batch weighted = makeBatch();
  weighted.weights.assign(5, 1.0f);
  expectValue(weighted.check(2));
  Batch empty = makeBatch();
  empty.values.resize(0);
  empty.offsets = indices(IndexType::i32, {0, 0, 0, 0, 0});
  expectValue(empty.check(2));
}

TEST(Batch, namesTheNumberOfFeatures) {
  expectError(makeBatch().check(3), "2 features", "3");
}

TEST(Batch, refusesABadFirstOffset) {
  Batch batch = makeBatch();
  batch.offsets.set(0, 1);
  expectError(batch.check(2), "feature 0, sample 0", "start at 1");
}

TEST(Batch, namesTheBagWhoseOffsetsGoDown) {
  Batch batch = makeBatch();
  batch.offsets.set(3, 1);
  expectError(batch.check(2), "feature 1, sample 0", "from 2 to 1");
}

TEST(Batch, refusesABadLastOffset) {
  Batch batch = makeBatch();
  batch.offsets.set(4, 6);
  expectError(batch.check(2), "feature 1, sample 1", "end at 6", "5 values");
}

TEST(Batch, refusesAWrongNumberOfOffsets) {
  Batch batch = makeBatch();
  batch.offsets.append(5);
  expectError(batch.check(2), "6 elements", "2 features of 2 samples");
  batch.offsets.resize(0);
  expectError(batch.check(2), "0 elements");
}

TEST(Batch, refusesSizesThatOverflow) {
  Batch batch = makeBatch();
  batch.batchSize = INT64_MAX;
  expectError(batch.check(2), "features * samples + 1");
  batch.numFeatures = 1;
  expectError(batch.check(1), "features * samples + 1");
  batch.batchSize = 0;
  expectError(batch.check(1), "batch size is 0");
}

TEST(Batch, refusesMixedTypes) {
  Batch batch = makeBatch();
  batch.offsets = makeBatch(IndexType::i64).offsets;
  expectError(batch.check(2), "values are i32", "offsets are i64");
}

TEST(Batch, refusesAWrongNumberOfWeights) {
  Batch batch = makeBatch();
  batch.weights.assign(4, 1.0f);
  expectError(batch.check(2), "4 weights", "5 values");
}

} // namespace
