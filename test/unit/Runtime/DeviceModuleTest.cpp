//===- DeviceModuleTest.cpp - Loading and attaching ----------------------===//

#include "recflex/Runtime/DeviceModule.h"

#include "FakeContext.h"

#include <cstring>
#include <gtest/gtest.h>

namespace recflex {
namespace {

TEST(AttachedTables, FillsTheDescriptors) {
  FakeCuda cuda;
  Result<ExecutionContext> context = makeContext(cuda);
  ASSERT_TRUE(context);
  std::vector<abi::FeatureDescriptor> expected =
      makeDescriptors(makeTestManifest());
  expected[0].table = expected[1].table = kUsers;
  expected[2].table = kItems;
  EXPECT_EQ(std::memcmp(
                reinterpret_cast<const void *>(context->tables().descriptors()),
                expected.data(), 3 * 64),
            0);
}

TEST(AttachedTables, AddressesThatCannotBeAreRefused) {
  FakeCuda cuda;
  Result<DevicePointer> device = Device::open(cuda.driver());
  ASSERT_TRUE(device);
  auto module = DeviceModule::load(*device, makeArtifact());
  ASSERT_TRUE(module);
  auto errorOf = [&](const std::vector<DevicePtr> &tables) {
    auto attached = AttachedTables::attach(*module, tables);
    return attached ? std::string("none") : attached.error().message;
  };
  EXPECT_EQ(errorOf({kUsers}), "1 tables are attached, the model has 2");
  EXPECT_EQ(errorOf({kUsers, 0}).find("table 1 ('items') is attached at"), 0u);
  EXPECT_EQ(errorOf({kUsers + 8, kItems}).find("table 0 ('users')"), 0u);
}

TEST(DeviceModule, ReadsWhatTheDriverKnows) {
  FakeCuda cuda;
  Result<DevicePointer> device = Device::open(cuda.driver());
  ASSERT_TRUE(device);
  auto module = DeviceModule::load(*device, makeArtifact());
  ASSERT_TRUE(module) << module.error().message;
  EXPECT_EQ(cuda.lastPtx, "// PTX");
  EXPECT_EQ((*module)->forward().registers, 40);
  EXPECT_EQ((*module)->forward().localBytes, 16);
  EXPECT_EQ((*module)->forward().sharedBytes, 1024);
  EXPECT_EQ((*module)->forward().blocksPerSM, 16);
  EXPECT_EQ((*module)->kernel(KernelId::bindKeys).blocksPerSM, 8);
}

TEST(DeviceModule, WhatCannotRunIsRefused) {
  auto errorOf = [](const std::function<void(FakeCuda &, Artifact &)> &change) {
    FakeCuda cuda;
    Artifact artifact = makeArtifact();
    change(cuda, artifact);
    Result<DevicePointer> device = Device::open(cuda.driver());
    EXPECT_TRUE(device);
    auto module = DeviceModule::load(*device, artifact);
    std::string error = module ? "none" : module.error().message;
    *device = nullptr;
    EXPECT_TRUE(module || cuda.alive.empty());
    return error;
  };
  EXPECT_EQ(errorOf([](FakeCuda &cuda, Artifact &) { cuda.major = 8; }),
            "the artifact is compiled for sm_90, GPU 0 (Fake GPU) is sm_80; "
            "recompile it for sm_80");
  EXPECT_EQ(errorOf([](FakeCuda &, Artifact &a) {
              a.manifest.threads = 3;
            }).find("manifest: threads: 3"),
            0u);
  EXPECT_EQ(errorOf([](FakeCuda &, Artifact &a) {
              a.ptx[3] = '\0';
            }).find("the PTX has a NUL byte at 3"),
            0u);
  std::string missing = errorOf([](FakeCuda &cuda, Artifact &) {
    cuda.missingKernel = "recflex_bind_order";
  });
  EXPECT_EQ(missing.find("finding kernel recflex_bind_order failed"), 0u)
      << missing;
  EXPECT_EQ(errorOf([](FakeCuda &cuda, Artifact &) {
              cuda.maxThreads = 255;
            }).find("kernel recflex_bind_keys runs with at most 255"),
            0u);
  std::string log = errorOf([](FakeCuda &cuda, Artifact &) {
    cuda.failName = "cuModuleLoadDataEx";
    cuda.failCode = cuda::kErrorInvalidPtx;
    cuda.loadLog = "ptxas application ptx input, line 3; fatal: junk\n";
  });
  EXPECT_NE(log.find("loading the PTX on Fake GPU (sm_90, driver for CUDA "
                     "12.4) failed: CUDA_ERROR_FAKE 218"),
            std::string::npos)
      << log;
  EXPECT_NE(log.find("log:\nptxas application ptx input, line 3; fatal: junk"),
            std::string::npos)
      << log;
}

TEST(DeviceModule, ChipsRunWhereTheyCan) {
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

TEST(DeviceModule, KernelsOverlapFromSm90On) {
  for (const char *chip : {"sm_90", "sm_90a", "sm_100f", "sm_120"})
    EXPECT_TRUE(abi::overlapsKernels(chip)) << chip;
  for (const char *chip : {"sm_80", "sm_86", "sm_89", "", "sm_", "90"})
    EXPECT_FALSE(abi::overlapsKernels(chip)) << chip;
}

} // namespace
} // namespace recflex
