//===- RankCorrelationTest.cpp - Do two figures rank alike? ---------------===//

#include "recflex/Tuning/Explain/RankCorrelation.h"

#include <gmock/gmock.h>

using testing::DoubleNear;
using testing::ElementsAre;
using testing::Optional;

namespace recflex {
namespace {

TEST(RankCorrelationTest, EqualsShareTheMeanOfTheirRanks) {
  EXPECT_THAT(ranksOf({30, 10, 20, 20}), ElementsAre(4, 1, 2.5, 2.5));
  EXPECT_THAT(ranksOf({5, 5, 5}), ElementsAre(2, 2, 2));
  EXPECT_THAT(ranksOf({}), ElementsAre());
}

TEST(RankCorrelationTest, CountsOrderAlone) {
  EXPECT_THAT(spearman({{1, 1}, {2, 10}, {3, 1e6}}), Optional(1));
  EXPECT_THAT(spearman({{1, 9}, {2, 5}, {3, 1}, {4, 0}}), Optional(-1));
}

// The example of the English Wikipedia's article on the coefficient: hours of
// television against IQ.
TEST(RankCorrelationTest, AgreesWithAWorkedExample) {
  EXPECT_THAT(spearman({{106, 7},
                        {100, 27},
                        {86, 2},
                        {101, 50},
                        {99, 28},
                        {103, 29},
                        {97, 20},
                        {113, 12},
                        {112, 6},
                        {110, 17}}),
              Optional(DoubleNear(-29.0 / 165, 1e-12)));
}

TEST(RankCorrelationTest, SaysNothingOfTooLittle) {
  EXPECT_EQ(spearman({}), std::nullopt);
  EXPECT_EQ(spearman({{1, 1}, {2, 2}}), std::nullopt);
  EXPECT_EQ(spearman({{1, 1}, {2, 1}, {3, 1}}), std::nullopt);
  EXPECT_EQ(RankCorrelation().value(), std::nullopt);
}

// Two groups that rank alike within, the other way round together.
TEST(RankCorrelationTest, ComparesWithinGroups) {
  RankCorrelation within;
  within.addGroup({{1, 101}, {2, 102}, {3, 103}});
  within.addGroup({{101, 1}, {102, 2}, {103, 3}});
  EXPECT_THAT(within.value(), Optional(1));
  EXPECT_LT(
      *spearman({{1, 101}, {2, 102}, {3, 103}, {101, 1}, {102, 2}, {103, 3}}),
      0);
  // As many pairs the other way round cancel them.
  within.addGroup({{1, 3}, {2, 2}, {3, 1}});
  within.addGroup({{1, 3}, {2, 2}, {3, 1}});
  EXPECT_THAT(within.value(), Optional(DoubleNear(0, 1e-12)));
}

TEST(RankCorrelationTest, FindsTheMiddle) {
  EXPECT_EQ(medianOf({}), std::nullopt);
  EXPECT_THAT(medianOf({3, 1, 2}), Optional(2));
  EXPECT_THAT(medianOf({4, 1, 2, 3}), Optional(2.5));
}

} // namespace
} // namespace recflex
