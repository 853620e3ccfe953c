//===- Runner.h - Where a batch runs ----------------------------*- C++ -*-===//

#ifndef RECFLEX_TOOLS_RECFLEX_RUNNER_H
#define RECFLEX_TOOLS_RECFLEX_RUNNER_H

#include "recflex/Pipelines/Compiler.h"
#include "recflex/Runtime/HostTables.h"

#include <memory>
#include <string>

namespace recflex {

/// Runs batches of one model on one kind of device. Outputs are
/// [batchSize, outputWidth] f32, row-major.
class Runner {
public:
  virtual ~Runner() = default;
  virtual Result<std::vector<float>> run(const Batch &batch) = 0;
  /// One line on what ran, for people.
  virtual std::string describe() const = 0;
};

/// The emitted kernels, on the simulator; `tables` outlive the runner and are
/// prepared for every batch.
Result<std::unique_ptr<Runner>> createSimRunner(const LoweredModel &model,
                                                const HostTables &tables);

/// The artifact, on GPU 0, for such batches. Copies the tables there.
Result<std::unique_ptr<Runner>>
createCudaRunner(const Artifact &artifact, const HostTables &tables,
                 const std::vector<Batch> &batches);

/// The reference lowering of `module` (emb IR), compiled for this CPU.
Result<std::unique_ptr<Runner>> createLoopsRunner(mlir::ModuleOp module,
                                                  const Manifest &manifest,
                                                  const HostTables &tables);

/// What the artifact's manifest says, on the CPU as CpuForward.h has it, with
/// `threads` threads (0: one a processor).
Result<std::unique_ptr<Runner>> createCpuRunner(const Manifest &manifest,
                                                const HostTables &tables,
                                                int32_t threads);

} // namespace recflex

#endif // RECFLEX_TOOLS_RECFLEX_RUNNER_H
