//===- Artifact.cpp - A model, compiled -----------------------------------===//

#include "Arguments.h"
#include "Handles.h"
#include "Specs.h"

#include "recflex/Pipelines/Cubins.h"
#include "recflex/Runtime/ManifestJson.h"
#include "recflex/Support/Files.h"

#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace recflex;
using namespace recflex::capi;

namespace {
struct Options {
  CompileOptions compile;
  std::vector<std::string> cubins;
};
} // namespace

static Status readOptions(const RecflexCompileOptions *given,
                          Options &options) {
  if (!given)
    return {};
  RecflexCompileOptions known;
  if (Status status = readStruct(given, known); !status)
    return status;
  auto schedules = readStrings(known.schedules, known.scheduleCount,
                               "RecflexCompileOptions.schedules");
  if (!schedules)
    return schedules.error();
  auto cubins = readStrings(known.cubins, known.cubinCount,
                            "RecflexCompileOptions.cubins");
  if (!cubins)
    return cubins.error();
  if (known.chip)
    options.compile.chip = std::string(known.chip);
  options.compile.threads = known.threads;
  options.compile.blocks = known.blocks;
  options.compile.batch = known.batch;
  if (known.binding) {
    if (Status status =
            checkBindingWord(known.binding, "RecflexCompileOptions.binding");
        !status)
      return status.error();
    options.compile.binding = std::string(known.binding);
  }
  for (const std::string &name : *schedules)
    options.compile.only.push_back(name);
  options.cubins = std::move(*cubins);
  if (Status status = checkCubinChips(options.cubins, options.compile.chip);
      !status)
    return status.error().in("RecflexCompileOptions.cubins");
  return {};
}

static Status compile(const RecflexModel &model, const Options &options,
                      RecflexArtifact &compiled) {
  compiled.session = model.session;
  CompilerSession &session = *compiled.session;
  (void)session.takeDetail();
  compiled.module = cast<ModuleOp>(model.module.get()->clone());
  FailureOr<LoweredModel> lowered =
      lowerModel(*compiled.module, options.compile);
  if (failed(lowered))
    return session.takeError();
  FailureOr<Artifact> artifact =
      emitArtifact(*lowered, compiled.module->getLoc());
  if (failed(artifact))
    return session.takeError();
  if (Status status = addCubins(*artifact, options.cubins); !status)
    return status;
  if (Status status = check(*artifact); !status)
    return status;
  compiled.lowered = std::move(*lowered);
  compiled.bytes = serialize(*artifact);
  compiled.manifestJson = toJson(artifact->manifest);
  compiled.ptx = std::move(artifact->ptx);
  return {};
}

RecflexStatus recflexModelCompile(const RecflexModel *model,
                                  const RecflexCompileOptions *options,
                                  RecflexArtifact **artifact) {
  return guarded([&]() -> Status {
    if (Status status = need(model, "model is null; import or parse one");
        !status)
      return status;
    if (Status status = needPlace(artifact, "artifact"); !status)
      return status;
    Options known;
    if (Status status = readOptions(options, known); !status)
      return status;
    auto compiled = std::make_unique<RecflexArtifact>();
    if (Status status = compile(*model, known, *compiled); !status)
      return status;
    *artifact = compiled.release();
    return {};
  });
}

void recflexArtifactDestroy(RecflexArtifact *artifact) { delete artifact; }

const void *recflexArtifactBytes(const RecflexArtifact *artifact,
                                 size_t *size) {
  if (size)
    *size = artifact ? artifact->bytes.size() : 0;
  return artifact ? artifact->bytes.data() : nullptr;
}

RecflexStatus recflexArtifactWrite(const RecflexArtifact *artifact,
                                   const char *path) {
  return guarded([&]() -> Status {
    if (Status status = need(artifact, "artifact is null; compile one");
        !status)
      return status;
    if (Status status = need(path, "path is null; say where to write it");
        !status)
      return status;
    return writeFile(path, artifact->bytes);
  });
}

const char *recflexArtifactManifest(const RecflexArtifact *artifact) {
  return artifact ? artifact->manifestJson.c_str() : "";
}

const char *recflexArtifactPTX(const RecflexArtifact *artifact) {
  return artifact ? artifact->ptx.c_str() : "";
}

RecflexStatus recflexArtifactPrint(const RecflexArtifact *artifact,
                                   RecflexIR ir, RecflexText **text) {
  return guarded([&]() -> Status {
    if (Status status = need(artifact, "artifact is null; compile one");
        !status)
      return status;
    if (Status status = needPlace(text, "text"); !status)
      return status;
    if (ir != RECFLEX_IR_MLIR && ir != RECFLEX_IR_LLVM)
      return makeError("ir is ", static_cast<int>(ir),
                       "; give one of RecflexIR");
    std::string bytes;
    llvm::raw_string_ostream os(bytes);
    if (ir == RECFLEX_IR_MLIR)
      os << ModuleOp(*artifact->module) << '\n';
    else
      artifact->lowered.kernels->print(os, nullptr);
    *text = new RecflexText{std::move(bytes)};
    return {};
  });
}
