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
  EXPECT_EQ(std::memcmp(reinterpret_cast<const void *>(
                            context->tables().featureArrays()),
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
  EXPECT_EQ((*module)->kernel(KernelId::bindKeys).blocksPerSM, 32);
  EXPECT_EQ((*module)->kernel(KernelId::scanSums).blocksPerSM, 8);
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
            }).find("kernel recflex_scan_sums runs with at most 255"),
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

/// A loaded module's image, or the error.
struct Loaded {
  std::string image;
  Error error;
  std::vector<size_t> calls; ///< of cuModuleLoadDataEx, among all calls
};

Loaded loadWith(const std::function<void(FakeCuda &, Artifact &)> &change) {
  FakeCuda cuda;
  Artifact artifact = makeTestArtifact();
  change(cuda, artifact);
  Result<DevicePointer> device = Device::open(cuda.driver());
  EXPECT_TRUE(device);
  Loaded loaded;
  if (auto module = DeviceModule::load(*device, artifact))
    loaded.image = (*module)->image();
  else
    loaded.error = module.error();
  for (size_t i = 0; i != cuda.calls.size(); ++i)
    if (cuda.calls[i] == "cuModuleLoadDataEx")
      loaded.calls.push_back(i);
  return loaded;
}

TEST(DeviceModule, TheCubinForTheGpuIsLoaded) {
  EXPECT_EQ(loadWith([](FakeCuda &, Artifact &) {}).image, "sm_90");
  EXPECT_EQ(loadWith([](FakeCuda &cuda, Artifact &) { cuda.major = 10; }).image,
            "sm_100");
  EXPECT_EQ(loadWith([](FakeCuda &cuda, Artifact &) {
              cuda.major = 10;
              cuda.minor = 3;
            }).image,
            "sm_100");
  EXPECT_EQ(loadWith([](FakeCuda &cuda, Artifact &) { cuda.major = 12; }).image,
            "PTX");
  EXPECT_EQ(loadWith([](FakeCuda &cuda, Artifact &a) {
              cuda.major = 10;
              cuda.minor = 3;
              a.cubins.push_back({"sm_103", makeTestCubin()});
            }).image,
            "sm_103");
  // A cubin needs no driver that takes the PTX.
  EXPECT_EQ(loadWith([](FakeCuda &cuda, Artifact &) {
              cuda.driverVersion = 10020;
            }).image,
            "sm_90");
}

TEST(DeviceModule, WhereACubinIsRefusedThePtxIsLoaded) {
  for (int code : {cuda::kErrorInvalidImage, cuda::kErrorNoBinaryForGpu,
                   cuda::kErrorUnsupportedPtxVersion}) {
    Loaded loaded = loadWith([code](FakeCuda &cuda, Artifact &) {
      cuda.failName = "cuModuleLoadDataEx";
      cuda.failCode = code;
    });
    // The fake refuses the PTX as well; the error tells of both.
    EXPECT_EQ(loaded.calls.size(), 2u);
    EXPECT_EQ(loaded.error.code, ErrorCode::incompatibleDevice);
    EXPECT_EQ(loaded.error.message.find("loading the PTX on Fake GPU"), 0u);
    EXPECT_NE(loaded.error.message.find("; before that, loading the cubin on"),
              std::string::npos);
  }
  size_t load = loadWith([](FakeCuda &, Artifact &) {}).calls.at(0);
  Loaded fallback = loadWith([load](FakeCuda &cuda, Artifact &) {
    cuda.failAt = static_cast<int>(load);
    cuda.failCode = cuda::kErrorNoBinaryForGpu;
  });
  EXPECT_EQ(fallback.calls.size(), 2u);
  EXPECT_EQ(fallback.image, "PTX") << fallback.error.message;

  Loaded memory = loadWith(
      [](FakeCuda &cuda, Artifact &) { cuda.failName = "cuModuleLoadDataEx"; });
  EXPECT_EQ(memory.calls.size(), 1u);
  EXPECT_EQ(memory.error.code, ErrorCode::outOfMemory);

  Loaded damaged = loadWith(
      [](FakeCuda &, Artifact &a) { a.cubins[0].image = "ELF, for sure"; });
  EXPECT_TRUE(damaged.calls.empty());
  EXPECT_EQ(damaged.error.code, ErrorCode::badArtifact);
}

TEST(DeviceModule, DriversTooOldForThePtxAreNamed) {
  Loaded loaded = loadWith([](FakeCuda &cuda, Artifact &a) {
    cuda.driverVersion = 12040;
    a.cubins.clear();
    a.manifest.ptxVersion = "8.7";
    a.manifest.leastDriver = 12080;
  });
  EXPECT_TRUE(loaded.calls.empty());
  EXPECT_EQ(loaded.error.code, ErrorCode::incompatibleDevice);
  EXPECT_EQ(loaded.error.message,
            "the artifact's PTX (ISA 8.7) needs a driver for CUDA 12.8 or "
            "newer, GPU 0 (Fake GPU) has one for CUDA 12.4; update the driver, "
            "or recompile with --cubin=sm_90");
}

TEST(DeviceModule, ErrorsHaveCodes) {
  EXPECT_EQ(
      loadWith([](FakeCuda &cuda, Artifact &) { cuda.major = 8; }).error.code,
      ErrorCode::incompatibleDevice);
  EXPECT_EQ(loadWith([](FakeCuda &, Artifact &a) {
              a.manifest.threads = 3;
            }).error.code,
            ErrorCode::badArtifact);
  EXPECT_EQ(loadWith([](FakeCuda &cuda, Artifact &) {
              cuda.maxThreads = 32;
            }).error.code,
            ErrorCode::incompatibleDevice);
  EXPECT_EQ(loadWith([](FakeCuda &cuda, Artifact &) {
              cuda.missingKernel = "recflex_forward";
            }).error.code,
            ErrorCode::driver);
}

TEST(DeviceModule, KernelsOverlapFromSm90On) {
  for (const char *chip : {"sm_90", "sm_90a", "sm_100f", "sm_120"})
    EXPECT_TRUE(abi::overlapsKernels(chip)) << chip;
  for (const char *chip : {"sm_80", "sm_86", "sm_89", "", "sm_", "90"})
    EXPECT_FALSE(abi::overlapsKernels(chip)) << chip;
}

} // namespace
} // namespace recflex
