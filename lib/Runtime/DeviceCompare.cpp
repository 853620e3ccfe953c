//===- DeviceCompare.cpp - Whether two arrays are the same ----------------===//

#include "recflex/Runtime/DeviceCompare.h"

#include "ComparePtx.h"
#include "recflex/Runtime/PtxModule.h"

#include <algorithm>

namespace recflex {

/// Words that a thread takes before blocks are made fewer and threads busier:
/// small outputs are compared by few blocks, beside other streams' work.
constexpr int64_t kWordsPerThread = 4;

/// Half of what a 32-bit word number reaches, for a thread's number steps past
/// the end.
constexpr int64_t kMaxBytes = int64_t{1} << 33;

Result<DeviceCompare> DeviceCompare::create(DevicePointer device) {
  Result<PtxModule> module = loadPtx(device, kComparePtx);
  if (!module)
    return module.error();
  Result<DeviceKernel> kernel =
      findKernel(*module, kCompareKernel, kCompareThreads);
  if (!kernel)
    return kernel.error();
  return DeviceCompare(std::move(*module), *kernel);
}

Status DeviceCompare::enqueue(CUstream_st *stream, DevicePtr a, DevicePtr b,
                              int64_t bytes, DevicePtr total) const {
  if (bytes % 4 != 0 || bytes < 0 || bytes >= kMaxBytes)
    return makeError("cannot compare ", bytes,
                     " bytes; give a multiple of 4 below ", kMaxBytes);
  if (bytes == 0)
    return {};
  const Device &device = *module.device();
  ContextScope scope(device);
  if (!scope)
    return scope.error();
  uint32_t words = static_cast<uint32_t>(bytes / 4);
  int64_t share = kCompareThreads * kWordsPerThread;
  int64_t blocks = std::min<int64_t>((words + share - 1) / share,
                                     4 * device.properties().multiprocessors);
  return launchKernel(device.driver(), kernel, std::max<int64_t>(blocks, 1),
                      kCompareThreads, stream, a, b, words, total);
}

} // namespace recflex
