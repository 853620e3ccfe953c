//===- CpuBackend.cpp - The C API's objects on the CPU --------------------===//

#include "Backend.h"

#include "recflex/Runtime/CpuForward.h"

namespace recflex::capi {

namespace {

class CpuContextBackend final : public ContextBackend {
public:
  explicit CpuContextBackend(CpuContext context)
      : context(std::move(context)) {}

  Status launch(const BatchArguments &batch, void *) override {
    return context.launch(batch);
  }
  Result<FaultReport> faults(void *) override { return context.faults(); }
  Status clearFaults(void *) override {
    context.clearFaults();
    return {};
  }

private:
  CpuContext context;
};

class CpuTablesBackend final : public TablesBackend {
public:
  explicit CpuTablesBackend(std::shared_ptr<const CpuTables> tables)
      : tables(std::move(tables)) {}

  Result<std::unique_ptr<ContextBackend>>
  createContext(const ContextOptions &options) const override {
    Result<CpuContext> context = CpuContext::create(tables, options);
    if (!context)
      return context.error();
    return std::unique_ptr<ContextBackend>(
        std::make_unique<CpuContextBackend>(std::move(*context)));
  }

private:
  std::shared_ptr<const CpuTables> tables;
};

class CpuModuleBackend final : public ModuleBackend {
public:
  explicit CpuModuleBackend(std::shared_ptr<const CpuModel> model)
      : model(std::move(model)) {}

  const Manifest &manifest() const override { return model->manifest(); }

  Result<std::shared_ptr<const TablesBackend>>
  attach(const std::vector<DevicePtr> &addresses) const override {
    auto attached = CpuTables::attach(model, addresses);
    if (!attached)
      return attached.error();
    return std::shared_ptr<const TablesBackend>(
        std::make_shared<CpuTablesBackend>(std::move(*attached)));
  }

private:
  std::shared_ptr<const CpuModel> model;
};

} // namespace

Result<ModulePointer> loadOnCpu(const Artifact &artifact, int32_t threads) {
  CpuOptions options;
  options.threads = threads;
  auto model = CpuModel::load(artifact.manifest, options);
  if (!model)
    return model.error();
  return ModulePointer(std::make_shared<CpuModuleBackend>(std::move(*model)));
}

} // namespace recflex::capi
