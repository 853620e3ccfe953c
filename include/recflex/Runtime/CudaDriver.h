//===- CudaDriver.h - The CUDA driver, found at run time --------*- C++ -*-===//
//
// libcuda.so.1 comes with the GPU's driver, not with a toolkit. It is opened
// when it is first needed, so that everything builds, installs and tests
// without a GPU. The types below are those of <cuda.h>: the handles carry its
// tags, so that a CUstream or a cudaStream_t can be passed as it is; enums are
// `int` (they have int's size and are passed like it).
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_RUNTIME_CUDADRIVER_H
#define RECFLEX_RUNTIME_CUDADRIVER_H

#include "recflex/Support/Result.h"
#include "recflex/Support/Types.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

struct CUctx_st;
struct CUmod_st;
struct CUfunc_st;
struct CUstream_st;
struct CUevent_st;
struct CUgraph_st;
struct CUgraphExec_st;
struct CUmemPoolHandle_st;

namespace recflex {

namespace cuda {

// CUresult.
constexpr int kSuccess = 0;
constexpr int kErrorOutOfMemory = 2;
constexpr int kErrorNoDevice = 100;
constexpr int kErrorInvalidImage = 200;
constexpr int kErrorNoBinaryForGpu = 209;
constexpr int kErrorInvalidPtx = 218;
constexpr int kErrorUnsupportedPtxVersion = 222;

// CUdevice_attribute.
constexpr int kDeviceClockRate = 13;
constexpr int kDeviceMultiprocessorCount = 16;
constexpr int kDeviceL2CacheSize = 38;
constexpr int kDeviceMaxThreadsPerMultiprocessor = 39;
constexpr int kDeviceComputeCapabilityMajor = 75;
constexpr int kDeviceComputeCapabilityMinor = 76;
constexpr int kDeviceMaxSharedMemoryPerMultiprocessor = 81;
constexpr int kDeviceMaxRegistersPerMultiprocessor = 82;
constexpr int kDeviceMaxBlocksPerMultiprocessor = 106;

// CUfunction_attribute.
constexpr int kFuncMaxThreadsPerBlock = 0;
constexpr int kFuncSharedSizeBytes = 1;
constexpr int kFuncLocalSizeBytes = 3;
constexpr int kFuncNumRegs = 4;

// CUjit_option.
constexpr int kJitErrorLogBuffer = 5;
constexpr int kJitErrorLogBufferSizeBytes = 6;

// Flags of streams, events and captures.
constexpr unsigned kStreamNonBlocking = 1;
constexpr unsigned kEventDefault = 0;
constexpr unsigned kEventBlockingSync = 1;
constexpr unsigned kEventDisableTiming = 2;
constexpr int kStreamCaptureModeThreadLocal = 1;

// CUlaunchAttributeID.
constexpr int kLaunchProgrammaticStreamSerialization = 6;

/// CUlaunchAttribute, of those whose value is an int.
struct alignas(8) LaunchAttribute {
  int id = 0;
  int padding = 0;
  int value = 0;
  char rest[60] = {}; ///< of the union that the value stands in
};

/// CUlaunchConfig.
struct LaunchConfig {
  unsigned gridX = 1, gridY = 1, gridZ = 1;
  unsigned blockX = 1, blockY = 1, blockZ = 1;
  unsigned sharedBytes = 0;
  CUstream_st *stream = nullptr;
  LaunchAttribute *attributes = nullptr;
  unsigned attributeCount = 0;
};

} // namespace cuda

/// The driver's functions; null are only optional ones that it does not have. A
/// test may fill the table with its own.
struct CudaDriver {
#define RECFLEX_CUDA_SYMBOL(member, symbol, ...)                               \
  int (*member)(__VA_ARGS__) = nullptr;
#include "recflex/Runtime/CudaSymbols.def"

  /// Opens the driver and calls cuInit. Errors: the library or one of its
  /// functions is missing, or the driver finds no GPU; the message says which.
  /// The library stays open for good: it has threads and exit handlers.
  static Result<std::shared_ptr<const CudaDriver>>
  load(const char *library = "libcuda.so.1");

  /// Nothing for cuda::kSuccess, else error().
  Status check(int code, const char *what) const;
  /// "what failed: CUDA_ERROR_... 2 (description)"; of code outOfMemory where
  /// memory ran out, else driver.
  Error error(int code, const std::string &what) const;
};

} // namespace recflex

#endif // RECFLEX_RUNTIME_CUDADRIVER_H
