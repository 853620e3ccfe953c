//===- Workload.h - The batches and tables of a command ---------*- C++ -*-===//

#ifndef RECFLEX_TOOLS_RECFLEX_WORKLOAD_H
#define RECFLEX_TOOLS_RECFLEX_WORKLOAD_H

#include "ModelInput.h"

#include "recflex/Runtime/HostTables.h"

namespace recflex {

/// The options of generated batches.
class BatchOptions {
public:
  explicit BatchOptions(llvm::cl::SubCommand &sub);
  Result<std::vector<Batch>> generate(const ModelSpec &spec) const;
  /// One more batch, of other samples than all that generate() gives.
  Result<Batch> generateSample(const ModelSpec &spec) const;

private:
  GeneratorOptions options() const;

  llvm::cl::opt<int64_t> size;
  llvm::cl::opt<int64_t> count;
  llvm::cl::opt<int64_t> first;
  llvm::cl::opt<uint64_t> seed;
  llvm::cl::opt<Popularity> popularity;
  llvm::cl::opt<double> zipfExponent;
};

/// The options of generated tables.
struct TableOptions {
  explicit TableOptions(llvm::cl::SubCommand &sub);

  llvm::cl::opt<uint64_t> seed;
  llvm::cl::opt<TableFill> fill;
};

/// The options that say what tables a command works on: a file, or a seed.
class TableInput {
public:
  explicit TableInput(llvm::cl::SubCommand &sub);

  /// The tables of --weights, or generated.
  Result<HostTables> read(const Manifest &manifest) const;

private:
  llvm::cl::opt<std::string> file;
  TableOptions generated;
};

/// The options that say what batches and tables a command works on: files, or
/// seeds to generate them from.
class Workload {
public:
  explicit Workload(llvm::cl::SubCommand &sub);

  /// The batches of --batch, or generated from the model's description.
  Result<std::vector<Batch>> batches(const ModelInput &input,
                                     int64_t numFeatures,
                                     IndexType indexType) const;
  /// The batches of --batch, or generated so that `manifest` takes them.
  Result<std::vector<Batch>> batches(const Manifest &manifest) const;
  /// What to choose schedules from: a generated batch of other samples, or the
  /// batches themselves where they come from files.
  Result<std::vector<Batch>> samples(const ModelInput &input,
                                     const std::vector<Batch> &batches) const;
  Result<HostTables> tables(const Manifest &manifest) const {
    return tableInput.read(manifest);
  }

private:
  Result<std::vector<Batch>> readBatches(int64_t numFeatures,
                                         IndexType indexType) const;

  llvm::cl::list<std::string> batchFiles;
  BatchOptions generated;
  TableInput tableInput;
};

} // namespace recflex

#endif // RECFLEX_TOOLS_RECFLEX_WORKLOAD_H
