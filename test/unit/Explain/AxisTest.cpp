//===- AxisTest.cpp - Numbers along a line --------------------------------===//

#include "Axis.h"

#include <gmock/gmock.h>

using testing::ElementsAre;

namespace recflex {
namespace {

std::vector<std::string> textsOf(const Axis &axis) {
  std::vector<std::string> texts;
  for (const Axis::Tick &tick : axis.ticks())
    texts.push_back(tick.text);
  return texts;
}

TEST(AxisTest, EndsAtRoundNumbers) {
  Axis axis = Axis::linear("us", {13, 38});
  EXPECT_THAT(textsOf(axis),
              ElementsAre("10", "15", "20", "25", "30", "35", "40"));
  EXPECT_EQ(axis.place(10), 0);
  EXPECT_EQ(axis.place(25), 0.5);
  EXPECT_EQ(axis.place(40), 1);
  EXPECT_EQ(axis.lowest(), 10);
  EXPECT_EQ(axis.highest(), 40);
}

TEST(AxisTest, MayBeginAtZero) {
  EXPECT_THAT(textsOf(Axis::linear("us", {13, 38}, /*fromZero=*/true)),
              ElementsAre("0", "10", "20", "30", "40"));
}

TEST(AxisTest, TakesValuesBeyondToItsEnds) {
  Axis axis = Axis::linear("us", {0, 10});
  EXPECT_EQ(axis.place(-1), 0);
  EXPECT_EQ(axis.place(1e300), 1);
}

TEST(AxisTest, HasRoomAroundOneValueAndNone) {
  for (double value : {0.0, 7.0, -3.0, 1e-12}) {
    Axis axis = Axis::linear("us", {value, value});
    EXPECT_LT(axis.lowest(), value);
    EXPECT_GT(axis.highest(), value);
  }
  EXPECT_GE(Axis::linear("us", {}).ticks().size(), 2u);
  EXPECT_GE(Axis::linear("us", {0}, /*fromZero=*/true).ticks().size(), 2u);
}

TEST(AxisTest, FewDecadesHaveTicksWithin) {
  EXPECT_THAT(textsOf(Axis::logarithmic("rows", {0.3, 8}, 10)),
              ElementsAre("0.1", "0.2", "0.5", "1", "2", "5", "10"));
}

TEST(AxisTest, ManyDecadesSkipSome) {
  EXPECT_LE(Axis::logarithmic("rows", {1e-9, 1e30}, 10).ticks().size(), 14u);
}

TEST(AxisTest, PowersOfTwo) {
  Axis axis = Axis::logarithmic("width", {4, 5, 64}, 2);
  EXPECT_THAT(textsOf(axis), ElementsAre("4", "8", "16", "32", "64"));
  EXPECT_DOUBLE_EQ(axis.place(16), 0.5);
}

TEST(AxisTest, MayHaveRoomAtItsEnds) {
  Axis axis = Axis::logarithmic("width", {4, 8}, 2, /*room=*/0.5);
  EXPECT_THAT(textsOf(axis), ElementsAre("4", "8"));
  EXPECT_DOUBLE_EQ(axis.place(4), 0.25);
  EXPECT_DOUBLE_EQ(axis.place(8), 0.75);
}

// Bags may all be empty: their mean has no logarithm.
TEST(AxisTest, ZeroStandsAtTheLowerEnd) {
  EXPECT_EQ(Axis::logarithmic("rows", {0, 1, 10}, 10).place(0), 0);
  Axis none = Axis::logarithmic("rows", {0, 0}, 10);
  EXPECT_EQ(none.place(0), 0);
  EXPECT_LT(none.lowest(), none.highest());
}

} // namespace
} // namespace recflex
