//===- Workspace.h - The arrays that kernels leave one another --*- C++ -*-===//

#ifndef RECFLEX_RUNTIME_WORKSPACE_H
#define RECFLEX_RUNTIME_WORKSPACE_H

#include "recflex/Runtime/BatchArguments.h"

#include <vector>

namespace recflex {

/// Addresses of the arrays in which a batch's kernels leave each other results;
/// KernelABI.h has their contents.
struct Workspace {
  DevicePtr keys = 0;   ///< i32 [2 P], P = abi::paddedFeatures(F)
  DevicePtr order = 0;  ///< i32 [F]
  DevicePtr starts = 0; ///< i32 [F + 1]
  /// CheckState and Fault [faultCapacity]; 0 without checks.
  DevicePtr checkState = 0;
  /// scratchBytes for each of maxBatch samples; 0 if the model needs none.
  DevicePtr scratch = 0;
  /// Of a batch in another form than the kernels read (InputConversion.h), of
  /// at most N bags and maxLookups lookups; 0 where there is no room for one.
  DevicePtr offsets = 0;    ///< of the index type [N + 1]
  DevicePtr bagOffsets = 0; ///< the same, before keyStarts are followed
  DevicePtr chunkSums = 0;  ///< i64, one a chunk of abi::kInputChunk offsets
  DevicePtr values = 0;     ///< of the index type [maxLookups]
  DevicePtr weights = 0;    ///< f32 [maxLookups], if the model is weighted
};

/// One of them, to be allocated; of 0 bytes, it is not.
struct WorkspaceArray {
  const char *name;
  int64_t bytes;
  DevicePtr Workspace::*address; ///< where its address goes
  bool zeroed = false;           ///< whether it must be zero at first
};

/// Addresses of arrays are multiples of this: whole lines of the L2 cache, so
/// that no two arrays share one.
constexpr int64_t kWorkspaceAlignment = 128;

/// Checks that a context of `options` can be made for `manifest`.
Status check(const ContextOptions &options, const Manifest &manifest);

/// Checks that it has room for the scratch of the model's forward kernel, which
/// maxBatch says the size of. Contexts of a CPU need none.
Status checkScratch(const ContextOptions &options, const Manifest &manifest);

/// The arrays that it needs; both have passed check().
std::vector<WorkspaceArray> workspaceArrays(const Manifest &manifest,
                                            const ContextOptions &options);

/// Bytes of all of `arrays` together, each from an aligned address on.
int64_t workspaceBytes(const std::vector<WorkspaceArray> &arrays);

/// Their addresses in workspaceBytes() bytes at `base`, which is aligned.
Workspace placeWorkspace(const std::vector<WorkspaceArray> &arrays,
                         DevicePtr base);

} // namespace recflex

#endif // RECFLEX_RUNTIME_WORKSPACE_H
