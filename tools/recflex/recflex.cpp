//===- recflex.cpp - The command of inference engineers -------------------===//

#include "Command.h"

#include "llvm/Config/llvm-config.h"
#include "llvm/Support/raw_ostream.h"

using namespace recflex;

static void printVersion(llvm::raw_ostream &os) {
  os << "recflex " RECFLEX_VERSION " (LLVM " LLVM_VERSION_STRING ")\n";
}

/// LLVM's own options (of backends and passes) are not for users of recflex.
static void hideForeignOptions(llvm::cl::SubCommand &sub) {
  for (auto &[name, option] : sub.OptionsMap)
    if (option->Subs.contains(&llvm::cl::SubCommand::getAll()) &&
        name != "help" && name != "version")
      option->setHiddenFlag(llvm::cl::ReallyHidden);
}

int main(int argc, char **argv) {
  std::unique_ptr<Command> commands[] = {
      createImportCommand(), createGenerateCommand(), createCompileCommand(),
      createRunCommand(), createBenchCommand()};
  for (auto &command : commands)
    hideForeignOptions(command->subCommand());
  llvm::cl::SetVersionPrinter(printVersion);
  llvm::cl::ParseCommandLineOptions(
      argc, argv,
      "Compiles the embedding layers of recommendation models for GPUs.\n\n"
      "  recflex import    a model description to emb IR\n"
      "  recflex generate  sample batches and tables\n"
      "  recflex compile   emb IR to PTX or an artifact\n"
      "  recflex run       a batch on a GPU, the simulator or the CPU\n"
      "  recflex bench     time batches on a GPU\n");
  for (auto &command : commands) {
    if (!command->isChosen())
      continue;
    Status status = command->run();
    if (status)
      return 0;
    llvm::errs() << "recflex: error: " << status.error().message << '\n';
    return 1;
  }
  llvm::errs() << "recflex: error: no command given; use import, generate, "
                  "compile, run or bench (recflex --help tells more)\n";
  return 1;
}
