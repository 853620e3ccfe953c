//===- DeviceBatch.cpp - A batch in device memory -------------------------===//

#include "recflex/Runtime/DeviceBatch.h"

#include "Lookups.h"

namespace recflex {

/// New device memory with a copy of `bytes` bytes.
static Result<DeviceBuffer> uploadArray(const Stream &stream, const void *from,
                                        int64_t bytes) {
  Result<DeviceBuffer> buffer = DeviceBuffer::allocate(stream.device(), bytes);
  if (!buffer)
    return buffer;
  if (Status status = copyToDevice(stream, buffer->address(), from, bytes);
      !status)
    return status.error();
  return buffer;
}

Result<DeviceBatch> DeviceBatch::upload(const Stream &stream,
                                        const Manifest &manifest,
                                        const Batch &batch) {
  if (Status status = checkBatch(manifest, batch); !status)
    return status.error();
  return uploadUnchecked(stream, batch);
}

Result<DeviceBatch> DeviceBatch::uploadUnchecked(const Stream &stream,
                                                 const Batch &batch) {
  DeviceBatch uploaded;
  uploaded.samples = batch.batchSize;
  uploaded.valueCount = batch.values.size();
  struct Array {
    const void *from;
    size_t bytes;
    DeviceBuffer &to;
  };
  for (const Array &array :
       {Array{batch.values.bytes.data(), batch.values.bytes.size(),
              uploaded.values},
        Array{batch.offsets.bytes.data(), batch.offsets.bytes.size(),
              uploaded.offsets},
        Array{batch.weights.data(), batch.weights.size() * sizeof(float),
              uploaded.weights}}) {
    Result<DeviceBuffer> buffer =
        uploadArray(stream, array.from, static_cast<int64_t>(array.bytes));
    if (!buffer)
      return buffer.error();
    array.to = std::move(*buffer);
  }
  return uploaded;
}

BatchArguments DeviceBatch::arguments(const Manifest &manifest,
                                      DevicePtr output) const {
  BatchArguments arguments;
  arguments.values = values.address();
  arguments.offsets = offsets.address();
  arguments.weights = weights.address();
  arguments.lookups = valueCount;
  arguments.output = output;
  arguments.outputStride = manifest.outputWidth;
  arguments.batchSize = samples;
  return arguments;
}

Result<int64_t> outputBytes(const Manifest &manifest, int64_t batchSize) {
  int64_t bytes;
  if (__builtin_mul_overflow(manifest.outputWidth, batchSize, &bytes) ||
      __builtin_mul_overflow(bytes, int64_t{sizeof(float)}, &bytes))
    return makeError("an output of ", batchSize, " x ", manifest.outputWidth,
                     " does not fit memory; cut the batch into smaller ones");
  return bytes;
}

Result<std::vector<float>> poolOnDevice(const ExecutionContext &context,
                                        const DeviceBatch &batch,
                                        const DeviceBuffer &output,
                                        const Stream &stream) {
  const Manifest &manifest = context.module().manifest();
  Result<int64_t> bytes = outputBytes(manifest, batch.batchSize());
  if (!bytes)
    return bytes.error();
  if (output.size() < *bytes)
    return makeError("the output buffer has ", output.size(), " bytes, ",
                     batch.batchSize(), " samples of ", manifest.outputWidth,
                     " columns need ", *bytes);
  if (Status status = fillBytes(stream, output.address(), 0xFF, *bytes);
      !status)
    return status.error();
  if (Status status = context.launch(
          batch.arguments(manifest, output.address()), stream.get());
      !status)
    return status.error();
  std::vector<float> result(*bytes / sizeof(float));
  if (Status status =
          copyToHost(stream, result.data(), output.address(), *bytes);
      !status)
    return status.error();
  return result;
}

Result<Binding> readBinding(const ExecutionContext &context,
                            const Stream &stream) {
  const Workspace &workspace = context.workspace();
  size_t features = context.module().descriptors().size();
  Binding binding;
  binding.keys.resize(features);
  binding.order.resize(features);
  binding.starts.resize(features + 1);
  struct Array {
    std::vector<int32_t> &to;
    DevicePtr from;
  };
  for (const Array &array : {Array{binding.keys, workspace.keys},
                             Array{binding.order, workspace.order},
                             Array{binding.starts, workspace.starts}})
    if (Status status =
            copyToHost(stream, array.to.data(), array.from,
                       static_cast<int64_t>(array.to.size() * sizeof(int32_t)));
        !status)
      return status.error();
  return binding;
}

} // namespace recflex
