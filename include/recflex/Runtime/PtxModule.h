//===- PtxModule.h - Code to kernels that can be launched -------*- C++ -*-===//

#ifndef RECFLEX_RUNTIME_PTXMODULE_H
#define RECFLEX_RUNTIME_PTXMODULE_H

#include "recflex/Runtime/DeviceModule.h"

namespace recflex {

using PtxModule = DeviceHandle<CUmod_st *, &CudaDriver::moduleUnload>;

/// Has the driver compile `ptx`. The error carries the compiler's log.
Result<PtxModule> loadPtx(const DevicePointer &device, const std::string &ptx);

/// Loads a cubin. The error is of code incompatibleDevice where the driver
/// takes no such cubin, for it is too old for it for instance.
Result<PtxModule> loadCubin(const DevicePointer &device,
                            const std::string &image);

/// Finds the kernel `name` in `module` and asks for its figures; it must be
/// able to run with `threads` threads a block.
Result<DeviceKernel> findKernel(const PtxModule &module, const char *name,
                                int32_t threads);

/// Enqueues `blocks` x `threads` of a kernel with the addresses of its
/// arguments; if it `startsEarly`, with programmatic stream serialization, so
/// that it may start before the kernel ahead has ended. The device's context is
/// current.
Status enqueueKernel(const CudaDriver &driver, const DeviceKernel &kernel,
                     int64_t blocks, int64_t threads, bool startsEarly,
                     CUstream_st *stream, void **parameters);

/// Enqueues a kernel plainly, with its arguments: lvalues of the very types of
/// the kernel's parameters.
template <typename... Arguments>
Status launchKernel(const CudaDriver &driver, const DeviceKernel &kernel,
                    int64_t blocks, int64_t threads, CUstream_st *stream,
                    Arguments &...arguments) {
  void *parameters[] = {&arguments...};
  return enqueueKernel(driver, kernel, blocks, threads, /*startsEarly=*/false,
                       stream, parameters);
}

} // namespace recflex

#endif // RECFLEX_RUNTIME_PTXMODULE_H
