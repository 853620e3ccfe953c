//===- PtxModule.cpp - Code to kernels that can be launched ---------------===//

#include "recflex/Runtime/PtxModule.h"

#include "Cubin.h"
#include "recflex/Runtime/PtxHeader.h"

#include <cstring>

namespace recflex {

/// Whether a driver that gives `code` for code has only to be given other code.
static bool refusesCode(int code) {
  return code == cuda::kErrorInvalidImage ||
         code == cuda::kErrorNoBinaryForGpu ||
         code == cuda::kErrorUnsupportedPtxVersion;
}

/// Loads an image, PTX or cubin, that `what` names.
static Result<PtxModule> loadImage(const DevicePointer &device,
                                   const std::string &image,
                                   const std::string &what) {
  ContextScope scope(*device);
  if (!scope)
    return scope.error();
  const CudaDriver &driver = device->driver();

  // Room for the first dozens of messages; the driver cuts the rest off.
  std::string log(1 << 13, '\0');
  int options[] = {cuda::kJitErrorLogBuffer, cuda::kJitErrorLogBufferSizeBytes};
  void *values[] = {log.data(), reinterpret_cast<void *>(
                                    static_cast<uintptr_t>(log.size() - 1))};
  CUmod_st *module = nullptr;
  int code =
      driver.moduleLoadDataEx(&module, image.c_str(), 2, options, values);
  if (code == cuda::kSuccess)
    return PtxModule(device, module);

  const DeviceProperties &gpu = device->properties();
  Error error =
      driver.error(code, "loading the " + what + " on " + gpu.name + " (" +
                             gpu.chip() + ", driver for CUDA " +
                             cudaVersionName(gpu.driverVersion) + ")");
  if (refusesCode(code))
    error.code = ErrorCode::incompatibleDevice;
  if (code == cuda::kErrorUnsupportedPtxVersion)
    error.message += "; update the driver, or compile for an older PTX version";
  log.resize(std::strlen(log.c_str()));
  while (!log.empty() && log.back() == '\n')
    log.pop_back();
  if (!log.empty())
    error.message += "; the driver's log:\n" + log;
  return error;
}

Result<PtxModule> loadPtx(const DevicePointer &device, const std::string &ptx) {
  // The driver reads up to the first NUL: the rest would be lost silently.
  if (size_t nul = ptx.find('\0'); nul != std::string::npos)
    return makeError(ErrorCode::badArtifact, "the PTX has a NUL byte at ", nul,
                     "; compile the artifact again");
  return loadImage(device, ptx, "PTX");
}

Result<PtxModule> loadCubin(const DevicePointer &device,
                            const std::string &image) {
  if (Status status = checkCubin(image); !status)
    return makeError(ErrorCode::badArtifact, "the cubin ",
                     status.error().message, "; compile the artifact again");
  return loadImage(device, image, "cubin");
}

Result<DeviceKernel> findKernel(const PtxModule &module, const char *name,
                                int32_t threads) {
  ContextScope scope(*module.device());
  if (!scope)
    return scope.error();
  const CudaDriver &driver = module.device()->driver();
  DeviceKernel kernel;
  if (int code = driver.moduleGetFunction(&kernel.function, module.get(), name);
      code != cuda::kSuccess)
    return driver.error(code, std::string("finding kernel ") + name);

  for (auto [attribute, value] :
       {std::pair{cuda::kFuncNumRegs, &kernel.registers},
        std::pair{cuda::kFuncLocalSizeBytes, &kernel.localBytes},
        std::pair{cuda::kFuncSharedSizeBytes, &kernel.sharedBytes},
        std::pair{cuda::kFuncMaxThreadsPerBlock, &kernel.maxThreads}})
    if (Status status = driver.check(
            driver.funcGetAttribute(value, attribute, kernel.function),
            "cuFuncGetAttribute");
        !status)
      return status.error();
  if (threads > kernel.maxThreads)
    return makeError(ErrorCode::incompatibleDevice, "kernel ", name,
                     " runs with at most ", kernel.maxThreads,
                     " threads a block on this GPU (it takes ",
                     kernel.registers, " registers a thread), but ", threads,
                     " are asked for");
  if (Status status =
          driver.check(driver.occupancyMaxActiveBlocks(
                           &kernel.blocksPerSM, kernel.function, threads, 0),
                       "cuOccupancyMaxActiveBlocksPerMultiprocessor");
      !status)
    return status.error();
  return kernel;
}

Status enqueueKernel(const CudaDriver &driver, const DeviceKernel &kernel,
                     int64_t blocks, int64_t threads, bool startsEarly,
                     CUstream_st *stream, void **parameters) {
  if (!startsEarly)
    return driver.check(
        driver.launchKernel(kernel.function, static_cast<unsigned>(blocks), 1,
                            1, static_cast<unsigned>(threads), 1, 1,
                            /*sharedMemBytes=*/0, stream, parameters,
                            /*extra=*/nullptr),
        "cuLaunchKernel");
  cuda::LaunchAttribute attribute;
  attribute.id = cuda::kLaunchProgrammaticStreamSerialization;
  attribute.value = 1;
  cuda::LaunchConfig config;
  config.gridX = static_cast<unsigned>(blocks);
  config.blockX = static_cast<unsigned>(threads);
  config.stream = stream;
  config.attributes = &attribute;
  config.attributeCount = 1;
  return driver.check(driver.launchKernelEx(&config, kernel.function,
                                            parameters, /*extra=*/nullptr),
                      "cuLaunchKernelEx");
}

} // namespace recflex
