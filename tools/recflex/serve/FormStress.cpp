//===- FormStress.cpp - The forms of a served model -----------------------===//

#include "FormStress.h"

#include "../CpuSetup.h"
#include "../CudaSetup.h"

#include "recflex/Serving/Malformed.h"

namespace recflex {

/// Makes launchers for `tables`, on whichever device they are.
template <typename Tables>
static LauncherFactory factoryOf(std::shared_ptr<const Tables> tables) {
  return [tables](const ContextOptions &options) {
    return createFormLauncher(tables, options);
  };
}

Result<EnduranceReport> stressForms(ServedModel &model, bool onCpu,
                                    int64_t count) {
  const Manifest &manifest = model.artifact.manifest;
  auto cpu = LoadedCpuModel::load(manifest, model.tables, /*threads=*/0);
  if (!cpu)
    return cpu.error();
  auto prepare = [&](const Batch &batch) -> Status {
    RepairedInput repaired = repair(manifest, batch, InputChecks::zeroRow);
    return model.tables.prepare(repaired.manifest, repaired.batch);
  };
  FormTest test = {manifest, model.batches, factoryOf(cpu->attached),
                   factoryOf(cpu->attached), prepare};
  if (onCpu)
    return enduranceForms(test, count);

  auto device = Device::open();
  if (!device)
    return device.error();
  auto stream = Stream::create(*device);
  if (!stream)
    return stream.error();
  auto tables = DeviceTables::upload(*stream, manifest, model.tables);
  if (!tables)
    return tables.error();
  auto loaded = LoadedModel::load(
      *device, model.artifact, *tables,
      withScratch({}, manifest, model.batches));
  if (!loaded)
    return loaded.error();
  test.device = factoryOf(loaded->attached);
  return enduranceForms(test, count);
}

} // namespace recflex
