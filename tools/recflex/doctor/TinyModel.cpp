//===- TinyModel.cpp - A model to try things with -------------------------===//

#include "TinyModel.h"

#include "recflex/Conversion/ImportModel.h"
#include "recflex/Runtime/Reference.h"
#include "recflex/Serving/Load.h"

#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"

namespace recflex {

/// Narrow, middling and wide rows of each type, single rows and long bags: each
/// built-in schedule is the best for one of the features.
static ModelSpec describeTinyModel() {
  ModelSpec spec;
  spec.name = "doctor";
  spec.tables = {{"narrow", 100, 8, RowType::f32},
                 {"middling", 200, 32, RowType::f16},
                 {"wide", 300, 128, RowType::bf16}};
  BagDistribution one, few, many;
  few.kind = BagDistribution::Kind::fixed;
  few.hotness = 4;
  many.kind = BagDistribution::Kind::normal;
  many.coverage = 0.8;
  many.mean = 40;
  many.stddev = 20;
  many.max = 100;
  spec.features = {{"one", 0, Pooling::sum, false, one},
                   {"few", 1, Pooling::max, false, few},
                   {"weighted", 1, Pooling::sum, true, few},
                   {"many", 2, Pooling::mean, false, many}};
  return spec;
}

constexpr int64_t kBatchSize = 8;

Result<std::unique_ptr<TinyModel>> TinyModel::compile(const std::string &chip) {
  ModelSpec spec = describeTinyModel();
  Result<Batch> batch =
      generateBatch(spec, kBatchSize, /*batchNumber=*/0, GeneratorOptions());
  if (!batch)
    return batch.error();
  std::unique_ptr<TinyModel> model(new TinyModel());
  model->inputs = {std::move(*batch)};
  model->module = importModel(&model->session.context(), spec);
  attachStats(*model->module, model->inputs);

  CompileOptions options;
  options.chip = chip;
  mlir::OwningOpRef<mlir::ModuleOp> copy(
      mlir::cast<mlir::ModuleOp>(model->module.get()->clone()));
  mlir::FailureOr<LoweredModel> lowered = lowerModel(*copy, options);
  if (mlir::failed(lowered))
    return model->session.takeError();
  mlir::FailureOr<Artifact> artifact = emitArtifact(*lowered, copy->getLoc());
  if (mlir::failed(artifact))
    return model->session.takeError();
  model->built = BuiltModel{std::move(*lowered), std::move(*artifact)};

  const Manifest &manifest = model->artifact().manifest;
  auto tables = HostTables::generate(manifest, /*seed=*/0, TableFill::uniform);
  if (!tables)
    return tables.error();
  if (Status status = tables->prepare(manifest, model->inputs.front()); !status)
    return status.error();
  model->hostTables = std::move(*tables);
  return model;
}

Result<double> TinyModel::verify(const std::vector<float> &output) const {
  auto expected = poolReference(artifact().manifest, hostTables->addresses(),
                                inputs.front());
  if (!expected)
    return expected.error();
  Comparison difference = compare(output, *expected);
  if (!(difference.relativeNorm <= kRoundingTolerance))
    return makeError("wrong results: ", difference.mismatches, " of ",
                     output.size(),
                     " elements differ from the reference, relative norm ",
                     difference.relativeNorm);
  return difference.maxRelativeError;
}

Result<double> TinyModel::verify(Server &server) const {
  auto worker = server.createWorker(/*stream=*/0);
  if (!worker)
    return worker.error();
  auto outputs = runAlone(**worker, inputs.size());
  if (!outputs)
    return outputs.error();
  return verify(outputs->front());
}

} // namespace recflex
