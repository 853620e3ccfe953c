//===- KernelQueue.h - Where kernels are launched ---------------*- C++ -*-===//
//
// A stream of a GPU, or the simulator. Which kernels run, with which grids and
// arguments, is written once, in LaunchSequence; a queue knows how to run one.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_RUNTIME_KERNELQUEUE_H
#define RECFLEX_RUNTIME_KERNELQUEUE_H

#include "recflex/Runtime/KernelABI.h"
#include "recflex/Support/Result.h"

#include <cstdint>
#include <initializer_list>

namespace recflex {

/// The kernels of an artifact.
enum class KernelId : uint8_t {
  scanSums,
  scanOffsets,
  expandOffsets,
  copyViews,
  bindKeys,
  bindOrder,
  forward,
  forwardChecked,
  forwardAny
};
constexpr size_t kKernelCount = 9;

/// A kernel's name in the artifact.
constexpr const char *kernelName(KernelId kernel) {
  switch (kernel) {
  case KernelId::scanSums:
    return abi::kScanSumsKernel;
  case KernelId::scanOffsets:
    return abi::kScanOffsetsKernel;
  case KernelId::expandOffsets:
    return abi::kExpandOffsetsKernel;
  case KernelId::copyViews:
    return abi::kCopyViewsKernel;
  case KernelId::bindKeys:
    return abi::kBindKeysKernel;
  case KernelId::bindOrder:
    return abi::kBindOrderKernel;
  case KernelId::forward:
    return abi::kForwardKernel;
  case KernelId::forwardChecked:
    return abi::kForwardCheckedKernel;
  case KernelId::forwardAny:
    return abi::kForwardAnyKernel;
  }
  return nullptr;
}

/// Whether only artifacts whose binding is not fixed have the kernel.
constexpr bool bindsBlocks(KernelId kernel) {
  return kernel == KernelId::bindKeys || kernel == KernelId::bindOrder;
}

struct KernelLaunch {
  KernelId kernel = KernelId::forward;
  int64_t blocks = 0;  ///< 1 to kMaxBlocks
  int32_t threads = 0; ///< a block
  /// The kernel itself waits for the one ahead, and may start before that has
  /// ended, where the device can: KernelABI.md, "Kernels that overlap".
  bool startsEarly = false;
};

/// A kernel's arguments, each the low bytes of a word.
using KernelArguments = std::initializer_list<uint64_t>;
/// Most arguments of a kernel.
constexpr size_t kMaxKernelArguments = 24;

class KernelQueue {
public:
  virtual ~KernelQueue() = default;

  /// Enqueues a kernel behind those launched before. The error names it.
  virtual Status launch(const KernelLaunch &launch,
                        KernelArguments arguments) = 0;
};

} // namespace recflex

#endif // RECFLEX_RUNTIME_KERNELQUEUE_H
