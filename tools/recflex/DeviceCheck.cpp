//===- DeviceCheck.cpp - A batch on a GPU, every way it can run -----------===//

#include "DeviceCheck.h"

#include "recflex/Runtime/Binding.h"
#include "recflex/Runtime/DeviceMemory.h"

#include <cstring>

namespace recflex {

static Status compareBinding(const ExecutionContext &context,
                             const Batch &batch, const Stream &stream) {
  if (context.module().manifest().fixedBinding)
    return {};
  auto device = readBinding(context, stream);
  if (!device)
    return device.error();
  Binding host = bindOnHost(context.module().descriptors(), batch.offsets,
                            batch.batchSize);
  if (device->keys != host.keys)
    return makeError("the binding kernels' keys differ from the host's");
  if (device->order != host.order)
    return makeError("the binding kernels' order differs from the host's");
  if (device->starts != host.starts)
    return makeError("the binding kernels' starts differ from the host's");
  return {};
}

static Status compareReplay(const ExecutionContext &context,
                            const DeviceBatch &batch,
                            const DeviceBuffer &output, const Stream &stream,
                            const std::vector<float> &expected) {
  BatchArguments arguments =
      batch.arguments(context.module().manifest(), output.address());
  auto graph = Graph::capture(
      stream, [&] { return context.launch(arguments, stream.get()); });
  if (!graph)
    return graph.error().in("graph capture");
  int64_t bytes = static_cast<int64_t>(expected.size() * sizeof(float));
  if (Status status = fillBytes(stream, output.address(), 0xFF, bytes); !status)
    return status;
  if (Status status = graph->launch(stream); !status)
    return status.error().in("graph replay");
  std::vector<float> replayed(expected.size());
  if (Status status =
          copyToHost(stream, replayed.data(), output.address(), bytes);
      !status)
    return status;
  if (std::memcmp(replayed.data(), expected.data(), bytes) != 0)
    return makeError("a graph replay gives other bits than the launch that was "
                     "captured");
  return {};
}

Result<std::vector<float>> poolChecked(const ExecutionContext &context,
                                       const Batch &batch,
                                       const DeviceBatch &onDevice,
                                       const DeviceBuffer &output,
                                       const Stream &stream) {
  auto pooled = poolOnDevice(context, onDevice, output, stream);
  if (!pooled)
    return pooled.error();
  if (Status status = compareBinding(context, batch, stream); !status)
    return status.error();
  if (Status status = compareReplay(context, onDevice, output, stream, *pooled);
      !status)
    return status.error();
  return pooled;
}

Result<Comparison> verify(const std::vector<float> &pooled,
                          const std::vector<float> &reference) {
  Comparison difference = compare(pooled, reference);
  if (!(difference.relativeNorm <= kRoundingTolerance))
    return makeError("verification failed: relative norm ",
                     difference.relativeNorm, ", ", difference.mismatches,
                     " elements differ; nothing was timed");
  return difference;
}

} // namespace recflex
