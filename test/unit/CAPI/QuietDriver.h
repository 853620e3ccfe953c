//===- QuietDriver.h - A driver that allocates nothing ----------*- C++ -*-===//
//
// Every call succeeds and does nothing but count what is alive. What the
// library allocates can then be told from what its driver does.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_TEST_UNIT_CAPI_QUIETDRIVER_H
#define RECFLEX_TEST_UNIT_CAPI_QUIETDRIVER_H

#include "recflex/Runtime/CudaDriver.h"

#include <cstring>
#include <memory>

namespace recflex {

/// Contexts, modules, streams, events and buffers that have not been given
/// back.
inline int quietHandles = 0;

namespace quiet {

template <typename Handle> int create(Handle *handle) {
  ++quietHandles;
  *handle = (Handle)0x7000;
  return 0;
}
template <typename Handle> int destroy(Handle) {
  --quietHandles;
  return 0;
}

inline void fillDevice(CudaDriver &d) {
  d.getErrorName = [](int, const char **) { return 1; };
  d.getErrorString = [](int, const char **) { return 1; };
  d.driverGetVersion = [](int *version) { return *version = 12040, 0; };
  d.deviceGetCount = [](int *count) { return *count = 1, 0; };
  d.deviceGet = [](int *device, int) { return *device = 0, 0; };
  d.deviceGetName = [](char *name, int, int) {
    std::strcpy(name, "Quiet GPU of a name that is long");
    return 0;
  };
  d.deviceTotalMem = [](size_t *bytes, int) { return *bytes = 1 << 30, 0; };
  // Also the compute capability, 9.9, and the multiprocessors.
  d.deviceGetAttribute = [](int *value, int, int) { return *value = 9, 0; };
  d.primaryCtxRetain = [](CUctx_st **context, int) { return create(context); };
  d.primaryCtxRelease = [](int) { return destroy(0); };
  d.ctxPushCurrent = [](CUctx_st *) { return 0; };
  d.ctxPopCurrent = [](CUctx_st **) { return 0; };
}

inline void fillModule(CudaDriver &d) {
  d.moduleLoadDataEx = [](CUmod_st **module, const void *, unsigned, int *,
                          void **) { return create(module); };
  d.moduleUnload = destroy<CUmod_st *>;
  d.moduleGetFunction = [](CUfunc_st **, CUmod_st *, const char *) {
    return 0;
  };
  d.funcGetAttribute = [](int *value, int, CUfunc_st *) {
    return *value = 1024, 0;
  };
  d.occupancyMaxActiveBlocks = [](int *blocks, CUfunc_st *, int, size_t) {
    return *blocks = 1, 0;
  };
  d.launchKernel = [](CUfunc_st *, unsigned, unsigned, unsigned, unsigned,
                      unsigned, unsigned, unsigned, CUstream_st *, void **,
                      void **) { return 0; };
  d.launchKernelEx = [](const cuda::LaunchConfig *, CUfunc_st *, void **,
                        void **) { return 0; };
}

inline void fillMemory(CudaDriver &d) {
  d.memAlloc = [](DevicePtr *address, size_t) { return create(address); };
  d.memFree = destroy<DevicePtr>;
  d.memcpyHtoDAsync = [](DevicePtr, const void *, size_t, CUstream_st *) {
    return 0;
  };
  d.memcpyDtoHAsync = [](void *to, DevicePtr, size_t bytes, CUstream_st *) {
    std::memset(to, 0, bytes);
    return 0;
  };
  d.memsetD8Async = [](DevicePtr, unsigned char, size_t, CUstream_st *) {
    return 0;
  };
  d.streamCreate = [](CUstream_st **stream, unsigned) {
    return create(stream);
  };
  d.streamDestroy = destroy<CUstream_st *>;
  d.streamSynchronize = [](CUstream_st *) { return 0; };
}

} // namespace quiet

inline std::shared_ptr<const CudaDriver> makeQuietDriver() {
  auto driver = std::make_shared<CudaDriver>();
  quiet::fillDevice(*driver);
  quiet::fillModule(*driver);
  quiet::fillMemory(*driver);
  return driver;
}

} // namespace recflex

#endif // RECFLEX_TEST_UNIT_CAPI_QUIETDRIVER_H
