//===- Prepare.cpp - A model, compiled, with batches and tables -----------===//

#include "Prepare.h"

#include "recflex/Data/BatchFile.h"

#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"

namespace cl = llvm::cl;

namespace recflex {

Preparation::Preparation(cl::SubCommand &sub)
    : input(sub, /*takesArtifacts=*/true), options(sub), workload(sub),
      samples("samples", cl::CommaSeparated,
              cl::desc("sample batches (safetensors) to choose schedules from; "
                       "without, a generated batch of other samples, or the "
                       "batches themselves"),
              cl::value_desc("file,..."), cl::sub(sub)) {}

Status Preparation::compile(PreparedModel &model, bool emitsPtx) const {
  auto module = input.readModule(model.session.context());
  if (!module)
    return module.error().then(model.session.takeDetail());
  model.module = std::move(*module);
  Result<JaggedInput> jagged = findJaggedInput(*model.module);
  if (!jagged)
    return jagged.error();
  auto batches = workload.batches(input, jagged->features, jagged->indexType);
  if (!batches)
    return batches.error();
  model.batches = std::move(*batches);

  if (samples.empty()) {
    auto others = workload.samples(input, model.batches);
    if (!others)
      return others.error();
    attachStats(*model.module, *others);
  } else {
    auto given = readSamples({samples.begin(), samples.end()}, *jagged);
    if (!given)
      return given.error();
    attachStats(*model.module, *given);
  }
  mlir::OwningOpRef<mlir::ModuleOp> copy(
      mlir::cast<mlir::ModuleOp>(model.module.get()->clone()));
  Result<BuiltModel> built = build(model.session, *copy, options, emitsPtx);
  if (!built)
    return built.error();
  model.artifact = std::move(built->artifact);
  model.lowered = std::move(built->lowered);
  return {};
}

Result<std::unique_ptr<PreparedModel>>
Preparation::prepare(bool emitsPtx) const {
  if (Status status = options.check(); !status)
    return status.error();
  auto model = std::make_unique<PreparedModel>(options.session());
  if (!input.isArtifact()) {
    if (Status status = compile(*model, emitsPtx); !status)
      return status.error();
    return model;
  }
  Result<Artifact> artifact = readArtifact(input.path());
  if (!artifact)
    return artifact.error();
  model->artifact = std::move(*artifact);
  const Manifest &manifest = model->artifact.manifest;
  auto batches =
      workload.batches(input, manifest.jaggedFeatures, manifest.indexType);
  if (!batches)
    return batches.error();
  model->batches = std::move(*batches);
  return model;
}

} // namespace recflex
