//===- LaunchSequence.h - The kernels of a batch ----------------*- C++ -*-===//

#ifndef RECFLEX_RUNTIME_LAUNCHSEQUENCE_H
#define RECFLEX_RUNTIME_LAUNCHSEQUENCE_H

#include "recflex/Runtime/BatchArguments.h"
#include "recflex/Runtime/Binding.h"
#include "recflex/Runtime/FeatureArrays.h"
#include "recflex/Runtime/InputConversion.h"
#include "recflex/Runtime/KernelQueue.h"
#include "recflex/Runtime/Workspace.h"

namespace recflex {

/// The kernels that pool a batch, with their grids and arguments: the same on a
/// GPU and on the simulator. Neither allocates nor waits. Immutable.
class LaunchSequence {
public:
  /// `manifest` must outlive the sequence. At `featureArrays` stands what
  /// packFeatureArrays() gives, `workspace` has room for `options`.
  LaunchSequence(const Manifest &manifest, DevicePtr featureArrays,
                 const Workspace &workspace, const ContextOptions &options);

  /// Whether there is nothing to launch.
  bool isEmpty(const BatchArguments &batch) const {
    return batch.batchSize == 0 || features == 0;
  }

  /// Errors: an address or a size that cannot be right.
  Status check(const BatchArguments &batch) const;

  /// Launches what brings a batch into the form that the kernels read, where
  /// that is needed, and the binding kernels unless the binding is fixed. The
  /// batch has passed check() and is not empty. Returns it in that form.
  /// Errors: the queue's.
  Result<BatchArguments> bind(const BatchArguments &batch,
                              KernelQueue &queue) const;

  /// Launches the forward kernel of what bind() has returned, bind() being
  /// ahead of it in the queue. `views` are those that the batch was given with,
  /// or 0: faults are then named by the keys' own positions.
  Status pool(const BatchArguments &batch, DevicePtr views,
              KernelQueue &queue) const;

  const Workspace &workspace() const { return memory; }
  int64_t faultCapacity() const { return options.faultCapacity; }

private:
  const Manifest *manifest;
  uint64_t features;
  BlockCounter blocks;
  FeatureArrays arrays;
  Workspace memory;
  ContextOptions options;
  InputConverter converter;
};

} // namespace recflex

#endif // RECFLEX_RUNTIME_LAUNCHSEQUENCE_H
