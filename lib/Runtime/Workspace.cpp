//===- Workspace.cpp - The arrays that kernels leave one another ----------===//

#include "recflex/Runtime/Workspace.h"

#include "recflex/Runtime/Binding.h"

#include <algorithm>

namespace recflex {

/// More lookups than any memory holds, and few enough for 64-bit sizes.
constexpr int64_t kMaxLookups = int64_t{1} << 48;

Status check(const ContextOptions &options, const Manifest &manifest) {
  if (Status status = check(options); !status)
    return status;
  int64_t maxBatch = kMaxBatch;
  if (manifest.jaggedFeatures > 0)
    maxBatch = std::min<int64_t>(maxBatch, INT32_MAX / manifest.jaggedFeatures);
  if (options.maxBatch > maxBatch)
    return makeError("maxBatch is ", options.maxBatch, "; give 0 to ", maxBatch,
                     " samples (the bags of ", manifest.jaggedFeatures,
                     " keys are numbered in 31 bits)");
  int64_t maxLookups =
      manifest.indexType == IndexType::i32 ? INT32_MAX : kMaxLookups;
  if (options.maxLookups > maxLookups)
    return makeError("maxLookups is ", options.maxLookups, "; give 0 to ",
                     maxLookups, " (indices are ", toString(manifest.indexType),
                     ")");
  return {};
}

Status checkScratch(const ContextOptions &options, const Manifest &manifest) {
  if (manifest.scratchBytes == 0 || options.maxBatch != 0)
    return {};
  return makeError("the model keeps ", manifest.scratchBytes,
                   " bytes a sample while it pools; create the context with "
                   "maxBatch, the largest batch that it will be given");
}

/// Those of batches in another form than the kernels read.
static void addInputArrays(std::vector<WorkspaceArray> &arrays,
                           const Manifest &manifest,
                           const ContextOptions &options) {
  int64_t index = byteSize(manifest.indexType), lookups = options.maxLookups;
  int64_t entries = manifest.jaggedFeatures * options.maxBatch + 1;
  int64_t chunks = (entries + abi::kInputChunk - 1) / abi::kInputChunk;
  arrays.push_back({"offsets", entries * index, &Workspace::offsets});
  arrays.push_back({"bag offsets", entries * index, &Workspace::bagOffsets});
  arrays.push_back(
      {"chunk sums", chunks * int64_t{sizeof(int64_t)}, &Workspace::chunkSums});
  arrays.push_back({"values", lookups * index, &Workspace::values});
  if (manifest.weighted)
    arrays.push_back(
        {"weights", lookups * int64_t{sizeof(float)}, &Workspace::weights});
}

std::vector<WorkspaceArray> workspaceArrays(const Manifest &manifest,
                                            const ContextOptions &options) {
  int64_t features = static_cast<int64_t>(manifest.features.size());
  int64_t number = sizeof(int32_t);
  std::vector<WorkspaceArray> arrays;
  if (!manifest.fixedBinding)
    arrays = {
        {"keys", 2 * abi::paddedFeatures(features) * number, &Workspace::keys},
        {"order", features * number, &Workspace::order},
        {"starts", (features + 1) * number, &Workspace::starts}};
  if (options.checks != InputChecks::off)
    arrays.push_back(
        {"check state",
         static_cast<int64_t>(sizeof(abi::CheckState)) +
             options.faultCapacity * static_cast<int64_t>(sizeof(Fault)),
         &Workspace::checkState, /*zeroed=*/true});
  if (manifest.scratchBytes != 0)
    arrays.push_back({"scratch", manifest.scratchBytes * options.maxBatch,
                      &Workspace::scratch, /*zeroed=*/true});
  if (options.maxBatch != 0)
    addInputArrays(arrays, manifest, options);
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
    if (array.bytes)
      workspace.*array.address = base;
    base += alignedBytes(array);
  }
  return workspace;
}

} // namespace recflex
