//===- Device.h - One GPU and its primary context ---------------*- C++ -*-===//

#ifndef RECFLEX_RUNTIME_DEVICE_H
#define RECFLEX_RUNTIME_DEVICE_H

#include "recflex/Runtime/CudaDriver.h"
#include "recflex/Support/Result.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace recflex {

/// What the driver says of a GPU.
struct DeviceProperties {
  int ordinal = 0;
  std::string name; ///< "NVIDIA H200"
  int major = 0;    ///< compute capability
  int minor = 0;
  int multiprocessors = 0;
  int64_t l2Bytes = 0;
  int64_t memoryBytes = 0;
  int64_t sharedBytesPerMultiprocessor = 0;
  int threadsPerMultiprocessor = 0; ///< that can be resident
  int blocksPerMultiprocessor = 0;  ///< likewise
  int registersPerMultiprocessor = 0;
  double clockRate = 0; ///< highest of the multiprocessors, Hz
  int driverVersion = 0; ///< CUDA version, 1000 * major + 10 * minor

  /// "sm_90".
  std::string chip() const {
    return "sm_" + std::to_string(major * 10 + minor);
  }
};

/// A GPU, with its primary context held: the context that PyTorch and the CUDA
/// runtime use as well, so that streams and memory are shared with them.
/// Everything that lives on the GPU keeps its Device alive. Thread-safe.
class Device {
public:
  /// Opens GPU `ordinal`, counted as CUDA_VISIBLE_DEVICES says.
  static Result<std::shared_ptr<const Device>>
  open(std::shared_ptr<const CudaDriver> driver, int ordinal = 0);

  /// The same with the driver of this machine.
  static Result<std::shared_ptr<const Device>> open(int ordinal = 0);

  ~Device();
  Device(const Device &) = delete;
  Device &operator=(const Device &) = delete;

  const CudaDriver &driver() const { return *functions; }
  const DeviceProperties &properties() const { return description; }
  CUctx_st *context() const { return primaryContext; }

  /// Bytes of device memory that nobody has allocated yet.
  Result<int64_t> freeMemory() const;

private:
  Device(std::shared_ptr<const CudaDriver> driver, int handle);

  std::shared_ptr<const CudaDriver> functions;
  int handle;
  CUctx_st *primaryContext = nullptr; ///< null until it is held
  DeviceProperties description;

  Status describe(int ordinal);
};

using DevicePointer = std::shared_ptr<const Device>;

/// Makes a device's context the calling thread's current one, and puts the
/// thread's own back at the end.
class ContextScope {
public:
  explicit ContextScope(const Device &device);
  ~ContextScope();
  ContextScope(const ContextScope &) = delete;
  ContextScope &operator=(const ContextScope &) = delete;

  explicit operator bool() const { return static_cast<bool>(outcome); }
  const Error &error() const { return outcome.error(); }

private:
  const CudaDriver &driver;
  Status outcome;
};

/// A handle of the driver that goes, in its context, with its owner.
template <typename Handle, int (*CudaDriver::*Destroy)(Handle)>
class DeviceHandle {
public:
  DeviceHandle() = default;
  DeviceHandle(DevicePointer device, Handle handle)
      : owner(std::move(device)), handle(handle) {}
  DeviceHandle(DeviceHandle &&other) noexcept { *this = std::move(other); }
  DeviceHandle &operator=(DeviceHandle &&other) noexcept {
    std::swap(owner, other.owner);
    std::swap(handle, other.handle);
    return *this;
  }
  ~DeviceHandle() {
    if (!handle)
      return;
    // Nobody could act on an error here; the driver keeps it for later calls.
    ContextScope scope(*owner);
    (owner->driver().*Destroy)(handle);
  }

  Handle get() const { return handle; }
  const DevicePointer &device() const { return owner; }

private:
  DevicePointer owner;
  Handle handle = {};
};

} // namespace recflex

#endif // RECFLEX_RUNTIME_DEVICE_H
