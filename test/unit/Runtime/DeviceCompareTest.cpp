//===- DeviceCompareTest.cpp - Kernels written by hand, launched ----------===//

#include "recflex/Runtime/DeviceCompare.h"
#include "recflex/Runtime/PlantedFault.h"

#include "FakeCuda.h"

#include <gtest/gtest.h>

namespace recflex {
namespace {

TEST(DeviceCompare, LaunchesBlocksForTheWords) {
  FakeCuda cuda;
  Result<DevicePointer> device = Device::open(cuda.driver());
  ASSERT_TRUE(device);
  Result<DeviceCompare> comparer = DeviceCompare::create(*device);
  ASSERT_TRUE(comparer);
  EXPECT_NE(cuda.lastPtx.find("recflex_compare"), std::string::npos);
  ASSERT_TRUE(comparer->enqueue(nullptr, 0x100, 0x200, 4 * 1025, 0x300));
  ASSERT_EQ(cuda.launches.size(), 1u);
  const FakeLaunch &launch = cuda.launches[0];
  EXPECT_EQ(launch.kernel, "recflex_compare");
  EXPECT_EQ(launch.threads, 256u);
  EXPECT_EQ(launch.blocks, 2u); // 4 words a thread
  EXPECT_EQ(launch.arguments,
            (std::vector<uint64_t>{0x100, 0x200, 1025, 0x300}));
  EXPECT_TRUE(cuda.misuse.empty());
}

TEST(DeviceCompare, RefusesOddSizes) {
  FakeCuda cuda;
  Result<DevicePointer> device = Device::open(cuda.driver());
  ASSERT_TRUE(device);
  Result<DeviceCompare> comparer = DeviceCompare::create(*device);
  ASSERT_TRUE(comparer);
  EXPECT_FALSE(comparer->enqueue(nullptr, 0x100, 0x200, 6, 0x300));
  EXPECT_FALSE(comparer->enqueue(nullptr, 0x100, 0x200, -4, 0x300));
  EXPECT_FALSE(
      comparer->enqueue(nullptr, 0x100, 0x200, int64_t{1} << 33, 0x300));
  EXPECT_TRUE(comparer->enqueue(nullptr, 0x100, 0x200, 0, 0x300));
  EXPECT_TRUE(cuda.launches.empty());
}

TEST(PlantedFault, RunsOneKernel) {
  for (auto [fault, kernel] :
       {std::pair{PlantedFault::outOfBounds, "recflex_out_of_bounds"},
        std::pair{PlantedFault::race, "recflex_race"},
        std::pair{PlantedFault::uninitialized, "recflex_uninitialized"},
        std::pair{PlantedFault::barrier, "recflex_barrier"}}) {
    FakeCuda cuda;
    Result<DevicePointer> device = Device::open(cuda.driver());
    ASSERT_TRUE(device);
    ASSERT_TRUE(plantFault(*device, fault));
    ASSERT_EQ(cuda.launches.size(), 1u);
    EXPECT_EQ(cuda.launches[0].kernel, kernel);
    EXPECT_EQ(cuda.launches[0].threads, 64u);
    EXPECT_EQ(cuda.launches[0].arguments.at(2), 256u);
    EXPECT_NE(cuda.lastPtx.find(std::string(".entry ") + kernel),
              std::string::npos);
    EXPECT_TRUE(cuda.misuse.empty());
  }
}

} // namespace
} // namespace recflex
