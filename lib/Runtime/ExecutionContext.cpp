//===- ExecutionContext.cpp - Launches batches in one stream --------------===//

#include "recflex/Runtime/ExecutionContext.h"

#include "PtxModule.h"

namespace recflex {

/// Bytes that `count` 32-bit numbers take in the workspace: whole lines of the
/// L2 cache (128 bytes), so that no two arrays share one.
static int64_t arrayBytes(int64_t count) {
  return (count * static_cast<int64_t>(sizeof(int32_t)) + 127) / 128 * 128;
}

/// Elements to which the kernels align a row of the output: the compiler picks
/// the widest store, up to 4, that columns and width allow.
static int64_t outputElements(const Manifest &manifest) {
  return manifest.outputWidth % 4 == 0   ? 4
         : manifest.outputWidth % 2 == 0 ? 2
                                         : 1;
}

Result<ExecutionContext>
ExecutionContext::create(std::shared_ptr<const AttachedTables> tables) {
  const DeviceModule &module = tables->module();
  int64_t features = static_cast<int64_t>(module.descriptors().size());
  Result<DeviceBuffer> workspace = DeviceBuffer::allocate(
      module.device(), arrayBytes(2 * features) + arrayBytes(features) +
                           arrayBytes(features + 1));
  if (!workspace)
    return workspace.error();
  return ExecutionContext(std::move(tables), std::move(*workspace));
}

DevicePtr ExecutionContext::order() const {
  return keys() +
         arrayBytes(2 * static_cast<int64_t>(module().descriptors().size()));
}

DevicePtr ExecutionContext::starts() const {
  return order() +
         arrayBytes(static_cast<int64_t>(module().descriptors().size()));
}

Status ExecutionContext::checkArguments(const BatchArguments &batch) const {
  const Manifest &manifest = module().manifest();
  if (Status status = check(batch, manifest, ContextOptions()); !status)
    return status;
  if (Status status = checkGrid(module().countBlocks(batch.batchSize),
                                manifest.jaggedFeatures, batch.batchSize);
      !status)
    return status;
  int64_t elements = outputElements(manifest);
  if (batch.outputStride % elements != 0)
    return makeError("the output's rows are ", batch.outputStride,
                     " elements apart; give a multiple of ", elements);
  if (batch.output % (elements * sizeof(float)) != 0)
    return makeError("output has address ", batch.output,
                     ", which is not aligned to ", elements * sizeof(float),
                     " bytes");
  return {};
}

Status ExecutionContext::enqueueBinding(const BatchArguments &batch,
                                        CUstream_st *stream) const {
  const DeviceModule &m = module();
  const CudaDriver &driver = m.device()->driver();
  DevicePtr descriptors = attached->descriptors();
  int32_t features = static_cast<int32_t>(m.descriptors().size());
  DevicePtr offsets = batch.offsets;
  int32_t batchSize = static_cast<int32_t>(batch.batchSize);
  DevicePtr keys = this->keys(), order = this->order(), starts = this->starts();

  constexpr int64_t featuresPerBlock = abi::kBindThreads / abi::kWarpSize;
  int64_t blocks = (features + featuresPerBlock - 1) / featuresPerBlock;
  if (Status status =
          launchKernel(driver, m.bindKeys(), blocks, abi::kBindThreads, stream,
                       descriptors, features, offsets, batchSize, keys);
      !status)
    return status.error().in(abi::kBindKeysKernel);
  if (Status status =
          launchKernel(driver, m.bindOrder(), blocks, abi::kBindThreads, stream,
                       features, keys, order, starts);
      !status)
    return status.error().in(abi::kBindOrderKernel);
  return {};
}

Status ExecutionContext::enqueueForward(const BatchArguments &batch,
                                        CUstream_st *stream) const {
  const DeviceModule &m = module();
  DevicePtr descriptors = attached->descriptors();
  int32_t features = static_cast<int32_t>(m.descriptors().size());
  DevicePtr order = this->order(), starts = this->starts();
  DevicePtr values = batch.values, offsets = batch.offsets;
  DevicePtr weights = batch.weights, output = batch.output;
  int64_t outputStride = batch.outputStride;
  int32_t batchSize = static_cast<int32_t>(batch.batchSize);
  if (Status status = launchKernel(
          m.device()->driver(), m.forward(), m.countBlocks(batch.batchSize),
          m.manifest().threads, stream, descriptors, features, order, starts,
          values, offsets, weights, output, outputStride, batchSize);
      !status)
    return status.error().in(abi::kForwardKernel);
  return {};
}

Status ExecutionContext::launchBinding(const BatchArguments &batch,
                                       CUstream_st *stream) const {
  if (batch.batchSize == 0 || module().descriptors().empty())
    return {};
  if (Status status = checkArguments(batch); !status)
    return status;
  ContextScope scope(*module().device());
  if (!scope)
    return scope.error();
  return enqueueBinding(batch, stream);
}

Status ExecutionContext::launch(const BatchArguments &batch,
                                CUstream_st *stream) const {
  if (batch.batchSize == 0 || module().descriptors().empty())
    return {};
  if (Status status = checkArguments(batch); !status)
    return status;
  ContextScope scope(*module().device());
  if (!scope)
    return scope.error();
  if (Status status = enqueueBinding(batch, stream); !status)
    return status;
  return enqueueForward(batch, stream);
}

} // namespace recflex
