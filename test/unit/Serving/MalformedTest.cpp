//===- MalformedTest.cpp - Batches that are wrong on purpose --------------===//

#include "recflex/Serving/Malformed.h"

#include "recflex/Runtime/Reference.h"

#include "CpuTestModel.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace recflex {
namespace {

/// Feature 0 reads key 3, feature 1 key 1, feature 2 key 0; nobody key 2.
Batch makeRight() {
  Batch batch =
      makeBatch(4, 2, {2, 1, 1, 1, 1, 0, 2, 0}, {5, 6, 7, 1, 2, 3, 4, 5});
  batch.weights.assign(8, 1.0f);
  return batch;
}

TEST(Malformed, ARightBatchHasNoFaults) {
  EXPECT_TRUE(findFaults(makeTestManifest(), makeRight()).empty());
}

TEST(Malformed, FindsEveryKindOfFault) {
  Manifest manifest = makeTestManifest();
  Batch batch = makeRight();
  batch.values.set(1, 20);    // key 0, table of 20 rows
  batch.values.set(5, 12345); // key 2: nobody looks
  batch.values.set(7, -3);    // key 3, sample 0
  batch.offsets.set(3, 100);  // key 1: end of sample 0, begin of sample 1
  std::vector<Fault> faults = findFaults(manifest, batch);
  ASSERT_EQ(faults.size(), 4u);
  EXPECT_TRUE((faults[0] == Fault{FaultKind::index, 0, 3, 0, 7, -3}));
  EXPECT_TRUE((faults[1] == Fault{FaultKind::offsets, 1, 1, 0, 0, 100}));
  EXPECT_TRUE((faults[2] == Fault{FaultKind::offsets, 1, 1, 1, 0, 100}));
  EXPECT_TRUE((faults[3] == Fault{FaultKind::index, 2, 0, 0, 1, 20}));
}

TEST(Malformed, PlantsTheSameFromTheSameSeed) {
  Manifest manifest = makeTestManifest();
  std::vector<std::vector<std::byte>> seen;
  for (uint64_t seed = 0; seed != 50; ++seed) {
    Batch batch = plantFaults(manifest, makeRight(), seed);
    EXPECT_FALSE(findFaults(manifest, batch).empty());
    Batch again = plantFaults(manifest, makeRight(), seed);
    EXPECT_EQ(batch.values.bytes, again.values.bytes);
    EXPECT_EQ(batch.offsets.bytes, again.offsets.bytes);
    seen.push_back(batch.values.bytes);
    seen.back().insert(seen.back().end(), batch.offsets.bytes.begin(),
                       batch.offsets.bytes.end());
  }
  std::sort(seen.begin(), seen.end());
  EXPECT_GT(std::unique(seen.begin(), seen.end()) - seen.begin(), 40);
}

TEST(Malformed, RepairPoolsWhatIsRight) {
  Manifest manifest = makeTestManifest();
  Tables tables;
  Batch batch = makeRight();
  batch.values.set(1, -1); // feature 2 (max): sample 0 keeps row 5
  RepairedInput row = repair(manifest, batch, InputChecks::zeroRow);
  RepairedInput bag = repair(manifest, batch, InputChecks::zeroBag);
  auto atRow = poolRepaired(row, tables.addresses);
  auto atBag = poolRepaired(bag, tables.addresses);
  ASSERT_TRUE(atRow);
  ASSERT_TRUE(atBag);

  Batch single =
      makeBatch(4, 2, {1, 1, 1, 1, 1, 0, 2, 0}, {5, 7, 1, 2, 3, 4, 5});
  single.weights.assign(7, 1.0f);
  auto one = poolReference(manifest, tables.addresses, single);
  ASSERT_TRUE(one);
  for (int64_t i = 0; i != 24; ++i) {
    bool hit = i < 12 && i >= 2 && i < 10; // sample 0, columns of feature 2
    EXPECT_EQ((*atRow)[i], hit ? std::max((*one)[i], 0.0f) : (*one)[i]);
    EXPECT_EQ((*atBag)[i], hit ? 0.0f : (*one)[i]);
  }
}

/// What the CPU's own checks find and pool, for many malformed batches.
TEST(Malformed, AgreesWithTheCpu) {
  Manifest manifest = makeTestManifest();
  Tables tables;
  auto attached = tables.attach(manifest);
  ASSERT_TRUE(attached);
  Batch right = generateFor(manifest, 16);

  for (InputChecks checks : {InputChecks::zeroRow, InputChecks::zeroBag}) {
    ContextOptions options;
    options.checks = checks;
    options.faultCapacity = 4096;
    auto context = CpuContext::create(*attached, options);
    ASSERT_TRUE(context);
    for (uint64_t seed = 0; seed != 100; ++seed) {
      Batch batch = plantFaults(manifest, right, seed);
      std::vector<float> output(16 * manifest.outputWidth);
      BatchArguments arguments;
      arguments.batchSize = 16;
      arguments.values = reinterpret_cast<DevicePtr>(batch.values.bytes.data());
      arguments.offsets =
          reinterpret_cast<DevicePtr>(batch.offsets.bytes.data());
      arguments.weights = reinterpret_cast<DevicePtr>(batch.weights.data());
      arguments.lookups = batch.values.size();
      arguments.output = reinterpret_cast<DevicePtr>(output.data());
      arguments.outputStride = manifest.outputWidth;
      ASSERT_TRUE(context->launch(arguments));
      std::vector<Fault> expected = findFaults(manifest, batch);
      FaultReport report = context->faults();
      context->clearFaults();
      EXPECT_EQ(report.total, static_cast<int64_t>(expected.size()));
      EXPECT_TRUE(std::equal(report.faults.begin(), report.faults.end(),
                             expected.begin(), expected.end()))
          << "seed " << seed;
      auto pooled =
          poolRepaired(repair(manifest, batch, checks), tables.addresses);
      ASSERT_TRUE(pooled);
      EXPECT_LE(compare(output, *pooled).relativeNorm, kRoundingTolerance)
          << "seed " << seed;
    }
  }
}

} // namespace
} // namespace recflex
