//===- GenerateCommand.cpp - recflex generate -----------------------------===//

#include "Command.h"
#include "Workload.h"

#include "recflex/Data/BatchFile.h"
#include "recflex/Data/TableFile.h"
#include "recflex/Data/TextBatch.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

namespace cl = llvm::cl;

namespace recflex {
namespace {

class GenerateCommand final : public Command {
public:
  GenerateCommand() : Command("generate", "sample batches and tables") {}

  Status run() override {
    Result<ModelSpec> spec = input.readSpec();
    if (!spec)
      return spec.error();
    Result<std::vector<Batch>> batches =
        textFolder.empty()
            ? generated.generate(*spec)
            : readTextBatches(textFolder, spec->features.size(),
                              spec->indexType);
    if (!batches)
      return batches.error();
    if (std::error_code error = llvm::sys::fs::create_directories(folder))
      return makeError(std::string(folder),
                       ": cannot create the folder: ", error.message());
    for (size_t i = 0; i < batches->size(); ++i) {
      std::string path = folder + "/batch" + std::to_string(i) + ".safetensors";
      if (Status status = writeBatch((*batches)[i], path); !status)
        return status;
      llvm::outs() << path << '\n';
    }
    if (!withTables)
      return {};
    std::string path = folder + "/tables.safetensors";
    if (Status status = writeGeneratedTables(*spec, tables.seed, tables.fill, path);
        !status)
      return status;
    llvm::outs() << path << '\n';
    return {};
  }

private:
  ModelInput input{sub};
  BatchOptions generated{sub};
  TableOptions tables{sub};
  cl::opt<bool> withTables{"write-tables",
                           cl::desc("write tables.safetensors as well"),
                           cl::sub(sub)};
  cl::opt<std::string> textFolder{
      "from-text",
      cl::desc("convert the original's text batches (f0.txt, ..., "
               "batch_sizes.txt) instead of generating"),
      cl::value_desc("folder"), cl::sub(sub)};
  cl::opt<std::string> folder{"o", cl::desc("folder to write to"),
                              cl::value_desc("folder"), cl::init("."),
                              cl::sub(sub)};
};

} // namespace

std::unique_ptr<Command> createGenerateCommand() {
  return std::make_unique<GenerateCommand>();
}

} // namespace recflex
