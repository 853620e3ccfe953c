//===- ManifestInputTest.cpp - Batches for a manifest ---------------------===//

#include "recflex/Runtime/ManifestInput.h"

#include "recflex/Data/Generator.h"
#include "recflex/Runtime/Reference.h"

#include "TestModel.h"

#include <gtest/gtest.h>

namespace recflex {
namespace {

TEST(ManifestInput, DescribesEveryKey) {
  ModelSpec spec = describeInput(makeTestManifest());
  ASSERT_EQ(spec.features.size(), 4u);
  EXPECT_EQ(spec.tables[3].rows, 10);
  EXPECT_EQ(spec.tables[1].rows, 10);
  EXPECT_EQ(spec.tables[0].rows, 20);
  EXPECT_EQ(spec.tables[2].rows, 1); // nobody looks
  EXPECT_TRUE(spec.hasWeights());
}

TEST(ManifestInput, TakesTheSmallestTableOfAKey) {
  Manifest manifest = makeTestManifest();
  manifest.features[2].key = 3; // 20 rows; feature 0 has 10 there
  EXPECT_EQ(describeInput(manifest).tables[3].rows, 10);
}

TEST(ManifestInput, ItsBatchesFit) {
  Manifest manifest = makeTestManifest();
  auto batch = generateBatch(describeInput(manifest), 64, 0, {});
  ASSERT_TRUE(batch);
  std::vector<float> users(20);
  std::vector<uint16_t> items(160);
  EXPECT_TRUE(poolReference(manifest, {users.data(), items.data()}, *batch));
}

} // namespace
} // namespace recflex
