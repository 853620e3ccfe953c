//===- Backend.h - What a device must offer ---------------------*- C++ -*-===//
//
// The C API's three objects, on any device: GpuBackend.cpp and CpuBackend.cpp
// implement them over the runtime's own classes.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_LIB_CAPI_RUNTIME_BACKEND_H
#define RECFLEX_LIB_CAPI_RUNTIME_BACKEND_H

#include "recflex/Runtime/Artifact.h"
#include "recflex/Runtime/CudaDriver.h"
#include "recflex/Runtime/FaultReport.h"

#include <functional>
#include <memory>
#include <vector>

namespace recflex::capi {

class ContextBackend {
public:
  virtual ~ContextBackend() = default;
  virtual Status launch(const BatchArguments &batch, void *stream) = 0;
  virtual Result<FaultReport> faults(void *stream) = 0;
  virtual Status clearFaults(void *stream) = 0;
};

class TablesBackend {
public:
  virtual ~TablesBackend() = default;
  virtual Result<std::unique_ptr<ContextBackend>>
  createContext(const ContextOptions &options) const = 0;
};

class ModuleBackend {
public:
  virtual ~ModuleBackend() = default;
  virtual const Manifest &manifest() const = 0;
  virtual Result<std::shared_ptr<const TablesBackend>>
  attach(const std::vector<DevicePtr> &tables) const = 0;
};

using ModulePointer = std::shared_ptr<const ModuleBackend>;

/// Finds the driver; called when a GPU is asked for.
using DriverSource = std::function<Result<std::shared_ptr<const CudaDriver>>()>;

Result<ModulePointer> loadOnGpu(const Artifact &artifact, int32_t ordinal,
                                const DriverSource &findDriver);
/// `threads`: 0 for one a processor.
Result<ModulePointer> loadOnCpu(const Artifact &artifact, int32_t threads);

} // namespace recflex::capi

#endif // RECFLEX_LIB_CAPI_RUNTIME_BACKEND_H
