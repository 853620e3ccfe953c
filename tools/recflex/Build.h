//===- Build.h - Compiling for a command ------------------------*- C++ -*-===//

#ifndef RECFLEX_TOOLS_RECFLEX_BUILD_H
#define RECFLEX_TOOLS_RECFLEX_BUILD_H

#include "ModelInput.h"

#include "recflex/Pipelines/Compiler.h"
#include "recflex/Pipelines/Samples.h"

namespace recflex {

/// The options of compiling, as a user gives them.
class BuildOptions {
public:
  explicit BuildOptions(llvm::cl::SubCommand &sub);

  /// Whether the options make sense by themselves.
  Status check() const;
  void apply(CompileOptions &options) const;
  const std::string &arch() const { return chip; }
  /// What is to be said of compiling.
  SessionOptions session() const;
  /// Where a failing pass leaves its input; empty for nowhere.
  const std::string &reproducer() const { return crashReproducer; }

private:
  llvm::cl::opt<std::string> chip;
  llvm::cl::opt<int64_t> threads;
  llvm::cl::opt<int64_t> blocks;
  llvm::cl::opt<std::string> binding;
  llvm::cl::opt<int64_t> batch;
  llvm::cl::list<std::string> only;
  llvm::cl::opt<std::string> remarkFilter;
  llvm::cl::opt<std::string> remarksFile;
  llvm::cl::opt<bool> timing;
  llvm::cl::opt<std::string> crashReproducer;
};

/// A compiled model, and the LLVM IR that its PTX is made from.
struct BuiltModel {
  LoweredModel lowered;
  Artifact artifact; ///< with its manifest alone, if no PTX was asked for
};

/// Compiles `module` in place, without `emitsPtx` as far as LLVM IR; the
/// session's errors become the Error.
Result<BuiltModel> build(CompilerSession &session, mlir::ModuleOp module,
                         const BuildOptions &options, bool emitsPtx = true);

} // namespace recflex

#endif // RECFLEX_TOOLS_RECFLEX_BUILD_H
