//===- CudaSetup.cpp - An artifact and its tables on a GPU ----------------===//

#include "CudaSetup.h"

#include <algorithm>

namespace recflex {

Result<DeviceBatches> DeviceBatches::upload(const Stream &stream,
                                            const Manifest &manifest,
                                            const std::vector<Batch> &batches) {
  DeviceBatches result;
  int64_t largest = 0;
  for (const Batch &batch : batches) {
    auto uploaded = DeviceBatch::upload(stream, manifest, batch);
    if (!uploaded)
      return uploaded.error();
    result.batches.push_back(std::move(*uploaded));
    auto bytes = outputBytes(manifest, batch.batchSize);
    if (!bytes)
      return bytes.error();
    largest = std::max(largest, *bytes);
  }
  auto output = DeviceBuffer::allocate(stream.device(), largest);
  if (!output)
    return output.error();
  result.output = std::move(*output);
  return result;
}

ContextOptions withScratch(ContextOptions options, const Manifest &manifest,
                           const std::vector<Batch> &batches) {
  if (manifest.scratchBytes != 0)
    for (const Batch &batch : batches)
      options.maxBatch = std::max(options.maxBatch, batch.batchSize);
  return options;
}

Result<LoadedModel> LoadedModel::load(const DevicePointer &device,
                                      const Artifact &artifact,
                                      const DeviceTables &tables,
                                      const ContextOptions &options) {
  LoadedModel loaded;
  auto module = DeviceModule::load(device, artifact);
  if (!module)
    return module.error();
  loaded.module = *module;
  auto attached = AttachedTables::attach(loaded.module, tables.addresses());
  if (!attached)
    return attached.error();
  loaded.attached = *attached;
  auto context = ExecutionContext::create(loaded.attached, options);
  if (!context)
    return context.error();
  loaded.context = std::make_unique<ExecutionContext>(std::move(*context));
  return loaded;
}

} // namespace recflex
