//===- CudaSetup.h - An artifact and its tables on a GPU --------*- C++ -*-===//

#ifndef RECFLEX_TOOLS_RECFLEX_CUDASETUP_H
#define RECFLEX_TOOLS_RECFLEX_CUDASETUP_H

#include "recflex/Runtime/Artifact.h"
#include "recflex/Runtime/DeviceBatch.h"
#include "recflex/Runtime/DeviceMemory.h"
#include "recflex/Runtime/DeviceTables.h"
#include "recflex/Runtime/ExecutionContext.h"
#include "recflex/Runtime/HostTables.h"

namespace recflex {

/// Batches in device memory, and an output that holds any of theirs.
struct DeviceBatches {
  std::vector<DeviceBatch> batches;
  DeviceBuffer output;

  static Result<DeviceBatches> upload(const Stream &stream,
                                      const Manifest &manifest,
                                      const std::vector<Batch> &batches);
};

/// `options` with room for the scratch of `batches`, if the model has any.
ContextOptions withScratch(ContextOptions options, const Manifest &manifest,
                           const std::vector<Batch> &batches);

/// A module, ready to launch with given tables.
struct LoadedModel {
  std::shared_ptr<const DeviceModule> module;
  std::shared_ptr<const AttachedTables> attached;
  std::unique_ptr<ExecutionContext> context;

  static Result<LoadedModel> load(const DevicePointer &device,
                                  const Artifact &artifact,
                                  const DeviceTables &tables,
                                  const ContextOptions &options);
};

} // namespace recflex

#endif // RECFLEX_TOOLS_RECFLEX_CUDASETUP_H
