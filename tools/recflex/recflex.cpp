//===- recflex.cpp - The command of inference engineers -------------------===//

#include "Command.h"

#include "llvm/Config/llvm-config.h"
#include "llvm/Support/raw_ostream.h"

#include <vector>

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

using Commands = std::vector<std::unique_ptr<Command>>;

/// The command that the user named, or null.
static Command *findChosen(const Commands &commands) {
  for (auto &command : commands)
    if (command->isChosen())
      return command.get();
  return nullptr;
}

int main(int argc, char **argv) {
  Commands commands;
  for (auto create :
       {createImportCommand, createGenerateCommand, createTuneCommand,
        createExplainCommand, createCompileCommand, createInspectCommand,
        createDiffCommand, createRunCommand, createBenchCommand,
        createCompareCommand, createServeCheckCommand, createStressCommand, createDoctorCommand,
        createPlantFaultCommand})
    commands.push_back(create());
  for (auto &command : commands)
    hideForeignOptions(command->subCommand());
  llvm::cl::SetVersionPrinter(printVersion);
  // With a stream for errors it returns rather than to exit with 1.
  bool parsed = llvm::cl::ParseCommandLineOptions(
      argc, argv,
      "Compiles the embedding layers of recommendation models for GPUs.\n\n"
      "  recflex import       a model description to emb IR\n"
      "  recflex generate     sample batches and tables\n"
      "  recflex tune         a schedule for every lookup, by trials\n"
      "  recflex explain      why a tuned model has its schedules\n"
      "  recflex compile      emb IR to PTX or an artifact\n"
      "  recflex inspect      what is in an artifact\n"
      "  recflex diff         what differs between two artifacts\n"
      "  recflex run          a batch on a GPU, the simulator or the CPU\n"
      "  recflex bench        time batches on a GPU\n"
      "  recflex compare      time artifacts of a model in turns\n"
      "  recflex serve-check  an artifact under load from many threads\n"
      "  recflex stress       long tests of an artifact\n"
      "  recflex doctor       what this machine has, and what works\n"
      "  recflex plant-fault  a kernel for compute-sanitizer to object to\n",
      &llvm::errs());
  Command *command = findChosen(commands);
  if (!parsed)
    return command ? command->errorCode() : 1;
  if (!command) {
    llvm::errs() << "recflex: error: no command given; recflex --help lists "
                    "them\n";
    return 1;
  }
  Status status = command->run();
  if (status)
    return command->exitCode();
  llvm::errs() << "recflex: error: " << status.error().message << '\n';
  return command->errorCode();
}
