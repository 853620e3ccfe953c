//===- GpuBackend.cpp - The C API's objects on a GPU ----------------------===//

#include "Backend.h"

#include "recflex/Runtime/ExecutionContext.h"

namespace recflex::capi {

namespace {

class GpuContext final : public ContextBackend {
public:
  explicit GpuContext(ExecutionContext context) : context(std::move(context)) {}

  Status launch(const BatchArguments &batch, void *stream) override {
    return context.launch(batch, static_cast<CUstream_st *>(stream));
  }
  Result<FaultReport> faults(void *stream) override {
    return context.faults(static_cast<CUstream_st *>(stream));
  }
  Status clearFaults(void *stream) override {
    return context.clearFaults(static_cast<CUstream_st *>(stream));
  }

private:
  ExecutionContext context;
};

class GpuTables final : public TablesBackend {
public:
  explicit GpuTables(std::shared_ptr<const AttachedTables> tables)
      : tables(std::move(tables)) {}

  Result<std::unique_ptr<ContextBackend>>
  createContext(const ContextOptions &options) const override {
    Result<ExecutionContext> context =
        ExecutionContext::create(tables, options);
    if (!context)
      return context.error();
    return std::unique_ptr<ContextBackend>(
        std::make_unique<GpuContext>(std::move(*context)));
  }

private:
  std::shared_ptr<const AttachedTables> tables;
};

class GpuModule final : public ModuleBackend {
public:
  explicit GpuModule(std::shared_ptr<const DeviceModule> module)
      : module(std::move(module)) {}

  const Manifest &manifest() const override { return module->manifest(); }

  Result<std::shared_ptr<const TablesBackend>>
  attach(const std::vector<DevicePtr> &addresses) const override {
    auto attached = AttachedTables::attach(module, addresses);
    if (!attached)
      return attached.error();
    return std::shared_ptr<const TablesBackend>(
        std::make_shared<GpuTables>(std::move(*attached)));
  }

private:
  std::shared_ptr<const DeviceModule> module;
};

} // namespace

Result<ModulePointer> loadOnGpu(const Artifact &artifact, int32_t ordinal,
                                const DriverSource &findDriver) {
  Result<std::shared_ptr<const CudaDriver>> driver = findDriver();
  if (!driver)
    return driver.error();
  Result<DevicePointer> device = Device::open(std::move(*driver), ordinal);
  if (!device)
    return device.error();
  auto module = DeviceModule::load(std::move(*device), artifact);
  if (!module)
    return module.error();
  return ModulePointer(std::make_shared<GpuModule>(std::move(*module)));
}

} // namespace recflex::capi
