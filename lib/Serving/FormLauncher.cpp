//===- FormLauncher.cpp - Launches a batch in any form --------------------===//

#include "recflex/Serving/FormLauncher.h"

#include "recflex/Runtime/DeviceMemory.h"

namespace recflex {

/// Bytes ahead of an output and behind it: what a kernel writes there shows.
constexpr int64_t kMargin = 256;

/// Elements that the fastest kernels want rows to be a multiple of.
constexpr int64_t kRowMultiple = 4;

int64_t OutputLayout::stride(int64_t width) const {
  if (odd)
    return width + 1 + width % 2;
  return (width + kRowMultiple - 1) / kRowMultiple * kRowMultiple;
}

int64_t OutputLayout::begin() const {
  return kMargin + (odd ? byteSize(type) : 0);
}

int64_t OutputLayout::bytes(int64_t width, int64_t batchSize) const {
  return begin() + batchSize * stride(width) * byteSize(type) + kMargin;
}

/// `batch` with its output in a block at `block`.
static BatchArguments withOutput(BatchArguments batch, DevicePtr block,
                                 const OutputLayout &layout, int64_t width) {
  batch.output = block + layout.begin();
  batch.outputType = layout.type;
  batch.outputStride = layout.stride(width);
  return batch;
}

namespace {

class DeviceLauncher final : public FormLauncher {
public:
  DeviceLauncher(ExecutionContext context, Stream stream)
      : context(std::move(context)), stream(std::move(stream)) {}

  Result<FormResult> launch(const FormedBatch &batch,
                            const OutputLayout &layout) override {
    int64_t width = context.module().manifest().outputWidth;
    int64_t inputBytes = pack(batch, /*base=*/0, layout.odd).bytes.size();
    auto input = DeviceBuffer::allocate(stream.device(), inputBytes);
    if (!input)
      return input.error().in("input");
    int64_t outputBytes = layout.bytes(width, batch.batchSize);
    auto output = DeviceBuffer::allocate(stream.device(), outputBytes);
    if (!output)
      return output.error().in("output");
    PackedBatch packed = pack(batch, input->address(), layout.odd);
    if (Status status = copyToDevice(stream, input->address(),
                                     packed.bytes.data(), inputBytes);
        !status)
      return status.error();
    if (Status status = fillBytes(stream, output->address(), 0xFF, outputBytes);
        !status)
      return status.error();
    if (Status status = context.launch(
            withOutput(packed.arguments, output->address(), layout, width),
            stream.get());
        !status)
      return status.error();
    FormResult result;
    result.block.resize(outputBytes);
    if (Status status = copyToHost(stream, result.block.data(),
                                   output->address(), outputBytes);
        !status)
      return status.error();
    auto faults = context.faults(stream.get());
    if (!faults)
      return faults.error();
    result.faults = std::move(*faults);
    if (Status status = context.clearFaults(stream.get()); !status)
      return status.error();
    return result;
  }

private:
  ExecutionContext context;
  Stream stream;
};

class CpuLauncher final : public FormLauncher {
public:
  explicit CpuLauncher(CpuContext context) : context(std::move(context)) {}

  Result<FormResult> launch(const FormedBatch &batch,
                            const OutputLayout &layout) override {
    int64_t width = context.model().manifest().outputWidth;
    HostBatch input(batch, layout.odd);
    FormResult result;
    result.block.assign(layout.bytes(width, batch.batchSize), std::byte{0xFF});
    auto block = reinterpret_cast<DevicePtr>(result.block.data());
    if (Status status =
            context.launch(withOutput(input.arguments(), block, layout, width));
        !status)
      return status.error();
    result.faults = context.faults();
    context.clearFaults();
    return result;
  }

private:
  CpuContext context;
};

} // namespace

Result<std::unique_ptr<FormLauncher>>
createFormLauncher(std::shared_ptr<const AttachedTables> tables,
                   const ContextOptions &options) {
  auto stream = Stream::create(tables->module().device());
  if (!stream)
    return stream.error();
  auto context = ExecutionContext::create(std::move(tables), options);
  if (!context)
    return context.error();
  return std::unique_ptr<FormLauncher>(std::make_unique<DeviceLauncher>(
      std::move(*context), std::move(*stream)));
}

Result<std::unique_ptr<FormLauncher>>
createFormLauncher(std::shared_ptr<const CpuTables> tables,
                   const ContextOptions &options) {
  auto context = CpuContext::create(std::move(tables), options);
  if (!context)
    return context.error();
  return std::unique_ptr<FormLauncher>(
      std::make_unique<CpuLauncher>(std::move(*context)));
}

} // namespace recflex
