//===- PtxModule.h - Code to kernels that can be launched -------*- C++ -*-===//

#ifndef RECFLEX_RUNTIME_PTXMODULE_H
#define RECFLEX_RUNTIME_PTXMODULE_H

#include "recflex/Runtime/DeviceModule.h"
#include "recflex/Runtime/KernelQueue.h"

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

/// The addresses of a queue's arguments, as the driver takes them: it reads as
/// many bytes of each word as the kernel's parameter has. The words must outlive
/// the list.
class ParameterList {
public:
  ParameterList(KernelArguments arguments) {
    for (const uint64_t &argument : arguments)
      add(argument);
  }
  void add(const uint64_t &argument) {
    static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
                  "a word begins with its low bytes");
    addresses[count++] = const_cast<uint64_t *>(&argument);
  }
  void **get() { return addresses; }

private:
  void *addresses[kMaxKernelArguments];
  size_t count = 0;
};

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
