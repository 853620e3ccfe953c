//===- Workspace.cpp - The arrays that kernels leave one another ----------===//

#include "recflex/Runtime/Workspace.h"

namespace recflex {

std::vector<WorkspaceArray> workspaceArrays(const Manifest &manifest,
                                            const ContextOptions &options) {
  int64_t features = static_cast<int64_t>(manifest.features.size());
  int64_t number = sizeof(int32_t);
  std::vector<WorkspaceArray> arrays = {
      {"keys", 2 * features * number, &Workspace::keys},
      {"order", features * number, &Workspace::order},
      {"starts", (features + 1) * number, &Workspace::starts}};
  if (options.checks != InputChecks::off)
    arrays.push_back(
        {"check state",
         static_cast<int64_t>(sizeof(abi::CheckState)) +
             options.faultCapacity * static_cast<int64_t>(sizeof(Fault)),
         &Workspace::checkState, /*zeroed=*/true});
  return arrays;
}

static int64_t alignedBytes(const WorkspaceArray &array) {
  return (array.bytes + kWorkspaceAlignment - 1) / kWorkspaceAlignment *
         kWorkspaceAlignment;
}

int64_t workspaceBytes(const std::vector<WorkspaceArray> &arrays) {
  int64_t bytes = 0;
  for (const WorkspaceArray &array : arrays)
    bytes += alignedBytes(array);
  return bytes;
}

Workspace placeWorkspace(const std::vector<WorkspaceArray> &arrays,
                         DevicePtr base) {
  Workspace workspace;
  for (const WorkspaceArray &array : arrays) {
    workspace.*array.address = base;
    base += alignedBytes(array);
  }
  return workspace;
}

} // namespace recflex
