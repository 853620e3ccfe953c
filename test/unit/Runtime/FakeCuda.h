//===- FakeCuda.h - A driver that records its calls -------------*- C++ -*-===//
//
// Fills the driver's table with functions that need no GPU. "Device memory" is
// host memory, so copies copy; kernels do what a test's hook says. Any one
// call can be made to fail. Everything handed out is tracked. Threads may call
// it at once; what a test reads of it, it reads when they have ended.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_TEST_UNIT_RUNTIME_FAKECUDA_H
#define RECFLEX_TEST_UNIT_RUNTIME_FAKECUDA_H

#include "recflex/Runtime/CudaDriver.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace recflex {

/// A kernel launch, its arguments zero-extended.
struct FakeLaunch {
  std::string kernel;
  unsigned blocks = 0;
  unsigned threads = 0;
  unsigned sharedBytes = 0;
  CUstream_st *stream = nullptr;
  std::vector<uint64_t> arguments;
  bool startsEarly = false; ///< with programmatic stream serialization
};

/// One at a time may exist; its driver() calls it.
class FakeCuda {
public:
  FakeCuda();
  ~FakeCuda();

  std::shared_ptr<const CudaDriver> driver() const { return table; }
  /// The table itself: a test may put functions of its own into it.
  CudaDriver &functions() { return *table; }
  /// Makes the driver one of before CUDA 11.8.
  void removeLaunchKernelEx() { table->launchKernelEx = nullptr; }

  // What the fake GPU is like.
  int major = 9, minor = 0;
  int maxThreads = 1024;
  int driverVersion = 12040;
  std::string missingKernel;
  std::string loadLog; ///< the log of a module that fails to load
  std::function<void(const FakeLaunch &)> onLaunch;

  /// The call that fails, counted from 0 over all calls that can fail; those
  /// that give something back never do. -1: none.
  int failAt = -1;
  std::string failName; ///< or all calls of this function
  int lostAt = -1;      ///< or all calls from this one on
  int failCode = cuda::kErrorOutOfMemory;

  // What happened.
  std::vector<std::string> calls; ///< those that can fail
  std::vector<const char *> allCalls; ///< by the symbols' names in libcuda
  std::vector<FakeLaunch> launches;
  std::map<uint64_t, std::string> alive; ///< handle to kind
  std::vector<std::string> misuse; ///< calls that CUDA would not have allowed
  std::string lastPtx;
  int contextDepth = 0; ///< of all threads together
  int retained = 0;
  int64_t mostHostBytes = 0; ///< largest sum of pinned memory at a time

private:
  friend struct FakeFunctions;
  std::shared_ptr<CudaDriver> table;
  std::map<uint64_t, int64_t> sizes;
  std::map<std::thread::id, int> depths; ///< of each thread's context stack
  uint64_t nextHandle = 0x1000;
  bool capturing = false;
};

} // namespace recflex

#endif // RECFLEX_TEST_UNIT_RUNTIME_FAKECUDA_H
