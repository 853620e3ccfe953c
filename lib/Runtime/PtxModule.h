//===- PtxModule.h - PTX to kernels that can be launched --------*- C++ -*-===//

#ifndef RECFLEX_LIB_RUNTIME_PTXMODULE_H
#define RECFLEX_LIB_RUNTIME_PTXMODULE_H

#include "recflex/Runtime/DeviceModule.h"

namespace recflex {

using PtxModule = DeviceHandle<CUmod_st *, &CudaDriver::moduleUnload>;

/// Has the driver compile `ptx`. The error carries the compiler's log.
Result<PtxModule> loadPtx(const DevicePointer &device, const std::string &ptx);

/// Finds the kernel `name` in `module` and asks for its figures; it must be
/// able to run with `threads` threads a block.
Result<DeviceKernel> findKernel(const PtxModule &module, const char *name,
                                int32_t threads);

/// Enqueues `blocks` x `threads` of a kernel. `arguments` are lvalues of the
/// very types of the kernel's parameters. The device's context is current.
template <typename... Arguments>
Status launchKernel(const CudaDriver &driver, const DeviceKernel &kernel,
                    int64_t blocks, int64_t threads, CUstream_st *stream,
                    Arguments &...arguments) {
  void *parameters[] = {&arguments...};
  return driver.check(driver.launchKernel(kernel.function,
                                          static_cast<unsigned>(blocks), 1, 1,
                                          static_cast<unsigned>(threads), 1, 1,
                                          /*sharedMemBytes=*/0, stream,
                                          parameters, /*extra=*/nullptr),
                      "cuLaunchKernel");
}

} // namespace recflex

#endif // RECFLEX_LIB_RUNTIME_PTXMODULE_H
