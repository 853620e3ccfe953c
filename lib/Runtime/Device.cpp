//===- Device.cpp - One GPU and its primary context -----------------------===//

#include "recflex/Runtime/Device.h"

namespace recflex {

Device::Device(std::shared_ptr<const CudaDriver> driver, int handle)
    : functions(std::move(driver)), handle(handle) {}

Device::~Device() {
  if (primaryContext)
    functions->primaryCtxRelease(handle);
}

Result<DevicePointer> Device::open(std::shared_ptr<const CudaDriver> driver,
                                   int ordinal) {
  int count = 0;
  if (Status status =
          driver->check(driver->deviceGetCount(&count), "cuDeviceGetCount");
      !status)
    return status.error();
  if (ordinal < 0 || ordinal >= count)
    return makeError(ErrorCode::noDevice, "there is no GPU ", ordinal,
                     "; this machine has ", count, ", counted from 0");
  int handle = 0;
  if (Status status =
          driver->check(driver->deviceGet(&handle, ordinal), "cuDeviceGet");
      !status)
    return status.error();
  // Made before the context is held, so that it is let go whatever happens.
  std::shared_ptr<Device> device(new Device(driver, handle));
  if (Status status = driver->check(
          driver->primaryCtxRetain(&device->primaryContext, handle),
          "cuDevicePrimaryCtxRetain");
      !status)
    return status.error();
  if (Status status = device->describe(ordinal); !status)
    return status.error();
  return DevicePointer(std::move(device));
}

Result<DevicePointer> Device::open(int ordinal) {
  Result<std::shared_ptr<const CudaDriver>> driver = CudaDriver::load();
  if (!driver)
    return driver.error();
  return open(*driver, ordinal);
}

Status Device::describe(int ordinal) {
  description.ordinal = ordinal;
  char name[256] = {};
  if (Status status = functions->check(
          functions->deviceGetName(name, sizeof name - 1, handle),
          "cuDeviceGetName");
      !status)
    return status;
  description.name = name;

  size_t memory = 0;
  if (Status status = functions->check(
          functions->deviceTotalMem(&memory, handle), "cuDeviceTotalMem");
      !status)
    return status;
  description.memoryBytes = static_cast<int64_t>(memory);

  if (Status status = functions->check(
          functions->driverGetVersion(&description.driverVersion),
          "cuDriverGetVersion");
      !status)
    return status;

  int l2 = 0, shared = 0, kilohertz = 0;
  for (auto [attribute, value] :
       {std::pair{cuda::kDeviceComputeCapabilityMajor, &description.major},
        std::pair{cuda::kDeviceComputeCapabilityMinor, &description.minor},
        std::pair{cuda::kDeviceMultiprocessorCount,
                  &description.multiprocessors},
        std::pair{cuda::kDeviceL2CacheSize, &l2},
        std::pair{cuda::kDeviceMaxSharedMemoryPerMultiprocessor, &shared},
        std::pair{cuda::kDeviceMaxThreadsPerMultiprocessor,
                  &description.threadsPerMultiprocessor},
        std::pair{cuda::kDeviceMaxBlocksPerMultiprocessor,
                  &description.blocksPerMultiprocessor},
        std::pair{cuda::kDeviceMaxRegistersPerMultiprocessor,
                  &description.registersPerMultiprocessor},
        std::pair{cuda::kDeviceClockRate, &kilohertz}})
    if (Status status = functions->check(
            functions->deviceGetAttribute(value, attribute, handle),
            "cuDeviceGetAttribute");
        !status)
      return status;
  description.l2Bytes = l2;
  description.sharedBytesPerMultiprocessor = shared;
  description.clockRate = 1e3 * kilohertz;
  return {};
}

Result<int64_t> Device::freeMemory() const {
  ContextScope scope(*this);
  if (!scope)
    return scope.error();
  size_t free = 0, total = 0;
  if (Status status = functions->check(functions->memGetInfo(&free, &total),
                                       "cuMemGetInfo");
      !status)
    return status.error();
  return static_cast<int64_t>(free);
}

ContextScope::ContextScope(const Device &device)
    : driver(device.driver()),
      outcome(driver.check(driver.ctxPushCurrent(device.context()),
                           "cuCtxPushCurrent")) {}

ContextScope::~ContextScope() {
  CUctx_st *popped;
  if (outcome)
    driver.ctxPopCurrent(&popped);
}

} // namespace recflex
