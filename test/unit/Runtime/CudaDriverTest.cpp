//===- CudaDriverTest.cpp - Our declarations against the toolkit's --------===//

#include "recflex/Runtime/CudaDriver.h"

#include "recflex/Runtime/Device.h"

#include "FakeCuda.h"

#include <gtest/gtest.h>
#include <type_traits>

#if __has_include(<cuda.h>)
#include <cuda.h>
#endif

namespace recflex {
namespace {

TEST(CudaDriver, AMissingLibraryIsNamed) {
  auto driver = CudaDriver::load("libcuda-that-is-not-there.so.1");
  ASSERT_FALSE(driver);
  EXPECT_EQ(driver.error().message.find(
                "no CUDA driver: libcuda-that-is-not-there.so.1 not found"),
            0u);
  EXPECT_EQ(driver.error().code, ErrorCode::noDevice);
}

TEST(CudaDriver, ALibraryThatIsNoDriverIsNamed) {
  auto driver = CudaDriver::load("libc.so.6");
  ASSERT_FALSE(driver);
  EXPECT_NE(driver.error().message.find("libc.so.6 has no function cuInit"),
            std::string::npos);
  EXPECT_EQ(driver.error().code, ErrorCode::incompatibleDevice);
}

TEST(CudaDriver, ErrorsCarryNameAndDescription) {
  FakeCuda cuda;
  EXPECT_TRUE(cuda.driver()->check(cuda::kSuccess, "cuNothing"));
  Status status = cuda.driver()->check(2, "cuSomething");
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message,
            "cuSomething failed: CUDA_ERROR_OUT_OF_MEMORY 2 (as the test "
            "asked)");
  EXPECT_EQ(status.error().code, ErrorCode::outOfMemory);
  EXPECT_EQ(cuda.driver()->error(700, "cuSomething").code, ErrorCode::driver);
}

TEST(CudaDriver, PropertiesAreRead) {
  FakeCuda cuda;
  Result<DevicePointer> device = Device::open(cuda.driver());
  ASSERT_TRUE(device) << device.error().message;
  const DeviceProperties &p = (*device)->properties();
  EXPECT_EQ(p.name, "Fake GPU");
  EXPECT_EQ(p.chip(), "sm_90");
  EXPECT_EQ(p.multiprocessors, 132);
  EXPECT_EQ(p.l2Bytes, 50 << 20);
  EXPECT_EQ(p.memoryBytes, 1 << 30);
  EXPECT_EQ(p.sharedBytesPerMultiprocessor, 233472);
  EXPECT_EQ(p.driverVersion, 12040);
  EXPECT_EQ(cuda.retained, 1);
  *device = nullptr;
  EXPECT_EQ(cuda.retained, 0);
}

TEST(CudaDriver, ADeviceThatIsNotThereIsNamed) {
  FakeCuda cuda;
  for (int ordinal : {1, -1}) {
    Result<DevicePointer> device = Device::open(cuda.driver(), ordinal);
    ASSERT_FALSE(device);
    EXPECT_NE(device.error().message.find("this machine has 1"),
              std::string::npos);
    EXPECT_EQ(device.error().code, ErrorCode::noDevice);
  }
}

#if __has_include(<cuda.h>)

/// The type by which a value is passed: enums are integers of their size,
/// integers of one size and sign are one type.
template <typename T, bool = std::is_enum_v<T>> struct AsInteger {
  using type = T;
};
template <typename T> struct AsInteger<T, true> {
  using type = std::make_signed_t<std::underlying_type_t<T>>;
};
template <> struct AsInteger<unsigned long long, false> {
  static_assert(sizeof(unsigned long long) == sizeof(unsigned long));
  using type = unsigned long;
};
template <> struct AsInteger<CUlaunchConfig, false> {
  using type = cuda::LaunchConfig;
};
template <typename T> struct AsPassed {
  using type = typename AsInteger<T>::type;
};
template <typename T> struct AsPassed<const T> {
  using type = const typename AsPassed<T>::type;
};
template <typename T> struct AsPassed<T *> {
  using type = typename AsPassed<T>::type *;
};
template <typename R, typename... P> struct AsPassed<R(P...)> {
  using type = typename AsPassed<R>::type(typename AsPassed<P>::type...);
};

#define RECFLEX_CUDA_SYMBOL(member, symbol, ...)                               \
  static_assert(                                                               \
      std::is_same_v<                                                          \
          AsPassed<int(__VA_ARGS__)>::type,                                    \
          AsPassed<std::remove_pointer_t<decltype(&::symbol)>>::type>,         \
      #symbol " is declared otherwise in cuda.h");
#include "recflex/Runtime/CudaSymbols.def"

static_assert(cuda::kSuccess == CUDA_SUCCESS);
static_assert(cuda::kErrorOutOfMemory == CUDA_ERROR_OUT_OF_MEMORY);
static_assert(cuda::kErrorNoDevice == CUDA_ERROR_NO_DEVICE);
static_assert(cuda::kErrorInvalidPtx == CUDA_ERROR_INVALID_PTX);
static_assert(cuda::kErrorUnsupportedPtxVersion ==
              CUDA_ERROR_UNSUPPORTED_PTX_VERSION);
static_assert(cuda::kDeviceMultiprocessorCount ==
              CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
static_assert(cuda::kDeviceClockRate == CU_DEVICE_ATTRIBUTE_CLOCK_RATE);
static_assert(cuda::kDeviceMaxThreadsPerMultiprocessor ==
              CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR);
static_assert(cuda::kDeviceMaxRegistersPerMultiprocessor ==
              CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_MULTIPROCESSOR);
static_assert(cuda::kDeviceMaxBlocksPerMultiprocessor ==
              CU_DEVICE_ATTRIBUTE_MAX_BLOCKS_PER_MULTIPROCESSOR);
static_assert(cuda::kDeviceL2CacheSize == CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE);
static_assert(cuda::kDeviceComputeCapabilityMajor ==
              CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
static_assert(cuda::kDeviceComputeCapabilityMinor ==
              CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
static_assert(cuda::kDeviceMaxSharedMemoryPerMultiprocessor ==
              CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR);
static_assert(cuda::kFuncMaxThreadsPerBlock ==
              CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK);
static_assert(cuda::kFuncSharedSizeBytes ==
              CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES);
static_assert(cuda::kFuncLocalSizeBytes == CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES);
static_assert(cuda::kFuncNumRegs == CU_FUNC_ATTRIBUTE_NUM_REGS);
static_assert(cuda::kJitErrorLogBuffer == CU_JIT_ERROR_LOG_BUFFER);
static_assert(cuda::kJitErrorLogBufferSizeBytes ==
              CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES);
static_assert(cuda::kStreamNonBlocking == CU_STREAM_NON_BLOCKING);
static_assert(cuda::kEventDefault == CU_EVENT_DEFAULT);
static_assert(cuda::kEventDisableTiming == CU_EVENT_DISABLE_TIMING);
static_assert(cuda::kStreamCaptureModeThreadLocal ==
              CU_STREAM_CAPTURE_MODE_THREAD_LOCAL);
static_assert(cuda::kLaunchProgrammaticStreamSerialization ==
              CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION);
static_assert(sizeof(CUdeviceptr) == sizeof(DevicePtr));

#define RECFLEX_SAME_FIELD(ours, member, theirs, theirMember)                  \
  static_assert(offsetof(ours, member) == offsetof(theirs, theirMember) &&     \
                    sizeof(ours::member) == sizeof(theirs::theirMember),       \
                #theirs "::" #theirMember " lies elsewhere in cuda.h")
RECFLEX_SAME_FIELD(cuda::LaunchConfig, gridX, CUlaunchConfig, gridDimX);
RECFLEX_SAME_FIELD(cuda::LaunchConfig, gridY, CUlaunchConfig, gridDimY);
RECFLEX_SAME_FIELD(cuda::LaunchConfig, gridZ, CUlaunchConfig, gridDimZ);
RECFLEX_SAME_FIELD(cuda::LaunchConfig, blockX, CUlaunchConfig, blockDimX);
RECFLEX_SAME_FIELD(cuda::LaunchConfig, blockY, CUlaunchConfig, blockDimY);
RECFLEX_SAME_FIELD(cuda::LaunchConfig, blockZ, CUlaunchConfig, blockDimZ);
RECFLEX_SAME_FIELD(cuda::LaunchConfig, sharedBytes, CUlaunchConfig,
                   sharedMemBytes);
RECFLEX_SAME_FIELD(cuda::LaunchConfig, stream, CUlaunchConfig, hStream);
RECFLEX_SAME_FIELD(cuda::LaunchConfig, attributes, CUlaunchConfig, attrs);
RECFLEX_SAME_FIELD(cuda::LaunchConfig, attributeCount, CUlaunchConfig,
                   numAttrs);
static_assert(sizeof(cuda::LaunchConfig) == sizeof(CUlaunchConfig));
RECFLEX_SAME_FIELD(cuda::LaunchAttribute, id, CUlaunchAttribute, id);
RECFLEX_SAME_FIELD(cuda::LaunchAttribute, value, CUlaunchAttribute,
                   value.programmaticStreamSerializationAllowed);
#undef RECFLEX_SAME_FIELD
static_assert(sizeof(cuda::LaunchAttribute) == sizeof(CUlaunchAttribute));
static_assert(alignof(cuda::LaunchAttribute) == alignof(CUlaunchAttribute));

#endif // cuda.h

} // namespace
} // namespace recflex
