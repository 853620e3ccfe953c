//===- DeviceCompare.h - Whether two arrays are the same --------*- C++ -*-===//

#ifndef RECFLEX_RUNTIME_DEVICECOMPARE_H
#define RECFLEX_RUNTIME_DEVICECOMPARE_H

#include "recflex/Runtime/DeviceModule.h"

namespace recflex {

/// Compares arrays in device memory bit for bit, without a copy to the host:
/// what every launch of a long test writes can be looked at. Thread-safe.
class DeviceCompare {
public:
  static Result<DeviceCompare> create(DevicePointer device);

  /// Enqueues: adds the number of 32-bit words that differ between [a, a +
  /// bytes) and [b, b + bytes) to the u64 at `total`. `bytes` is a multiple of
  /// 4, below 2^33; the addresses are aligned to 4 bytes, `total` to 8.
  Status enqueue(CUstream_st *stream, DevicePtr a, DevicePtr b, int64_t bytes,
                 DevicePtr total) const;

private:
  using Module = DeviceHandle<CUmod_st *, &CudaDriver::moduleUnload>;
  DeviceCompare(Module module, DeviceKernel kernel)
      : module(std::move(module)), kernel(kernel) {}
  Module module;
  DeviceKernel kernel;
};

} // namespace recflex

#endif // RECFLEX_RUNTIME_DEVICECOMPARE_H
