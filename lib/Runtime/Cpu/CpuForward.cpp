//===- CpuForward.cpp - An artifact on the CPU ----------------------------===//

#include "recflex/Runtime/CpuForward.h"

#include "CpuPlan.h"
#include "recflex/Runtime/Workspace.h"

#include <algorithm>
#include <new>
#include <thread>

namespace recflex {

/// More threads than any host has processors.
constexpr int32_t kMaxCpuThreads = 4096;

//===----------------------------------------------------------------------===//
// CpuModel
//===----------------------------------------------------------------------===//

static Result<const KernelSet *> findKernels(CpuInstructions instructions) {
  struct Choice {
    CpuInstructions instructions;
    const char *name;
    const KernelSet *kernels;
  };
  for (const Choice &choice :
       {Choice{CpuInstructions::avx512, "AVX-512", findAvx512Kernels()},
        Choice{CpuInstructions::avx2, "AVX2", findAvx2Kernels()},
        Choice{CpuInstructions::plain, "plain", &kPlainKernels}}) {
    if (instructions != CpuInstructions::best &&
        instructions != choice.instructions)
      continue;
    if (choice.kernels)
      return choice.kernels;
    if (instructions == choice.instructions)
      return makeError("this CPU does not have the ", choice.name,
                       " instructions that are asked for; ask for the best");
  }
  return &kPlainKernels;
}

CpuModel::CpuModel(const Manifest &manifest, std::unique_ptr<CpuPlan> plan,
                   std::unique_ptr<CpuThreadPool> pool)
    : contents(manifest), plan(std::move(plan)), pool(std::move(pool)) {}

CpuModel::~CpuModel() = default;

int32_t CpuModel::threads() const { return pool->threads(); }

std::string CpuModel::instructions() const { return plan->set.name; }

Result<std::shared_ptr<const CpuModel>>
CpuModel::load(const Manifest &manifest, const CpuOptions &options) {
  if (Status status = checkModel(manifest); !status)
    return status.error().in("manifest");
  if (options.threads < 0 || options.threads > kMaxCpuThreads)
    return makeError("the number of threads is ", options.threads,
                     "; give 1 to ", kMaxCpuThreads,
                     ", or 0 for one a processor");
  Result<const KernelSet *> kernels = findKernels(options.instructions);
  if (!kernels)
    return kernels.error();
  int32_t threads = options.threads;
  if (threads == 0)
    threads = static_cast<int32_t>(std::clamp(
        std::thread::hardware_concurrency(), 1u, unsigned{kMaxCpuThreads}));
  Result<std::unique_ptr<CpuThreadPool>> pool = CpuThreadPool::create(threads);
  if (!pool)
    return pool.error();
  return std::shared_ptr<const CpuModel>(
      new CpuModel(manifest, std::make_unique<CpuPlan>(manifest, **kernels),
                   std::move(*pool)));
}

//===----------------------------------------------------------------------===//
// CpuTables
//===----------------------------------------------------------------------===//

Result<std::shared_ptr<const CpuTables>>
CpuTables::attach(std::shared_ptr<const CpuModel> model,
                  const std::vector<DevicePtr> &tables) {
  if (Status status = checkTables(tables, model->manifest()); !status)
    return status.error();
  return std::shared_ptr<const CpuTables>(
      new CpuTables(std::move(model), tables));
}

//===----------------------------------------------------------------------===//
// CpuContext
//===----------------------------------------------------------------------===//

struct CpuContext::Workspace {
  KeyInputs inputs;
  PieceTable pieces;
  FaultLog faults;

  Workspace(KeyInputs inputs, size_t features, size_t capacity)
      : inputs(std::move(inputs)), pieces(features), faults(capacity) {}
};

CpuContext::CpuContext(std::shared_ptr<const CpuTables> tables,
                       const ContextOptions &options,
                       std::unique_ptr<Workspace> workspace)
    : attached(std::move(tables)), options(options),
      workspace(std::move(workspace)) {}

CpuContext::CpuContext(CpuContext &&) noexcept = default;
CpuContext &CpuContext::operator=(CpuContext &&) noexcept = default;
CpuContext::~CpuContext() = default;

Result<CpuContext> CpuContext::create(std::shared_ptr<const CpuTables> tables,
                                      const ContextOptions &options) {
  const Manifest &manifest = tables->model().manifest();
  if (Status status = check(options, manifest); !status)
    return status.error();
  Result<KeyInputs> inputs = KeyInputs::create(manifest, options);
  if (!inputs)
    return inputs.error();
  auto workspace =
      std::make_unique<Workspace>(std::move(*inputs), manifest.features.size(),
                                  static_cast<size_t>(options.faultCapacity));
  return CpuContext(std::move(tables), options, std::move(workspace));
}

Status CpuContext::launch(const BatchArguments &batch) {
  const CpuModel &model = this->model();
  const CpuPlan &plan = *model.plan;
  const Manifest &manifest = model.manifest();
  if (batch.batchSize == 0 || plan.features.empty())
    return {};
  if (Status status = check(batch, manifest, options); !status)
    return status;
  if (Status status = checkGrid(plan.blocks.count(batch.batchSize),
                                manifest.jaggedFeatures, batch.batchSize);
      !status)
    return status;

  CpuThreadPool &pool = *model.pool;
  KeyInputs &inputs = workspace->inputs;
  PieceTable &pieces = workspace->pieces;
  FaultLog *log =
      options.checks == InputChecks::off ? nullptr : &workspace->faults;
  inputs.read(batch, pool, log);
  pieces.cut(plan, inputs, batch.batchSize, pool.threads());
  PoolTarget target;
  target.inputs = &inputs;
  target.tables = &attached->addresses();
  target.batch = &batch;
  target.indexType = manifest.indexType;
  target.zeroBag = options.checks == InputChecks::zeroBag;
  target.log = log;
  pool.run(pieces.pieces(), pieces.claim(), [&](int64_t piece) {
    poolPiece(plan, target, pieces.find(plan, inputs, batch.batchSize, piece));
  });
  return {};
}

FaultReport CpuContext::faults() const { return workspace->faults.report(); }

void CpuContext::clearFaults() { workspace->faults.clear(); }

} // namespace recflex
