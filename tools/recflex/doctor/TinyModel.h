//===- TinyModel.h - A model to try things with -----------------*- C++ -*-===//

#ifndef RECFLEX_TOOLS_RECFLEX_DOCTOR_TINYMODEL_H
#define RECFLEX_TOOLS_RECFLEX_DOCTOR_TINYMODEL_H

#include "../Build.h"

#include "recflex/Runtime/HostTables.h"
#include "recflex/Serving/Server.h"

namespace recflex {

/// A model of a few features, compiled for a chip, with a batch and tables.
class TinyModel {
public:
  static Result<std::unique_ptr<TinyModel>> compile(const std::string &chip);

  const LoweredModel &lowered() const { return built->lowered; }
  const Artifact &artifact() const { return built->artifact; }
  const HostTables &tables() const { return *hostTables; }
  const std::vector<Batch> &batches() const { return inputs; } ///< one

  /// Compares what the batch gave with the reference: the largest relative
  /// error, or an Error if it is past what rounding does.
  Result<double> verify(const std::vector<float> &output) const;
  /// Runs the batch, and compares.
  Result<double> verify(Server &server) const;

private:
  TinyModel() = default;

  CompilerSession session;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::optional<BuiltModel> built;
  std::optional<HostTables> hostTables;
  std::vector<Batch> inputs;
};

} // namespace recflex

#endif // RECFLEX_TOOLS_RECFLEX_DOCTOR_TINYMODEL_H
