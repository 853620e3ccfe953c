//===- TuneDevices.cpp - What recflex tune can measure on -----------------===//

#include "TuneDevices.h"

#include "CudaTuning.h"

#include "recflex/Tuning/CostModel.h"
#include "recflex/Tuning/Passes.h"

namespace recflex {

static Result<std::unique_ptr<Measurer>>
createEstimator(const TuneRequest &request) {
  return createCostModel(
      {request.module, request.problem, request.threads, request.blocks});
}

llvm::ArrayRef<TuneDevice> tuneDevices() {
  static const TuneDevice devices[] = {
      {"model", "the cost model: nothing is measured", createEstimator,
       schedulesToEstimate()},
      {"cuda", "GPU 0", createCudaMeasurer, {}}};
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
