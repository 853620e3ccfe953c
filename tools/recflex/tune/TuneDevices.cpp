//===- TuneDevices.cpp - What recflex tune can measure on -----------------===//

#include "TuneDevices.h"

#include "recflex/Tuning/CostModel.h"
#include "recflex/Tuning/Palettes/CudaMeasurer.h"

namespace recflex {

static Result<std::unique_ptr<Measurer>>
createEstimator(const TuneRequest &request) {
  return createCostModel(
      {request.module, request.problem, request.threads, request.blocks});
}

static Result<std::unique_ptr<Measurer>>
createOnGpu(const TuneRequest &request) {
  if (request.batches.empty())
    return makeError("--device=cuda runs sample batches; give some with "
                     "--samples (recflex generate makes them)");
  auto measurer =
      createCudaMeasurer({request.module, request.problem, request.threads,
                          request.blocks, request.binding},
                         {request.batches, request.tables, request.isolated});
  if (!measurer)
    return measurer.error().then(request.session.takeDetail());
  return measurer;
}

llvm::ArrayRef<TuneDevice> tuneDevices() {
  static const TuneDevice devices[] = {{"model",
                                        "the cost model: nothing is measured",
                                        createEstimator, schedulesToEstimate()},
                                       {"cuda", "GPU 0", createOnGpu, {}}};
  return devices;
}

Result<const TuneDevice *> findTuneDevice(const std::string &name) {
  std::string names;
  for (const TuneDevice &device : tuneDevices()) {
    if (device.name == name)
      return &device;
    names += (names.empty() ? "" : ", ") + std::string(device.name);
  }
  return makeError("--device=", name, ": is no device to tune on; use ", names);
}

} // namespace recflex
