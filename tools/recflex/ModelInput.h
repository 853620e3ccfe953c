//===- ModelInput.h - The model that a command works on ---------*- C++ -*-===//

#ifndef RECFLEX_TOOLS_RECFLEX_MODELINPUT_H
#define RECFLEX_TOOLS_RECFLEX_MODELINPUT_H

#include "recflex/Data/ModelSpec.h"
#include "recflex/Pipelines/CompilerSession.h"
#include "recflex/Support/Result.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
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

} // namespace recflex

#endif // RECFLEX_TOOLS_RECFLEX_MODELINPUT_H
