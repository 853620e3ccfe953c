//===- OccupancyTest.cpp - Which occupancies are worth a trial ------------===//

#include "recflex/Tuning/Occupancy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using testing::ElementsAre;

namespace recflex {
namespace {

const TuningDevice kHopper{"H200", "sm_90", "13.0", 132, 2048, 32, 65536,
                           233472};

TEST(Occupancy, RegistersComeInEightsUpTo255) {
  EXPECT_EQ(registersLeft(kHopper, {128, 10}), 48);
  EXPECT_EQ(registersLeft(kHopper, {128, 16}), 32);
  EXPECT_EQ(registersLeft(kHopper, {128, 1}), 255);
  EXPECT_EQ(registersLeft(kHopper, {1024, 2}), 32);
}

std::vector<int64_t> blocksOf(const std::vector<Occupancy> &occupancies) {
  std::vector<int64_t> blocks;
  for (const Occupancy &occupancy : occupancies)
    blocks.push_back(occupancy.blocks);
  return blocks;
}

// 13 to 15 blocks leave 32 registers, as 16 do; 11 leave 40, as 12 do.
TEST(Occupancy, OneForEachNumberOfRegistersTheDefaultFirst) {
  EXPECT_THAT(blocksOf(occupanciesToTry(kHopper, 128)),
              ElementsAre(10, 9, 12, 8, 7, 6, 5, 16, 4, 3, 2));
  EXPECT_THAT(blocksOf(occupanciesToTry(kHopper, 1024)), ElementsAre(1, 2));
}

TEST(Occupancy, LargerBlocksStandBehindTheBestThree) {
  std::vector<Occupancy> occupancies = occupanciesToTry(kHopper);
  std::vector<std::string> texts;
  for (const Occupancy &occupancy : occupancies)
    texts.push_back(toString(occupancy));
  EXPECT_THAT(texts, ElementsAre("128 x 10", "128 x 9", "128 x 12", "256 x 5",
                                 "512 x 3", "512 x 2", "1024 x 1", "128 x 8",
                                 "128 x 7", "128 x 6", "128 x 5", "128 x 16",
                                 "128 x 4", "128 x 3", "128 x 2"));
}

TEST(Occupancy, StaysWithinTheDevicesBlocks) {
  for (const Occupancy &occupancy : occupanciesToTry(kHopper, 32))
    EXPECT_LE(occupancy.blocks, 32);
}

} // namespace
} // namespace recflex
