//===- ModelInput.h - The model that a command works on ---------*- C++ -*-===//

#ifndef RECFLEX_TOOLS_RECFLEX_MODELINPUT_H
#define RECFLEX_TOOLS_RECFLEX_MODELINPUT_H

#include "recflex/Data/ModelSpec.h"
#include "recflex/Support/Result.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Support/Timing.h"
#include "llvm/Support/CommandLine.h"

namespace recflex {

/// The options that name a model: a file (.json or .mlir), or the original's
/// two configuration files.
class ModelInput {
public:
  explicit ModelInput(llvm::cl::SubCommand &sub, bool takesArtifacts = false);

  /// Whether the file is an artifact rather than a description or IR.
  bool isArtifact() const;
  const std::string &path() const { return file; }

  /// The description; an error for .mlir files, which have none.
  Result<ModelSpec> readSpec() const;
  bool hasSpec() const;

  /// The model as emb IR: parsed, or imported from the description.
  Result<mlir::OwningOpRef<mlir::ModuleOp>>
  readModule(mlir::MLIRContext &context) const;

private:
  llvm::cl::opt<std::string> file;
  llvm::cl::opt<std::string> tables;
  llvm::cl::opt<std::string> data;
};

/// What is to be said of a compilation.
struct SessionOptions {
  std::string remarks;     ///< categories to print, a regex; none if empty
  std::string remarksFile; ///< YAML of those, or else of all; none if empty
  bool timing = false;     ///< what took how long, on standard error at the end
};

/// A context with everything registered, whose errors are kept rather than
/// printed. Warnings and remarks go to standard error.
class CompilerSession {
public:
  explicit CompilerSession(const SessionOptions &options = {});

  mlir::MLIRContext &context() { return mlirContext; }
  /// Parts of the session's work are timed in scopes inside this one.
  mlir::TimingScope &timing() { return timingScope; }
  /// The errors since the last call, as one Error.
  Error takeError();
  /// The same as lines to append to another message; empty if there are none.
  std::string takeDetail();

private:
  void enableRemarks(const SessionOptions &options);

  mlir::MLIRContext mlirContext;
  std::string errors;
  mlir::DefaultTimingManager timingManager;
  mlir::TimingScope timingScope;
};

} // namespace recflex

#endif // RECFLEX_TOOLS_RECFLEX_MODELINPUT_H
