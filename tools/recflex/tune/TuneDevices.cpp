//===- TuneDevices.cpp - What recflex tune can measure on -----------------===//

#include "TuneDevices.h"

#include "CudaTuning.h"

#include "recflex/Tuning/CostModel.h"

namespace recflex {

static Result<std::unique_ptr<Measurer>>
createCostModel(const TuneRequest &request) {
  Occupancy occupancy{request.threads ? request.threads : emb::kDefaultThreads,
                      request.blocks ? request.blocks : emb::kDefaultBlocks};
  return std::unique_ptr<Measurer>(
      std::make_unique<CostModelMeasurer>(occupancy, RECFLEX_VERSION));
}

llvm::ArrayRef<TuneDevice> tuneDevices() {
  static const TuneDevice devices[] = {
      {"model", "the cost model: nothing is measured", createCostModel,
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
