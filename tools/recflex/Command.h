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

  /// Does it. An error is printed and makes the exit code 1.
  virtual Status run() = 0;

protected:
  llvm::cl::SubCommand sub;
};

std::unique_ptr<Command> createImportCommand();
std::unique_ptr<Command> createGenerateCommand();
std::unique_ptr<Command> createCompileCommand();
std::unique_ptr<Command> createRunCommand();
std::unique_ptr<Command> createBenchCommand();

} // namespace recflex

#endif // RECFLEX_TOOLS_RECFLEX_COMMAND_H
