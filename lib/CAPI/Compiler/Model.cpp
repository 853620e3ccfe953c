//===- Model.cpp - emb IR in and out --------------------------------------===//

#include "Arguments.h"
#include "Handles.h"

#include "recflex/Conversion/ImportModel.h"

#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"

#include <cstring>

using namespace mlir;
using namespace recflex;
using namespace recflex::capi;

using SessionPointer = std::shared_ptr<CompilerSession>;

RecflexStatus recflexModelImport(RecflexCompiler *compiler,
                                 const RecflexDescription *description,
                                 RecflexModel **model) {
  return guarded([&]() -> Status {
    if (Status status = need(compiler, "compiler is null; create one"); !status)
      return status;
    if (Status status =
            need(description, "description is null; create or parse one");
        !status)
      return status;
    if (Status status = needPlace(model, "model"); !status)
      return status;
    const ModelSpec &spec = description->builder.model();
    if (spec.features.empty())
      return makeError("the description has no features; add at least one");
    SessionPointer session = compiler->session;
    *model = new RecflexModel{session, importModel(&session->context(), spec),
                              /*samples=*/{}};
    return {};
  });
}

static Result<OwningOpRef<ModuleOp>>
parse(CompilerSession &session, StringRef source, const std::string &name) {
  // Bytecode wants its constants aligned, text a zero byte at its end.
  std::unique_ptr<llvm::WritableMemoryBuffer> copy =
      llvm::WritableMemoryBuffer::getNewUninitMemBuffer(source.size(), name,
                                                        llvm::Align(64));
  if (!copy)
    return makeError(ErrorCode::outOfMemory, "no memory for a copy of the ",
                     source.size(), " bytes of source");
  llvm::copy(source, copy->getBufferStart());
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(std::move(copy), llvm::SMLoc());
  OwningOpRef<ModuleOp> module =
      parseSourceFile<ModuleOp>(sources, ParserConfig(&session.context()));
  if (!module)
    return makeError(name, ": is not valid IR").then(session.takeDetail());
  return module;
}

RecflexStatus recflexModelParse(RecflexCompiler *compiler, const void *source,
                                size_t size, const char *name,
                                RecflexModel **model) {
  return guarded([&]() -> Status {
    if (Status status = need(compiler, "compiler is null; create one"); !status)
      return status;
    if (Status status = need(source, "source is null; give emb IR"); !status)
      return status;
    if (Status status = needPlace(model, "model"); !status)
      return status;
    (void)compiler->session->takeDetail(); // of calls before
    auto module =
        parse(*compiler->session, {static_cast<const char *>(source), size},
              name ? name : "model");
    if (!module)
      return module.error();
    *model = new RecflexModel{compiler->session, std::move(*module),
                              /*samples=*/{}};
    return {};
  });
}

void recflexModelDestroy(RecflexModel *model) { delete model; }

/// Makes a text of what `write` writes of the model.
template <typename Write>
static RecflexStatus writeModel(const RecflexModel *model, RecflexText **text,
                                const char *name, Write &&write) {
  return guarded([&]() -> Status {
    if (Status status = need(model, "model is null; import or parse one");
        !status)
      return status;
    if (Status status = needPlace(text, name); !status)
      return status;
    std::string bytes;
    llvm::raw_string_ostream os(bytes);
    if (failed(write(*model->module, os)))
      return model->session->takeError();
    *text = new RecflexText{std::move(bytes)};
    return {};
  });
}

RecflexStatus recflexModelPrint(const RecflexModel *model, RecflexText **text) {
  return writeModel(model, text, "text", [](ModuleOp module, auto &os) {
    os << module << '\n';
    return success();
  });
}

RecflexStatus recflexModelWriteBytecode(const RecflexModel *model,
                                        RecflexText **bytecode) {
  return writeModel(model, bytecode, "bytecode", [](ModuleOp module, auto &os) {
    return writeBytecodeToFile(module, os);
  });
}
