//===- ServedModel.h - The artifact that a command serves -------*- C++ -*-===//

#ifndef RECFLEX_TOOLS_RECFLEX_SERVE_SERVEDMODEL_H
#define RECFLEX_TOOLS_RECFLEX_SERVE_SERVEDMODEL_H

#include "Servers.h"

#include "../Workload.h"

#include "recflex/Serving/Load.h"

namespace recflex {

/// What `serve-check` and `stress` work on.
struct ServedModel {
  Artifact artifact;
  HostTables tables;
  std::vector<Batch> batches;

  std::vector<BatchCost> costs() const;
  /// What each batch pools, in double precision.
  Result<std::vector<std::vector<float>>> references() const;
};

/// The options that say which artifact is served, where, with what batches and
/// tables.
class ServedModelOptions {
public:
  explicit ServedModelOptions(llvm::cl::SubCommand &sub);

  Result<ServedModel> read() const;
  InputChecks checks() const { return chosenChecks; }
  bool isOnCpu() const { return target == Target::cpu; }
  /// Loads `batches`, which outlive the server, in place of the model's own.
  /// `threads` is how many will wait at the same time.
  Result<std::unique_ptr<Server>> load(const ServedModel &model,
                                       const std::vector<Batch> &batches,
                                       const ContextOptions &context,
                                       int64_t threads) const;

private:
  enum class Target { cuda, cpu };

  llvm::cl::opt<std::string> path;
  llvm::cl::opt<Target> target;
  llvm::cl::opt<InputChecks> chosenChecks;
  Workload workload;
};

/// Runs every batch alone, compares the results with the references and tells
/// `server` to expect them. Returns the largest relative error.
Result<double> verifyAlone(Server &server,
                           const std::vector<std::vector<float>> &references);

} // namespace recflex

#endif // RECFLEX_TOOLS_RECFLEX_SERVE_SERVEDMODEL_H
