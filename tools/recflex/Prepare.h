//===- Prepare.h - A model, compiled, with batches and tables ---*- C++ -*-===//

#ifndef RECFLEX_TOOLS_RECFLEX_PREPARE_H
#define RECFLEX_TOOLS_RECFLEX_PREPARE_H

#include "Build.h"
#include "Workload.h"

#include <optional>

namespace recflex {

/// What `run` and `bench` work on.
struct PreparedModel {
  CompilerSession session;
  mlir::OwningOpRef<mlir::ModuleOp> module; ///< emb IR; null for an artifact
  std::optional<LoweredModel> lowered;      ///< none for an artifact
  Artifact artifact; ///< with its manifest alone, if no PTX was asked for
  std::vector<Batch> batches;

  explicit PreparedModel(const SessionOptions &options) : session(options) {}
};

/// The options of `run` and `bench`, and the way from them to a model that can
/// be launched.
class Preparation {
public:
  explicit Preparation(llvm::cl::SubCommand &sub);

  /// Only a GPU needs PTX.
  Result<std::unique_ptr<PreparedModel>> prepare(bool emitsPtx) const;
  Result<HostTables> tables(const Manifest &manifest) const {
    return workload.tables(manifest);
  }

private:
  Status compile(PreparedModel &model, bool emitsPtx) const;

  ModelInput input;
  BuildOptions options;
  Workload workload;
  llvm::cl::list<std::string> samples;
};

} // namespace recflex

#endif // RECFLEX_TOOLS_RECFLEX_PREPARE_H
