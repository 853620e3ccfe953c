//===- CudaDriver.cpp - The CUDA driver, found at run time ----------------===//

#include "recflex/Runtime/CudaDriver.h"

#include <dlfcn.h>

namespace recflex {

Result<std::shared_ptr<const CudaDriver>>
CudaDriver::load(const char *library) {
  void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    const char *reason = dlerror();
    return makeError(ErrorCode::noDevice, "no CUDA driver: ", library,
                     " not found; install the "
                     "NVIDIA driver, or run on a machine with a GPU (",
                     reason ? reason : "no reason given", ")");
  }

  auto driver = std::make_shared<CudaDriver>();
#define RECFLEX_CUDA_OPTIONAL_SYMBOL(member, symbol, ...)                      \
  driver->member =                                                             \
      reinterpret_cast<int (*)(__VA_ARGS__)>(dlsym(handle, #symbol));
#define RECFLEX_CUDA_SYMBOL(member, symbol, ...)                               \
  RECFLEX_CUDA_OPTIONAL_SYMBOL(member, symbol, __VA_ARGS__)                    \
  if (!driver->member)                                                         \
    return makeError(ErrorCode::incompatibleDevice, "the CUDA driver in ",     \
                     library, " has no function ", #symbol,                    \
                     "; update the NVIDIA driver to CUDA 11.4 or newer");
#include "recflex/Runtime/CudaSymbols.def"

  if (int code = driver->init(0); code == cuda::kErrorNoDevice)
    return makeError(ErrorCode::noDevice, "the CUDA driver in ", library,
                     " finds no GPU; check nvidia-smi and "
                     "CUDA_VISIBLE_DEVICES");
  else if (code != cuda::kSuccess)
    return driver->error(code, "cuInit");
  return std::shared_ptr<const CudaDriver>(std::move(driver));
}

Error CudaDriver::error(int code, const std::string &what) const {
  const char *name = nullptr, *description = nullptr;
  if (getErrorName(code, &name) != cuda::kSuccess || !name)
    name = "unknown CUDA error";
  if (getErrorString(code, &description) != cuda::kSuccess || !description)
    description = "no description";
  return makeError(code == cuda::kErrorOutOfMemory ? ErrorCode::outOfMemory
                                                   : ErrorCode::driver,
                   what, " failed: ", name, " ", code, " (", description, ")");
}

Status CudaDriver::check(int code, const char *what) const {
  if (code != cuda::kSuccess)
    return error(code, what);
  return {};
}

} // namespace recflex
