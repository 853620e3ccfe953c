//===- CpuRunner.cpp - Artifacts on the CPU -------------------------------===//

#include "CpuSetup.h"
#include "Runner.h"

namespace recflex {
namespace {

class CpuRunner final : public Runner {
public:
  explicit CpuRunner(LoadedCpuModel loaded) : loaded(std::move(loaded)) {}

  Result<std::vector<float>> run(const Batch &batch) override {
    std::vector<float> output;
    if (Status status = loaded.pool(batch, output); !status)
      return status.error();
    return output;
  }

  std::string describe() const override {
    const CpuModel &model = loaded.context->model();
    return "the CPU: " + model.instructions() + " kernels, " +
           std::to_string(model.threads()) + " threads";
  }

private:
  LoadedCpuModel loaded;
};

} // namespace

Result<std::unique_ptr<Runner>> createCpuRunner(const Manifest &manifest,
                                                const HostTables &tables,
                                                int32_t threads) {
  auto loaded = LoadedCpuModel::load(manifest, tables, threads);
  if (!loaded)
    return loaded.error();
  return std::unique_ptr<Runner>(
      std::make_unique<CpuRunner>(std::move(*loaded)));
}

} // namespace recflex
