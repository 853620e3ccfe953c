//===- ChipTest.cpp - Names of GPU architectures --------------------------===//

#include "recflex/Runtime/Chip.h"

#include <gtest/gtest.h>

namespace recflex {
namespace {

TEST(Chip, NamesAreWellFormed) {
  for (const char *chip : {"sm_80", "sm_90a", "sm_100f", "sm_121"})
    EXPECT_TRUE(isChipName(chip)) << chip;
  for (const char *chip : {"", "sm_", "sm_9", "sm_090", "sm_1000", "sm_90b",
                           "sm_90aa", "SM_90", "90", "gfx90a", "sm_90 "})
    EXPECT_FALSE(isChipName(chip)) << chip;
}

TEST(Chip, OrderIsByNumber) {
  EXPECT_TRUE(chipBefore("sm_90", "sm_100"));
  EXPECT_TRUE(chipBefore("sm_90", "sm_90a"));
  EXPECT_TRUE(chipBefore("sm_90a", "sm_100"));
  EXPECT_FALSE(chipBefore("sm_100", "sm_90"));
  EXPECT_FALSE(chipBefore("sm_90", "sm_90"));
}

TEST(Chip, PtxRunsWhereItCan) {
  EXPECT_TRUE(runsOn("sm_90", 9, 0));
  EXPECT_TRUE(runsOn("sm_90", 12, 0));
  EXPECT_TRUE(runsOn("sm_80", 8, 9));
  EXPECT_FALSE(runsOn("sm_90", 8, 9));
  EXPECT_TRUE(runsOn("sm_90a", 9, 0));
  EXPECT_FALSE(runsOn("sm_90a", 10, 0));
  EXPECT_TRUE(runsOn("sm_100f", 10, 3));
  EXPECT_FALSE(runsOn("sm_100f", 11, 0));
  EXPECT_FALSE(runsOn("gfx90a", 9, 0));
  for (const char *chip : {"", "sm_", "sm_a", "sm_99999999999999999999"})
    EXPECT_FALSE(runsOn(chip, 9, 0)) << chip;
}

TEST(Chip, CubinsRunOnOneMajorVersion) {
  EXPECT_TRUE(cubinRunsOn("sm_80", 8, 0));
  EXPECT_TRUE(cubinRunsOn("sm_80", 8, 9));
  EXPECT_FALSE(cubinRunsOn("sm_86", 8, 0));
  EXPECT_FALSE(cubinRunsOn("sm_80", 9, 0));
  EXPECT_TRUE(cubinRunsOn("sm_100", 10, 3));
  EXPECT_FALSE(cubinRunsOn("sm_100a", 10, 3));
  EXPECT_TRUE(cubinRunsOn("sm_100f", 10, 3));
  EXPECT_FALSE(cubinRunsOn("", 8, 0));
}

} // namespace
} // namespace recflex
