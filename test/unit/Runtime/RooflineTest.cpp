//===- RooflineTest.cpp - Traffic, counted by hand ------------------------===//

#include "recflex/Runtime/Roofline.h"

#include "TestModel.h"

#include <gtest/gtest.h>

namespace recflex {
namespace {

TEST(Roofline, HandCounted) {
  // Features: a reads key 3, b (weighted) key 1, both of table users (2 f32);
  // c reads key 0 of table items (8 f16); nobody reads key 2.
  Manifest m = makeTestManifest();
  Batch batch =
      makeBatch(4, 2, {/*c*/ 3, 0, /*b*/ 1, 2, /*none*/ 4, 0, /*a*/ 0, 2},
                {/*c*/ 5, 5, 19, /*b*/ 1, 2, 1,
                 /*none*/ 99, 99, 99, 99, /*a*/ 2, 9});
  batch.weights.assign(12, 1.0f);
  Result<Traffic> t = countTraffic(m, batch);
  ASSERT_TRUE(t) << t.error().message;
  EXPECT_EQ(t->lookups, 3 + 3 + 2);
  EXPECT_EQ(t->distinctRows, 2 + 3); // items 5, 19; users 1, 2, 9
  EXPECT_EQ(t->rowBytes, 2 * 16 + 3 * 8);
  EXPECT_EQ(t->gatheredBytes, 3 * 16 + 5 * 8);
  EXPECT_EQ(t->valueBytes, 8 * 4);
  EXPECT_EQ(t->offsetBytes, (3 * 2 + 1) * 4);
  EXPECT_EQ(t->weightBytes, 3 * 4);
  EXPECT_EQ(t->outputBytes, 2 * 12 * 4);
  EXPECT_EQ(t->floorBytes(), 56 + 32 + 28 + 12 + 96);
  EXPECT_DOUBLE_EQ(t->floorSeconds(224e9), 1e-9);
  EXPECT_DOUBLE_EQ(t->gatherSeconds(88e9), 1e-9);
}

TEST(Roofline, SharedKeysAreReadOnce) {
  Manifest m = makeTestManifest();
  m.indexType = IndexType::i64;
  m.features[0].key = 1; // now a and b read the same bags of the same table
  Batch batch = makeBatch(4, 1, {0, 2, 0, 0}, {3, 4}, IndexType::i64);
  batch.weights = {1, 1};
  Result<Traffic> t = countTraffic(m, batch);
  ASSERT_TRUE(t) << t.error().message;
  EXPECT_EQ(t->lookups, 4);
  EXPECT_EQ(t->distinctRows, 2);
  EXPECT_EQ(t->valueBytes, 2 * 8);
  EXPECT_EQ(t->offsetBytes, (2 + 1) * 8);
  EXPECT_EQ(t->weightBytes, 2 * 4);
}

TEST(Roofline, HugeTablesTakeNoMemory) {
  Manifest m = makeTestManifest();
  m.indexType = IndexType::i64;
  m.tables[0].rows = int64_t{1} << 50;
  std::vector<int64_t> values;
  for (int64_t i = 0; i != 1000; ++i)
    values.push_back((i % 300) << 40);
  Batch batch = makeBatch(4, 1, {0, 0, 0, 1000}, values, IndexType::i64);
  batch.weights.assign(1000, 1);
  Result<Traffic> t = countTraffic(m, batch);
  ASSERT_TRUE(t) << t.error().message;
  EXPECT_EQ(t->distinctRows, 300);
}

TEST(Roofline, AnIndexOutsideItsTableIsNamed) {
  Manifest m = makeTestManifest();
  Batch batch = makeBatch(4, 1, {0, 1, 0, 0}, {10});
  batch.weights = {1};
  Result<Traffic> t = countTraffic(m, batch);
  ASSERT_FALSE(t);
  EXPECT_EQ(t.error().message, "feature 'b' (1), sample 0, position 0: index "
                               "10 is outside table 'users' of 10 rows");
}

} // namespace
} // namespace recflex
