//===- ModelInput.cpp - The model that a command works on -----------------===//

#include "ModelInput.h"

#include "recflex/Conversion/ImportModel.h"
#include "recflex/Data/ModelJson.h"
#include "recflex/Data/OriginalConfig.h"
#include "recflex/Support/Files.h"

#include "mlir/Parser/Parser.h"
#include "llvm/Support/Path.h"

using namespace mlir;
namespace cl = llvm::cl;

namespace recflex {

ModelInput::ModelInput(cl::SubCommand &sub, bool takesArtifacts)
    : file(cl::Positional,
           cl::desc(takesArtifacts ? "<model.mlir | model.json | model.recflex>"
                                   : "<model.mlir | model.json>"),
           cl::sub(sub)),
      tables("tables",
             cl::desc("the original's table_config.txt (rows,width a line)"),
             cl::value_desc("file"), cl::sub(sub)),
      data("data", cl::desc("the original's data_config.txt, with --tables"),
           cl::value_desc("file"), cl::sub(sub)) {}

bool ModelInput::isArtifact() const {
  return llvm::sys::path::extension(file.getValue()) == ".recflex";
}

bool ModelInput::hasSpec() const {
  return !tables.empty() ||
         llvm::sys::path::extension(file.getValue()) == ".json";
}

Result<ModelSpec> ModelInput::readSpec() const {
  if (!file.empty() && (!tables.empty() || !data.empty()))
    return makeError("give either ", std::string(file),
                     " or --tables and --data, not both");
  if (tables.empty() != data.empty())
    return makeError(
        "--tables and --data go together: the original's table_config.txt and "
        "data_config.txt");
  if (!tables.empty()) {
    std::string folder = llvm::sys::path::filename(
                             llvm::sys::path::parent_path(tables.getValue()))
                             .str();
    return readOriginalConfig(tables, data, folder.empty() ? "model" : folder);
  }
  if (file.empty())
    return makeError("no model given; name a .json or .mlir file, or give "
                     "--tables and --data");
  if (!hasSpec())
    return makeError(std::string(file),
                     ": says nothing of how batches look; give a .json "
                     "description or --tables and --data");
  return readModelJson(file);
}

/// Operations of other compilers were parsed for this: to say what they are.
static LogicalResult checkDialects(ModuleOp module) {
  auto check = [](Operation *op) -> WalkResult {
    if (op->isRegistered())
      return WalkResult::advance();
    StringRef dialect = op->getName().getDialectNamespace();
    InFlightDiagnostic error = op->emitError()
                               << "'" << op->getName()
                               << "' is of a dialect that recflex does not "
                                  "know; ";
    StringRef pass;
    if (dialect == "torch" || dialect == "torch_c")
      pass = "-raise-torch-embedding-bag-to-emb";
    else if (dialect == "linalg")
      pass = "-raise-linalg-gather-to-emb";
    if (pass.empty())
      error << "take what is not lookups out of the model";
    else
      error << "raise the whole model with recflex-opt " << pass
            << ": --remarks-filter='raise-.*' says what is left, and why";
    return WalkResult::interrupt();
  };
  return failure(module.walk(check).wasInterrupted());
}

Result<OwningOpRef<ModuleOp>>
ModelInput::readModule(MLIRContext &context) const {
  if (hasSpec() || file.empty()) {
    Result<ModelSpec> spec = readSpec();
    if (!spec)
      return spec.error();
    return importModel(&context, *spec);
  }
  Result<std::string> text = readFile(file);
  if (!text)
    return text.error();
  context.allowUnregisteredDialects(); // checkDialects() says what they are
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(
      *text, ParserConfig(&context), file.getValue());
  if (!module)
    return makeError(std::string(file), ": is not valid IR");
  if (failed(checkDialects(*module)))
    return makeError(std::string(file), ": holds more than recflex compiles");
  return module;
}

} // namespace recflex
