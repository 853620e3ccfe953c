//===- ExecutionContext.cpp - Launches batches in one stream --------------===//

#include "recflex/Runtime/ExecutionContext.h"

#include "PtxModule.h"

namespace recflex {

Result<ExecutionContext>
ExecutionContext::create(std::shared_ptr<const AttachedTables> tables,
                         const ContextOptions &options) {
  const DeviceModule &module = tables->module();
  std::vector<WorkspaceArray> arrays =
      workspaceArrays(module.manifest(), options);
  Result<DeviceBuffer> memory =
      DeviceBuffer::allocate(module.device(), workspaceBytes(arrays));
  if (!memory)
    return memory.error();
  LaunchSequence sequence(module.manifest(), tables->descriptors(),
                          placeWorkspace(arrays, memory->address()), options);
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
    // The driver reads as many bytes of each as the kernel's parameter has.
    static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
                  "a word begins with its low bytes");
    void *parameters[kMaxKernelArguments];
    void **parameter = parameters;
    for (const uint64_t &argument : arguments)
      *parameter++ = const_cast<uint64_t *>(&argument);
    bool startsEarly = launch.startsEarly && module.overlapsKernels();
    if (Status status = enqueueKernel(
            module.device()->driver(), module.kernel(launch.kernel),
            launch.blocks, launch.threads, startsEarly, stream, parameters);
        !status)
      return status.error().in(kernelName(launch.kernel));
    return {};
  }

private:
  const DeviceModule &module;
  CUstream_st *stream;
};
} // namespace

Status ExecutionContext::launchBinding(const BatchArguments &batch,
                                       CUstream_st *stream) const {
  if (sequence.isEmpty(batch))
    return {};
  if (Status status = sequence.check(batch); !status)
    return status;
  ContextScope scope(*module().device());
  if (!scope)
    return scope.error();
  StreamQueue queue(module(), stream);
  return sequence.bind(batch, queue);
}

Status ExecutionContext::launch(const BatchArguments &batch,
                                CUstream_st *stream) const {
  if (sequence.isEmpty(batch))
    return {};
  if (Status status = sequence.check(batch); !status)
    return status;
  ContextScope scope(*module().device());
  if (!scope)
    return scope.error();
  StreamQueue queue(module(), stream);
  if (Status status = sequence.bind(batch, queue); !status)
    return status;
  return sequence.pool(batch, queue);
}

} // namespace recflex
