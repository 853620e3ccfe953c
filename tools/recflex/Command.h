//===- Command.h - One of recflex's commands --------------------*- C++ -*-===//

#ifndef RECFLEX_TOOLS_RECFLEX_COMMAND_H
#define RECFLEX_TOOLS_RECFLEX_COMMAND_H

#include "recflex/Support/Result.h"

#include "llvm/Support/CommandLine.h"

#include <memory>

namespace recflex {

/// A command owns its options, so that none is global.
class Command {
public:
  Command(llvm::StringRef name, llvm::StringRef summary)
      : sub(name, summary) {}
  virtual ~Command() = default;

  /// Whether this is the command that the user named.
  bool isChosen() { return static_cast<bool>(sub); }
  llvm::cl::SubCommand &subCommand() { return sub; }

  /// Does it. An error is printed.
  virtual Status run() = 0;

  /// What recflex exits with once run() has succeeded.
  int exitCode() const { return code; }
  /// What it exits with after an error, of the command line as well.
  virtual int errorCode() const { return 1; }

protected:
  llvm::cl::SubCommand sub;
  int code = 0;
};

std::unique_ptr<Command> createImportCommand();
std::unique_ptr<Command> createGenerateCommand();
std::unique_ptr<Command> createTuneCommand();
std::unique_ptr<Command> createExplainCommand();
std::unique_ptr<Command> createCompileCommand();
std::unique_ptr<Command> createInspectCommand();
std::unique_ptr<Command> createDiffCommand();
std::unique_ptr<Command> createRunCommand();
std::unique_ptr<Command> createBenchCommand();
std::unique_ptr<Command> createCompareCommand();
std::unique_ptr<Command> createServeCheckCommand();
std::unique_ptr<Command> createStressCommand();
std::unique_ptr<Command> createDoctorCommand();
std::unique_ptr<Command> createPlantFaultCommand();

} // namespace recflex

#endif // RECFLEX_TOOLS_RECFLEX_COMMAND_H
