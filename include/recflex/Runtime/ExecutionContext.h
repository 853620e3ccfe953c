//===- ExecutionContext.h - Launches batches in one stream ------*- C++ -*-===//

#ifndef RECFLEX_RUNTIME_EXECUTIONCONTEXT_H
#define RECFLEX_RUNTIME_EXECUTIONCONTEXT_H

#include "recflex/Runtime/BatchArguments.h"
#include "recflex/Runtime/DeviceModule.h"

namespace recflex {

/// The workspace for launching a module's kernels in one stream at a time; all
/// of it is allocated when the context is made. Launches of one context must
/// follow one another in stream order, for they share the workspace: take one
/// context for each stream that runs at the same time.
class ExecutionContext {
public:
  static Result<ExecutionContext>
  create(std::shared_ptr<const AttachedTables> tables);

  /// Enqueues the whole forward of a batch into `stream`: the two binding
  /// kernels, then the pooling kernel. Neither allocates nor waits, so it can
  /// be captured in a graph; the addresses in `batch` are then the graph's.
  /// Errors: an address or a size that cannot be right, or the driver's.
  Status launch(const BatchArguments &batch, CUstream_st *stream) const;

  /// The binding kernels alone: to measure them.
  Status launchBinding(const BatchArguments &batch, CUstream_st *stream) const;

  const AttachedTables &tables() const { return *attached; }
  const DeviceModule &module() const { return attached->module(); }

  /// The binding table that the last launch left, in device memory:
  /// KernelABI.h has the arrays' sizes.
  DevicePtr keys() const { return workspace.address(); }
  DevicePtr order() const;
  DevicePtr starts() const;

private:
  ExecutionContext(std::shared_ptr<const AttachedTables> tables,
                   DeviceBuffer workspace)
      : attached(std::move(tables)), workspace(std::move(workspace)) {}

  Status checkArguments(const BatchArguments &batch) const;
  Status enqueueBinding(const BatchArguments &batch, CUstream_st *stream) const;
  Status enqueueForward(const BatchArguments &batch, CUstream_st *stream) const;

  std::shared_ptr<const AttachedTables> attached;
  DeviceBuffer workspace; ///< keys, order, starts, each from an aligned offset
};

} // namespace recflex

#endif // RECFLEX_RUNTIME_EXECUTIONCONTEXT_H
