//===- ExecutionContext.h - Launches batches in one stream ------*- C++ -*-===//

#ifndef RECFLEX_RUNTIME_EXECUTIONCONTEXT_H
#define RECFLEX_RUNTIME_EXECUTIONCONTEXT_H

#include "recflex/Runtime/DeviceModule.h"
#include "recflex/Runtime/FaultReport.h"
#include "recflex/Runtime/LaunchSequence.h"

namespace recflex {

/// The workspace for launching a module's kernels in one stream at a time; all
/// of it is allocated when the context is made. Launches of one context must
/// follow one another in stream order, for they share the workspace: take one
/// context for each stream that runs at the same time.
class ExecutionContext {
public:
  /// Errors: options that no context can have, or too little memory.
  static Result<ExecutionContext>
  create(std::shared_ptr<const AttachedTables> tables,
         const ContextOptions &options = {});

  /// Enqueues the whole forward of a batch into `stream`: the input kernels, if
  /// the batch isn't given as values and offsets, the two binding kernels, then
  /// the pooling kernel. Neither allocates nor waits, so it can
  /// be captured in a graph; the addresses in `batch` are then the graph's.
  /// Errors: an address or a size that cannot be right, or the driver's.
  Status launch(const BatchArguments &batch, CUstream_st *stream) const;

  /// All but the pooling kernel: to measure that part.
  Status launchBinding(const BatchArguments &batch, CUstream_st *stream) const;
  /// The pooling kernel alone, to measure that part, of a batch given as values
  /// and offsets: the last one that was bound in this context.
  Status launchPooling(const BatchArguments &batch, CUstream_st *stream) const;

  /// Faults of the launches in `stream` since they were cleared; waits for the
  /// stream. Empty for a context without checks.
  Result<FaultReport> faults(CUstream_st *stream) const;
  /// Forgets them, in stream order.
  Status clearFaults(CUstream_st *stream) const;

  const AttachedTables &tables() const { return *attached; }
  const std::shared_ptr<const AttachedTables> &sharedTables() const {
    return attached;
  }
  const DeviceModule &module() const { return attached->module(); }

  /// The arrays that the last launch left, in device memory.
  const Workspace &workspace() const { return sequence.workspace(); }

private:
  ExecutionContext(std::shared_ptr<const AttachedTables> tables,
                   DeviceBuffer memory, const LaunchSequence &sequence)
      : attached(std::move(tables)), memory(std::move(memory)),
        sequence(sequence) {}

  /// Checks the batch, and calls `enqueue` with a queue of the stream.
  template <typename Enqueue>
  Status enqueue(const BatchArguments &batch, CUstream_st *stream,
                 const Enqueue &enqueue) const;

  std::shared_ptr<const AttachedTables> attached;
  DeviceBuffer memory; ///< of the workspace
  LaunchSequence sequence;
};

} // namespace recflex

#endif // RECFLEX_RUNTIME_EXECUTIONCONTEXT_H
