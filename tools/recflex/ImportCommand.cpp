//===- ImportCommand.cpp - recflex import ---------------------------------===//

#include "Command.h"
#include "ModelInput.h"

#include "recflex/Data/ModelJson.h"
#include "recflex/Support/Files.h"

#include "llvm/Support/raw_ostream.h"

namespace cl = llvm::cl;

namespace recflex {
namespace {

enum class ImportFormat { mlir, json };

class ImportCommand final : public Command {
public:
  ImportCommand() : Command("import", "a model description to emb IR") {}

  Status run() override {
    std::string text;
    if (format == ImportFormat::json) {
      Result<ModelSpec> spec = input.readSpec();
      if (!spec)
        return spec.error();
      text = printModelJson(*spec);
    } else {
      CompilerSession session;
      auto module = input.readModule(session.context());
      if (!module)
        return module.error().then(session.takeDetail());
      llvm::raw_string_ostream os(text);
      (*module)->print(os);
      os << '\n';
    }
    return writeOutput(output, text);
  }

private:
  ModelInput input{sub};
  cl::opt<std::string> output{"o", cl::desc("where to write it"),
                              cl::value_desc("file"), cl::init("-"),
                              cl::sub(sub)};
  cl::opt<ImportFormat> format{
      "emit", cl::desc("what to write"),
      cl::values(clEnumValN(ImportFormat::mlir, "mlir", "emb IR (default)"),
                 clEnumValN(ImportFormat::json, "json",
                            "a JSON model description")),
      cl::init(ImportFormat::mlir), cl::sub(sub)};
};

} // namespace

std::unique_ptr<Command> createImportCommand() {
  return std::make_unique<ImportCommand>();
}

} // namespace recflex
