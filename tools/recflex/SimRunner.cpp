//===- SimRunner.cpp - Batches on the simulator ---------------------------===//

#include "Runner.h"

#include "recflex/Simulator/SimulatedForward.h"

#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"

#include <algorithm>
#include <thread>

namespace recflex {
namespace {

class SimRunner final : public Runner {
public:
  SimRunner(SimulatedForward forward, const HostTables &tables)
      : forward(std::move(forward)), tables(tables) {}

  Result<std::vector<float>> run(const Batch &batch) override {
    Result<SimulatedBatch> result = forward.run(tables.addresses(), batch);
    if (!result)
      return result.error();
    lanes += result->lanes;
    return std::move(result->output);
  }

  std::string describe() const override {
    return "lanes simulated: " + std::to_string(lanes);
  }

private:
  SimulatedForward forward;
  const HostTables &tables;
  int64_t lanes = 0;
};

} // namespace

Result<std::unique_ptr<Runner>> createSimRunner(const LoweredModel &model,
                                                const HostTables &tables) {
  SimulatorOptions options;
  options.workers = std::clamp(std::thread::hardware_concurrency(), 1u, 16u);
  Result<SimulatedForward> forward = SimulatedForward::create(
      model.manifest, *model.kernels, options);
  if (!forward)
    return forward.error();
  return std::unique_ptr<Runner>(
      std::make_unique<SimRunner>(std::move(*forward), tables));
}

} // namespace recflex
