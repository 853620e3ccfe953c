//===- CudaRunner.cpp - Batches on a GPU ----------------------------------===//

#include "CudaSetup.h"
#include "DeviceCheck.h"
#include "Runner.h"

namespace recflex {
namespace {

class CudaRunner final : public Runner {
public:
  CudaRunner(Stream stream, DeviceTables tables, LoadedModel model)
      : stream(std::move(stream)), tables(std::move(tables)),
        model(std::move(model)) {}

  Result<std::vector<float>> run(const Batch &batch) override {
    const Manifest &manifest = model.module->manifest();
    auto onDevice = DeviceBatch::upload(stream, manifest, batch);
    if (!onDevice)
      return onDevice.error();
    auto bytes = outputBytes(manifest, batch.batchSize);
    if (!bytes)
      return bytes.error();
    auto output = DeviceBuffer::allocate(stream.device(), *bytes);
    if (!output)
      return output.error();
    return poolChecked(*model.context, batch, *onDevice, *output, stream);
  }

  std::string describe() const override {
    const DeviceKernel &kernel = model.module->forward();
    return stream.device()->properties().name + ": " +
           std::to_string(kernel.registers) + " registers, " +
           std::to_string(kernel.localBytes) + " bytes spilled";
  }

private:
  Stream stream;
  DeviceTables tables;
  LoadedModel model;
};

} // namespace

Result<std::unique_ptr<Runner>>
createCudaRunner(const Artifact &artifact, const HostTables &tables,
                 const std::vector<Batch> &batches) {
  auto device = Device::open();
  if (!device)
    return device.error();
  auto stream = Stream::create(*device);
  if (!stream)
    return stream.error();
  auto uploaded = DeviceTables::upload(*stream, artifact.manifest, tables);
  if (!uploaded)
    return uploaded.error();
  auto loaded = LoadedModel::load(
      *device, artifact, *uploaded,
      withScratch({}, artifact.manifest, batches));
  if (!loaded)
    return loaded.error();
  return std::unique_ptr<Runner>(std::make_unique<CudaRunner>(
      std::move(*stream), std::move(*uploaded), std::move(*loaded)));
}

} // namespace recflex
