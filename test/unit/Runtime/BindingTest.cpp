//===- BindingTest.cpp - Blocks to tiles, against the definition ----------===//

#include "recflex/Runtime/Binding.h"

#include "TestModel.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <numeric>
#include <random>
#include <set>
#include <tuple>

namespace recflex {
namespace {

abi::FeatureDescriptor makeDescriptor(int32_t feature, int32_t samplesPerTile,
                                      int32_t columnTiles,
                                      int32_t parallelLookups) {
  abi::FeatureDescriptor d = {};
  d.feature = feature;
  d.samplesPerTile = samplesPerTile;
  d.columnTiles = columnTiles;
  d.parallelLookups = parallelLookups;
  return d;
}

/// Checks `binding` against the words of KernelABI.h, slowly.
void expectBound(const Binding &binding,
                 const std::vector<abi::FeatureDescriptor> &descriptors,
                 const IndexArray &offsets, int64_t batchSize) {
  size_t count = descriptors.size();
  ASSERT_EQ(binding.keys.size(), count);
  ASSERT_EQ(binding.order.size(), count);
  ASSERT_EQ(binding.starts.size(), count + 1);

  for (size_t f = 0; f != count; ++f) {
    int64_t steps = 0;
    for (int64_t s = 0; s != batchSize; ++s) {
      int64_t bag = descriptors[f].feature * batchSize + s;
      int64_t left = offsets[bag + 1] - offsets[bag];
      int64_t own = 0;
      for (; left > 0; left -= descriptors[f].parallelLookups)
        ++own;
      steps = std::max(steps, own);
    }
    EXPECT_EQ(binding.keys[f], steps) << "feature " << f;
  }

  // The rank of a feature: how many come before it.
  for (size_t f = 0; f != count; ++f) {
    size_t rank = 0;
    for (size_t g = 0; g != count; ++g)
      rank += binding.keys[g] > binding.keys[f] ||
              (binding.keys[g] == binding.keys[f] && g < f);
    EXPECT_EQ(binding.order[rank], static_cast<int32_t>(f));
  }

  // Every (sample, column part) of every feature in exactly one block.
  std::set<std::tuple<int32_t, int64_t, int64_t>> covered;
  EXPECT_EQ(binding.starts[0], 0);
  for (size_t r = 0; r != count; ++r) {
    const abi::FeatureDescriptor &d = descriptors[binding.order[r]];
    for (int64_t t = 0; t != binding.starts[r + 1] - binding.starts[r]; ++t) {
      int64_t first = t / d.columnTiles * d.samplesPerTile;
      EXPECT_LT(first, batchSize);
      for (int64_t s = first;
           s != std::min(first + d.samplesPerTile, batchSize); ++s)
        EXPECT_TRUE(
            covered.insert({binding.order[r], s, t % d.columnTiles}).second);
    }
  }
  size_t expected = 0;
  for (const abi::FeatureDescriptor &d : descriptors)
    expected += d.columnTiles * batchSize;
  EXPECT_EQ(covered.size(), expected);
  EXPECT_EQ(binding.starts[count], countBlocks(descriptors, batchSize));
  EXPECT_EQ(BlockCounter(descriptors).count(batchSize),
            countBlocks(descriptors, batchSize));
}

TEST(Binding, HandMade) {
  // Feature 0 reads key 1, feature 1 key 0, feature 2 key 1 again.
  std::vector<abi::FeatureDescriptor> descriptors = {
      makeDescriptor(1, 2, 1, 4), makeDescriptor(0, 1, 1, 1),
      makeDescriptor(1, 4, 3, 2)};
  IndexArray offsets = makeIndices({0, 2, 2, 3, /*key 1*/ 3, 8, 8});
  ASSERT_EQ(offsets.size(), 7);
  Binding binding = bindOnHost(descriptors, offsets, 3);
  EXPECT_EQ(binding.keys, (std::vector<int32_t>{2, 2, 3}));
  EXPECT_EQ(binding.order, (std::vector<int32_t>{2, 0, 1}));
  EXPECT_EQ(binding.starts, (std::vector<int32_t>{0, 3, 5, 8}));
}

// A tuner measures features with nothing beside them.
TEST(Binding, FeaturesWithoutTilesHaveNoBlocks) {
  Manifest m;
  m.jaggedFeatures = 3;
  m.tables.push_back({"t", 10, 8, RowType::f32});
  m.features.resize(3);
  for (int32_t i = 0; i != 3; ++i) {
    m.features[i].key = i;
    m.features[i].samplesPerTile = 2;
    m.features[i].columnTiles = i == 1 ? 3 : 0;
  }
  std::vector<abi::FeatureDescriptor> descriptors = makeDescriptors(m);
  EXPECT_EQ(countBlocks(descriptors, 5), 9);
  // Whatever the order, a block's feature is the last that begins at or ahead
  // of it.
  for (const IndexArray &offsets :
       {makeIndices({0, 9, 9, 9, 9, 9, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10}),
        makeIndices({0, 0, 0, 0, 0, 0, 9, 9, 9, 9, 9, 10, 10, 10, 10, 10})}) {
    Binding binding = bindOnHost(descriptors, offsets, 5);
    EXPECT_EQ(binding.starts[3], 9);
    for (int32_t block = 0; block != 9; ++block) {
      auto past = std::upper_bound(binding.starts.begin(),
                                   binding.starts.begin() + 3, block);
      EXPECT_EQ(binding.order[past - binding.starts.begin() - 1], 1);
    }
  }
}

TEST(FixedBinding, GroupsBeginWhereTheRanksAheadEnd) {
  std::mt19937 random(11);
  auto pick = [&](int from, int to) {
    return std::uniform_int_distribution<int>(from, to)(random);
  };
  for (int round = 0; round != 50; ++round) {
    Manifest m;
    m.fixedBinding = true;
    m.tables.push_back({"t", 10, 8, RowType::f32});
    std::vector<int32_t> places(pick(1, 200));
    std::iota(places.begin(), places.end(), 0);
    std::shuffle(places.begin(), places.end(), random);
    for (int32_t rank : places) {
      ManifestFeature feature;
      feature.samplesPerTile = 1 << pick(0, 6);
      feature.columnTiles = pick(1, 4);
      feature.rank = rank;
      m.features.push_back(feature);
    }
    // A kernel may be ready for cuts that no feature has.
    std::vector<int32_t> cuts =
        round % 2 ? tileCuts(m)
                  : std::vector<int32_t>{1, 2, 3, 4, 8, 16, 32, 64, 128};
    FixedBinding binding = round % 2 ? FixedBinding(m) : FixedBinding(m, cuts);
    size_t stride = abi::fixedCutStride(cuts.size());
    std::vector<abi::FeatureDescriptor> descriptors = makeDescriptors(m);
    ASSERT_EQ(binding.ranks.size(), places.size());
    ASSERT_EQ(binding.sums.size(), abi::fixedGroups(places.size()) * stride);
    for (int64_t batchSize : {1, 7, 64, 513}) {
      int64_t blocks = 0;
      for (size_t rank = 0; rank != places.size(); ++rank) {
        if (rank % 32 == 0) {
          int64_t start = 0;
          for (size_t c = 0; c != cuts.size(); ++c)
            start += (batchSize + cuts[c] - 1) / cuts[c] *
                     binding.sums[rank / 32 * stride + c];
          EXPECT_EQ(start, blocks) << "rank " << rank;
        }
        const abi::FixedRank &entry = binding.ranks[rank];
        EXPECT_EQ(places[entry.feature], static_cast<int32_t>(rank));
        blocks += (batchSize + entry.samplesPerTile - 1) /
                  entry.samplesPerTile * entry.columnTiles;
      }
      EXPECT_EQ(blocks, countBlocks(descriptors, batchSize));
      Binding bound = binding.bind(descriptors, batchSize);
      ASSERT_EQ(bound.order.size(), places.size());
      ASSERT_EQ(bound.starts.size(), places.size() + 1);
      EXPECT_EQ(bound.starts.front(), 0);
      EXPECT_EQ(bound.starts.back(), blocks);
      for (size_t rank = 0; rank != places.size(); ++rank) {
        EXPECT_EQ(places[bound.order[rank]], static_cast<int32_t>(rank));
        EXPECT_EQ(bound.starts[rank + 1] - bound.starts[rank],
                  abi::tileCount(descriptors[bound.order[rank]], batchSize));
      }
    }
  }
}

TEST(FixedBinding, SumsPastTheLargestNumberDoNoHarm) {
  Manifest m;
  m.fixedBinding = true;
  m.tables.push_back({"t", 10, 8, RowType::f32});
  m.features.resize(100);
  for (int32_t i = 0; i != 100; ++i) {
    m.features[i].columnTiles = INT32_MAX;
    m.features[i].rank = 99 - i;
  }
  EXPECT_EQ(FixedBinding(m).ranks[0].feature, 99);
}

TEST(Binding, RandomBatchesMatchTheDefinition) {
  std::mt19937 random(7);
  auto pick = [&](int from, int to) {
    return std::uniform_int_distribution<int>(from, to)(random);
  };
  for (int round = 0; round != 200; ++round) {
    int64_t keys = pick(1, 6);
    int64_t batchSize = round % 5 == 0 ? 1 : pick(1, 40);
    // Short bags make ties and empty features.
    int longest = round % 3 == 0 ? 1 : pick(0, 50);
    IndexType type = round % 2 ? IndexType::i32 : IndexType::i64;
    std::vector<int64_t> offsets{0};
    for (int64_t bag = 0; bag != keys * batchSize; ++bag)
      offsets.push_back(offsets.back() + pick(0, longest));
    std::vector<abi::FeatureDescriptor> descriptors;
    for (int f = pick(0, 12); f != 0; --f)
      descriptors.push_back(makeDescriptor(pick(0, static_cast<int>(keys) - 1),
                                           pick(1, 9), pick(1, 3), pick(1, 9)));
    IndexArray array = makeIndices(offsets, type);
    expectBound(bindOnHost(descriptors, array, batchSize), descriptors, array,
                batchSize);
  }
}

TEST(Binding, KeysSaturate) {
  abi::FeatureDescriptor d = makeDescriptor(0, 1, 1, 1);
  IndexArray offsets = makeIndices({0, int64_t{1} << 40}, IndexType::i64);
  EXPECT_EQ(bindOnHost({d}, offsets, 1).keys[0], abi::kMaxKey);
  d.parallelLookups = 1024;
  EXPECT_EQ(bindOnHost({d}, offsets, 1).keys[0], 1 << 30);
}

TEST(Binding, BlocksAreCountedIn64Bits) {
  std::vector<abi::FeatureDescriptor> descriptors(
      3, makeDescriptor(0, 1, 1024, 1));
  EXPECT_EQ(countBlocks(descriptors, INT32_MAX), 3 * 1024 * int64_t{INT32_MAX});
  EXPECT_EQ(countBlocks(descriptors, 0), 0);
  descriptors.assign(5, makeDescriptor(0, 1, INT32_MAX, 1));
  EXPECT_EQ(countBlocks(descriptors, INT32_MAX), INT64_MAX);
  EXPECT_EQ(BlockCounter(descriptors).count(INT32_MAX), INT64_MAX);
}

TEST(Binding, GridsThatCannotBeAreNamed) {
  EXPECT_TRUE(checkGrid(INT32_MAX, 1, kMaxBatch));
  EXPECT_FALSE(checkGrid(INT32_MAX, 1, kMaxBatch + 1));
  EXPECT_TRUE(checkGrid(0, 1000, 0));
  EXPECT_FALSE(checkGrid(0, 1, -1));
  EXPECT_FALSE(checkGrid(0, 0, int64_t{INT32_MAX} + 1));
  Status bags = checkGrid(1, 2, 1 << 30);
  ASSERT_FALSE(bags);
  EXPECT_NE(bags.error().message.find("2 features x 1073741824 samples"),
            std::string::npos);
  Status blocks = checkGrid(int64_t{INT32_MAX} + 1, 1, 5);
  ASSERT_FALSE(blocks);
  EXPECT_NE(blocks.error().message.find("2147483648 thread blocks"),
            std::string::npos);
}

} // namespace
} // namespace recflex
