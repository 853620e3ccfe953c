//===- FeatureClassesTest.cpp - Which lookups share their trials ----------===//

#include "recflex/Tuning/FeatureClasses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using testing::ElementsAre;

namespace recflex {
namespace {

TunedLookup makeLookup(const std::string &name = "a") {
  TunedLookup lookup;
  lookup.name = name;
  lookup.shape.width = 64;
  lookup.shape.rows = 5000;
  lookup.stats = {/*mean=*/31, /*stddev=*/20, /*max=*/87,
                  /*coverage=*/0.8, /*distinct=*/3889, /*batch=*/256};
  return lookup;
}

/// The number of classes of makeLookup() and what `change` makes of it.
template <typename Change> size_t countAfter(Change change) {
  std::vector<TunedLookup> lookups{makeLookup("a"), makeLookup("b")};
  change(lookups[1]);
  return classifyLookups(lookups).size();
}

TEST(FeatureClasses, KeyNamesEverything) {
  EXPECT_EQ(classifyLookups({makeLookup()})[0].key,
            "w64 f32 i32 sum plain rows=4096 mean=28.42 stddev=17.09 max=86.5 "
            "coverage=0.8 distinct=4096 batch=256");
}

TEST(FeatureClasses, MembersAreLookupsInTheirOrder) {
  std::vector<TunedLookup> lookups;
  for (int i = 0; i != 6; ++i)
    lookups.push_back(makeLookup(std::string(1, static_cast<char>('a' + i))));
  lookups[1].shape.width = lookups[4].shape.width = 4;
  std::vector<FeatureClass> classes = classifyLookups(lookups);
  ASSERT_EQ(classes.size(), 2u);
  EXPECT_THAT(classes[0].members, ElementsAre(0, 2, 3, 5));
  EXPECT_THAT(classes[1].members, ElementsAre(1, 4));
  EXPECT_EQ(classes[1].lookup.shape.width, 4);
}

TEST(FeatureClasses, RepresentativeHasTheMedianOfLookups) {
  std::vector<TunedLookup> lookups;
  for (double mean : {30., 31.5, 27., 31., 29.})
    lookups.push_back(makeLookup(std::to_string(mean)));
  for (size_t i = 0; i != lookups.size(); ++i)
    lookups[i].stats.mean = std::stod(lookups[i].name);
  std::vector<FeatureClass> classes = classifyLookups(lookups);
  ASSERT_EQ(classes.size(), 1u);
  EXPECT_EQ(classes[0].representative, 0u);
  EXPECT_EQ(classes[0].lookup.stats.mean, 30);
  EXPECT_EQ(describe(classes[0]), "feature '30.000000' and 4 more");
}

TEST(FeatureClasses, NamesMakeNoDifference) {
  EXPECT_EQ(countAfter([](TunedLookup &) {}), 1u);
}

TEST(FeatureClasses, EveryPropertyOfTheShapeMakesAClass) {
  EXPECT_EQ(countAfter([](auto &l) { l.shape.width = 32; }), 2u);
  EXPECT_EQ(countAfter([](auto &l) { l.shape.rowType = RowType::f16; }), 2u);
  EXPECT_EQ(countAfter([](auto &l) { l.shape.indexType = IndexType::i64; }), 2u);
  EXPECT_EQ(countAfter([](auto &l) { l.shape.pooling = Pooling::max; }), 2u);
  EXPECT_EQ(countAfter([](auto &l) { l.shape.weighted = true; }), 2u);
  EXPECT_EQ(countAfter([](auto &l) { l.stats.batch = 512; }), 2u);
}

TEST(FeatureClasses, FiguresMakeOneOnlyPastTheTolerance) {
  EXPECT_EQ(countAfter([](auto &l) { l.stats.mean = 30; }), 1u);
  EXPECT_EQ(countAfter([](auto &l) { l.stats.mean = 45; }), 2u);
  EXPECT_EQ(countAfter([](auto &l) { l.stats.stddev = 19; }), 1u);
  EXPECT_EQ(countAfter([](auto &l) { l.stats.stddev = 5; }), 2u);
  EXPECT_EQ(countAfter([](auto &l) { l.stats.max = 90; }), 1u);
  EXPECT_EQ(countAfter([](auto &l) { l.stats.max = 200; }), 2u);
  EXPECT_EQ(countAfter([](auto &l) { l.stats.coverage = 0.78; }), 1u);
  EXPECT_EQ(countAfter([](auto &l) { l.stats.coverage = 0.3; }), 2u);
  EXPECT_EQ(countAfter([](auto &l) { l.stats.distinct = 4000; }), 1u);
  EXPECT_EQ(countAfter([](auto &l) { l.stats.distinct = 100; }), 2u);
  EXPECT_EQ(countAfter([](auto &l) { l.shape.rows = 4000; }), 1u);
  EXPECT_EQ(countAfter([](auto &l) { l.shape.rows = 50000; }), 2u);
}

// 2^31 rows are in the bucket of 2^31 - 1; the code for them is another.
TEST(FeatureClasses, RowNumbersOf64BitsMakeOne) {
  std::vector<TunedLookup> lookups{makeLookup("a"), makeLookup("b")};
  lookups[0].shape.rows = (int64_t(1) << 31) - 1;
  lookups[1].shape.rows = int64_t(1) << 31;
  EXPECT_EQ(classifyLookups(lookups).size(), 2u);
}

TEST(FeatureClasses, BagsOfOneAndOfTwoDiffer) {
  EXPECT_EQ(countAfter([](auto &l) { l.stats.max = 0; }), 2u);
  std::vector<TunedLookup> lookups{makeLookup("a"), makeLookup("b")};
  lookups[0].stats.max = 1;
  lookups[1].stats.max = 2;
  EXPECT_EQ(classifyLookups(lookups).size(), 2u);
}

TEST(FeatureClasses, KeysDoNotDependOnOtherLookups) {
  std::vector<TunedLookup> lookups{makeLookup("a"), makeLookup("b")};
  lookups[0].stats.mean = 29;
  EXPECT_EQ(classifyLookups(lookups)[0].key,
            classifyLookups({lookups[1]})[0].key);
}

} // namespace
} // namespace recflex
