//===- CpuSetup.h - A model and its tables on the CPU -----------*- C++ -*-===//

#ifndef RECFLEX_TOOLS_RECFLEX_CPUSETUP_H
#define RECFLEX_TOOLS_RECFLEX_CPUSETUP_H

#include "recflex/Runtime/CpuForward.h"
#include "recflex/Runtime/HostTables.h"

#include "llvm/Support/CommandLine.h"

namespace recflex {

/// --cpu-threads
class CpuThreadsOption {
public:
  explicit CpuThreadsOption(llvm::cl::SubCommand &sub);
  operator int32_t() const { return threads; }

private:
  llvm::cl::opt<int32_t> threads;
};

/// A model, ready to pool batches on the CPU.
struct LoadedCpuModel {
  /// Tables that stand in a file where the runtime cannot read them as they
  /// are, copied.
  std::vector<std::vector<float>> copies;
  std::shared_ptr<const CpuTables> attached;
  std::unique_ptr<CpuContext> context;

  /// `tables` must outlive it.
  static Result<LoadedCpuModel> load(const Manifest &manifest,
                                     const HostTables &tables, int32_t threads);

  /// Pools a batch of the manifest's index type into `output`, which is made
  /// [batchSize, outputWidth]. Errors: as launch() has them; an index outside
  /// its table.
  Status pool(const Batch &batch, std::vector<float> &output);
};

} // namespace recflex

#endif // RECFLEX_TOOLS_RECFLEX_CPUSETUP_H
