//===- ServedModel.cpp - The artifact that a command serves ---------------===//

#include "ServedModel.h"

#include "../CudaSetup.h"

#include "recflex/Runtime/Reference.h"

#include <algorithm>
#include <thread>

namespace cl = llvm::cl;

namespace recflex {

std::vector<BatchCost> ServedModel::costs() const {
  std::vector<BatchCost> result;
  for (const Batch &batch : batches)
    result.push_back({batch.batchSize, batch.values.size()});
  return result;
}

Result<std::vector<std::vector<float>>> ServedModel::references() const {
  std::vector<std::vector<float>> result;
  for (size_t i = 0; i != batches.size(); ++i) {
    auto pooled =
        poolReference(artifact.manifest, tables.addresses(), batches[i]);
    if (!pooled)
      return pooled.error().in("batch " + std::to_string(i));
    result.push_back(std::move(*pooled));
  }
  return result;
}

ServedModelOptions::ServedModelOptions(cl::SubCommand &sub)
    : path(cl::Positional, cl::desc("<model.recflex>"), cl::Required,
           cl::sub(sub)),
      target("device", cl::desc("where to run"),
             cl::values(clEnumValN(Target::cuda, "cuda", "GPU 0 (default)"),
                        clEnumValN(Target::cpu, "cpu", "the CPU")),
             cl::init(Target::cuda), cl::sub(sub)),
      chosenChecks(
          "checks", cl::desc("what happens to bad indices and offsets"),
          cl::values(
              clEnumValN(InputChecks::off, "off", "nobody looks (default)"),
              clEnumValN(InputChecks::zeroRow, "zero-row",
                         "a bad index reads as a row of zeros"),
              clEnumValN(InputChecks::zeroBag, "zero-bag",
                         "a bag with a bad index is all zeros")),
          cl::init(InputChecks::off), cl::sub(sub)),
      workload(sub) {}

Result<ServedModel> ServedModelOptions::read() const {
  auto artifact = readArtifact(path);
  if (!artifact)
    return artifact.error();
  auto batches = workload.batches(artifact->manifest);
  if (!batches)
    return batches.error();
  auto tables = workload.tables(artifact->manifest);
  if (!tables)
    return tables.error();
  for (size_t i = 0; i != batches->size(); ++i)
    if (Status status = tables->prepare(artifact->manifest, (*batches)[i]);
        !status)
      return status.error().in("batch " + std::to_string(i));
  return ServedModel{std::move(*artifact), std::move(*tables),
                     std::move(*batches)};
}

Result<std::unique_ptr<Server>>
ServedModelOptions::load(const ServedModel &model,
                         const std::vector<Batch> &batches,
                         const ContextOptions &context, int64_t threads) const {
  ServerOptions options;
  options.context =
      withScratch(context, model.artifact.manifest, batches);
  options.sleeps = threads > std::thread::hardware_concurrency();
  if (target == Target::cuda)
    return createCudaServer(model.artifact, model.tables, batches, options);
  return createCpuServer(model.artifact, model.tables, batches, options);
}

Result<double> verifyAlone(Server &server,
                           const std::vector<std::vector<float>> &references) {
  auto worker = server.createWorker(/*stream=*/0);
  if (!worker)
    return worker.error();
  auto outputs = runAlone(**worker, references.size());
  if (!outputs)
    return outputs.error();
  double worst = 0;
  for (size_t i = 0; i != outputs->size(); ++i) {
    Comparison difference = compare((*outputs)[i], references[i]);
    if (!(difference.relativeNorm <= kRoundingTolerance))
      return makeError("batch ", i,
                       ": verification failed: ", difference.mismatches,
                       " elements differ from the reference, relative norm ",
                       difference.relativeNorm);
    worst = std::max(worst, difference.maxRelativeError);
  }
  if (Status status = server.expect(*outputs); !status)
    return status.error();
  return worst;
}

} // namespace recflex
