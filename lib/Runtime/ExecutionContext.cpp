//===- ExecutionContext.cpp - Launches batches in one stream --------------===//

#include "recflex/Runtime/ExecutionContext.h"

#include "recflex/Runtime/PtxModule.h"

#include <algorithm>

namespace recflex {

/// Zeroes the arrays that want it, and waits.
static Status zeroArrays(const DevicePointer &device,
                         const std::vector<WorkspaceArray> &arrays,
                         const Workspace &workspace) {
  if (std::none_of(arrays.begin(), arrays.end(),
                   [](const WorkspaceArray &array) { return array.zeroed; }))
    return {};
  Result<Stream> stream = Stream::create(device);
  if (!stream)
    return stream.error();
  for (const WorkspaceArray &array : arrays)
    if (array.zeroed)
      if (Status status =
              fillBytes(*stream, workspace.*array.address, 0, array.bytes);
          !status)
        return status;
  return stream->synchronize();
}

Result<ExecutionContext>
ExecutionContext::create(std::shared_ptr<const AttachedTables> tables,
                         const ContextOptions &options) {
  const DeviceModule &module = tables->module();
  if (Status status = check(options, module.manifest()); !status)
    return status.error();
  if (Status status = checkScratch(options, module.manifest()); !status)
    return status.error();
  std::vector<WorkspaceArray> arrays =
      workspaceArrays(module.manifest(), options);
  Result<DeviceBuffer> memory =
      DeviceBuffer::allocate(module.device(), workspaceBytes(arrays));
  if (!memory)
    return memory.error();
  Workspace workspace = placeWorkspace(arrays, memory->address());
  if (Status status = zeroArrays(module.device(), arrays, workspace); !status)
    return status.error();
  LaunchSequence sequence(module.manifest(), tables->featureArrays(), workspace,
                          options);
  return ExecutionContext(std::move(tables), std::move(*memory), sequence);
}

namespace {
/// A stream of the GPU. The device's context is current.
class StreamQueue final : public KernelQueue {
public:
  StreamQueue(const DeviceModule &module, CUstream_st *stream)
      : module(module), stream(stream) {}

  Status launch(const KernelLaunch &launch,
                KernelArguments arguments) override {
    ParameterList parameters(arguments);
    bool startsEarly = launch.startsEarly && module.overlapsKernels();
    if (Status status = enqueueKernel(module.device()->driver(),
                                      module.kernel(launch.kernel),
                                      launch.blocks, launch.threads,
                                      startsEarly, stream, parameters.get());
        !status)
      return status.error().in(kernelName(launch.kernel));
    return {};
  }

private:
  const DeviceModule &module;
  CUstream_st *stream;
};
} // namespace

template <typename Enqueue>
Status ExecutionContext::enqueue(const BatchArguments &batch,
                                 CUstream_st *stream,
                                 const Enqueue &enqueue) const {
  if (sequence.isEmpty(batch))
    return {};
  if (Status status = sequence.check(batch); !status)
    return status;
  ContextScope scope(*module().device());
  if (!scope)
    return scope.error();
  StreamQueue queue(module(), stream);
  return enqueue(queue);
}

Status ExecutionContext::launchBinding(const BatchArguments &batch,
                                       CUstream_st *stream) const {
  return enqueue(batch, stream, [&](KernelQueue &queue) -> Status {
    if (Result<BatchArguments> bound = sequence.bind(batch, queue); !bound)
      return bound.error();
    return {};
  });
}

Status ExecutionContext::launchPooling(const BatchArguments &batch,
                                       CUstream_st *stream) const {
  return enqueue(batch, stream, [&](KernelQueue &queue) {
    return sequence.pool(batch, /*views=*/0, queue);
  });
}

Status ExecutionContext::launch(const BatchArguments &batch,
                                CUstream_st *stream) const {
  return enqueue(batch, stream, [&](KernelQueue &queue) -> Status {
    Result<BatchArguments> bound = sequence.bind(batch, queue);
    if (!bound)
      return bound.error();
    return sequence.pool(*bound, batch.views, queue);
  });
}

Result<FaultReport> ExecutionContext::faults(CUstream_st *stream) const {
  FaultReport report;
  DevicePtr state = workspace().checkState;
  if (state == 0)
    return report;
  ContextScope scope(*module().device());
  if (!scope)
    return scope.error();
  const CudaDriver &driver = module().device()->driver();
  auto read = [&](void *to, DevicePtr from, size_t bytes) -> Status {
    if (Status status =
            driver.check(driver.memcpyDtoHAsync(to, from, bytes, stream),
                         "cuMemcpyDtoHAsync");
        !status)
      return status;
    return driver.check(driver.streamSynchronize(stream),
                        "cuStreamSynchronize");
  };
  if (Status status =
          read(&report.total, state + offsetof(abi::CheckState, total),
               sizeof report.total);
      !status)
    return status.error();
  int64_t listed = std::min(report.total, sequence.faultCapacity());
  if (listed == 0)
    return report;
  report.faults.resize(listed);
  if (Status status =
          read(report.faults.data(), state + sizeof(abi::CheckState),
               listed * sizeof(Fault));
      !status)
    return status.error();
  sortFaults(report.faults);
  return report;
}

Status ExecutionContext::clearFaults(CUstream_st *stream) const {
  DevicePtr state = workspace().checkState;
  if (state == 0)
    return {};
  ContextScope scope(*module().device());
  if (!scope)
    return scope.error();
  // The count alone: what is listed past it counts for nothing.
  const CudaDriver &driver = module().device()->driver();
  return driver.check(
      driver.memsetD8Async(state + offsetof(abi::CheckState, total), 0,
                           sizeof(abi::CheckState::total), stream),
      "cuMemsetD8Async");
}

} // namespace recflex
