//===- CpuServer.cpp - A model on the CPU, launched by many threads -------===//

#include "Servers.h"

#include "../CpuSetup.h"

#include "recflex/Runtime/DeviceBatch.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <limits>
#include <unistd.h>

namespace recflex {
namespace {

DevicePtr addressOf(const void *memory) {
  return reinterpret_cast<DevicePtr>(memory);
}

/// What all workers read.
struct Shared {
  LoadedCpuModel model;
  const std::vector<Batch> &batches;
  std::vector<std::vector<float>> expected; ///< output of each batch
  ContextOptions context;
  size_t largestOutput = 0; ///< elements

  const Manifest &manifest() const {
    return model.attached->model().manifest();
  }
};

/// Everything is done when launch() returns: streams and waiting mean nothing.
class CpuWorker final : public Worker {
public:
  CpuWorker(const Shared &shared, CpuContext context)
      : shared(shared), context(std::move(context)),
        pooled(shared.largestOutput) {}

  Status poison() override {
    std::fill(pooled.begin(), pooled.end(),
              std::numeric_limits<float>::quiet_NaN());
    return {};
  }

  Status launch(size_t batch) override {
    const Batch &input = shared.batches[batch];
    BatchArguments arguments;
    arguments.batchSize = input.batchSize;
    arguments.lookups = input.values.size();
    if (arguments.lookups != 0) {
      arguments.values = addressOf(input.values.bytes.data());
      arguments.weights = addressOf(input.weights.data());
    }
    arguments.offsets = addressOf(input.offsets.bytes.data());
    arguments.output = addressOf(pooled.data());
    arguments.outputStride = shared.manifest().outputWidth;
    return context.launch(arguments);
  }

  Status compare(size_t batch) override {
    const std::vector<float> &expected = shared.expected[batch];
    for (size_t i = 0; i != expected.size(); ++i)
      differing += std::memcmp(&pooled[i], &expected[i], sizeof(float)) != 0;
    return {};
  }

  Status wait() override { return {}; }
  Result<int64_t> differences() override { return differing; }

  Result<std::vector<float>> output(size_t batch) override {
    size_t elements =
        shared.batches[batch].batchSize * shared.manifest().outputWidth;
    return std::vector<float>(pooled.begin(), pooled.begin() + elements);
  }

  Result<FaultReport> takeFaults() override {
    FaultReport report = context.faults();
    context.clearFaults();
    return report;
  }

private:
  const Shared &shared;
  CpuContext context;
  std::vector<float> pooled;
  int64_t differing = 0;
};

class CpuServer final : public Server {
public:
  explicit CpuServer(Shared shared) : shared(std::move(shared)) {}

  Result<std::unique_ptr<Worker>> createWorker(int64_t) override {
    auto context = CpuContext::create(shared.model.attached, shared.context);
    if (!context)
      return context.error();
    return std::unique_ptr<Worker>(
        std::make_unique<CpuWorker>(shared, std::move(*context)));
  }

  Result<std::unique_ptr<Worker>> createReplayer() override {
    return makeError("the CPU has no graphs to replay; leave the test out, or "
                     "run it with --device=cuda");
  }

  Status reload() override {
    auto model = CpuModel::load(shared.manifest());
    if (!model)
      return model.error();
    auto tables = CpuTables::attach(*model, shared.model.attached->addresses());
    if (!tables)
      return tables.error();
    auto context = CpuContext::create(*tables, shared.context);
    if (!context)
      return context.error();
    return {};
  }

  Status expect(const std::vector<std::vector<float>> &outputs) override {
    shared.expected = outputs;
    return {};
  }

  Result<int64_t> freeMemory() const override {
    // Second field: resident pages.
    int64_t size = 0, resident = 0;
    if (!(std::ifstream("/proc/self/statm") >> size >> resident))
      return makeError(ErrorCode::io, "cannot read /proc/self/statm");
    return -resident * sysconf(_SC_PAGESIZE);
  }

  std::string describe() const override {
    const CpuModel &model = shared.model.attached->model();
    return "the CPU (" + std::to_string(model.threads()) + " threads, " +
           model.instructions() + ")";
  }

private:
  Shared shared;
};

} // namespace

Result<std::unique_ptr<Server>>
createCpuServer(const Artifact &artifact, const HostTables &tables,
                const std::vector<Batch> &batches,
                const ServerOptions &options) {
  auto model = LoadedCpuModel::load(artifact.manifest, tables, /*threads=*/0);
  if (!model)
    return model.error();
  Shared shared{std::move(*model), batches, {}, options.context};
  for (size_t i = 0; i != batches.size(); ++i) {
    auto bytes = outputBytes(artifact.manifest, batches[i].batchSize);
    if (!bytes)
      return bytes.error().in("batch " + std::to_string(i));
    shared.largestOutput =
        std::max(shared.largestOutput, *bytes / sizeof(float));
  }
  return std::unique_ptr<Server>(
      std::make_unique<CpuServer>(std::move(shared)));
}

} // namespace recflex
