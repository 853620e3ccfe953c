//===- Workspace.h - The arrays that kernels leave one another --*- C++ -*-===//

#ifndef RECFLEX_RUNTIME_WORKSPACE_H
#define RECFLEX_RUNTIME_WORKSPACE_H

#include "recflex/Runtime/BatchArguments.h"

#include <vector>

namespace recflex {

/// Addresses of the arrays in which a batch's kernels leave each other results;
/// KernelABI.h has their contents.
struct Workspace {
  DevicePtr keys = 0;   ///< i32 [2 F]
  DevicePtr order = 0;  ///< i32 [F]
  DevicePtr starts = 0; ///< i32 [F + 1]
  /// CheckState and Fault [faultCapacity]; 0 without checks.
  DevicePtr checkState = 0;
};

/// One of them, to be allocated.
struct WorkspaceArray {
  const char *name;
  int64_t bytes;
  DevicePtr Workspace::*address; ///< where its address goes
  bool zeroed = false;           ///< whether it must be zero at first
};

/// Addresses of arrays are multiples of this: whole lines of the L2 cache, so
/// that no two arrays share one.
constexpr int64_t kWorkspaceAlignment = 128;

/// The arrays that a context of `options` needs for a model that has passed
/// check().
std::vector<WorkspaceArray> workspaceArrays(const Manifest &manifest,
                                            const ContextOptions &options);

/// Bytes of all of `arrays` together, each from an aligned address on.
int64_t workspaceBytes(const std::vector<WorkspaceArray> &arrays);

/// Their addresses in workspaceBytes() bytes at `base`, which is aligned.
Workspace placeWorkspace(const std::vector<WorkspaceArray> &arrays,
                         DevicePtr base);

} // namespace recflex

#endif // RECFLEX_RUNTIME_WORKSPACE_H
