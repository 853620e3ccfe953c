//===- RandomLaunch.cpp - How a random model's batch is launched ----------===//

#include "RandomLaunch.h"

#include "recflex/Runtime/CpuForward.h"
#include "recflex/Support/HalfFloat.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace recflex {

RandomLaunch::RandomLaunch(RandomModel &model, const Manifest &manifest) {
  launch.context.checks = static_cast<InputChecks>(model.draw(0, 2));
  // Sometimes fewer than there are: which of them are listed is then open.
  launch.context.faultCapacity = model.draw(0, 3) ? 1 << 16 : model.draw(0, 5);
  launch.outputType = static_cast<RowType>(model.draw(0, 2));
  launch.outputStride =
      manifest.outputWidth + (model.draw(0, 1) ? model.draw(0, 9) : 0);
  spoiled = launch.context.checks != InputChecks::off && model.draw(0, 1);
  if (spoiled)
    spoilIndices(model);
  drawForm(model);
  if (spoiled && model.draw(0, 1))
    spoilBounds(model, manifest);
}

void RandomLaunch::drawForm(RandomModel &model) {
  constexpr int64_t kForms = std::size(kInputForms);
  InputForm form = kInputForms[model.draw(0, kForms - 1)];
  if (model.draw(0, 1))
    model.batch = makeRagged(model.batch, model.draw(0, INT32_MAX));
  batch = formBatch(model.batch, form);
  oddAddresses = model.draw(0, 1);
  launch.context.maxBatch = model.batch.batchSize + model.draw(0, 9);
  // Room for all: the CPU reads views in place and needs none.
  launch.context.maxLookups =
      1 + model.batch.values.size() * (1 + kMostSpoiled);
}

/// Any number of the type, and those where checks go wrong first.
static int64_t drawBad(RandomModel &model) {
  bool wide = model.spec.indexType == IndexType::i64;
  switch (model.draw(0, 4)) {
  case 0:
    return -1;
  case 1:
    return wide ? INT64_MAX : INT32_MAX;
  case 2:
    return wide ? INT64_MIN : INT32_MIN;
  case 3:
    return wide ? (model.draw(1, 1000) << 32) : model.draw(0, INT32_MAX);
  default:
    return model.draw(1, 4000);
  }
}

void RandomLaunch::spoilIndices(RandomModel &model) {
  IndexArray &values = model.batch.values;
  if (values.size() == 0)
    return;
  for (int64_t n = model.draw(1, 40); n != 0; --n)
    values.set(model.draw(0, values.size() - 1), drawBad(model));
}

void RandomLaunch::spoilBounds(RandomModel &model, const Manifest &manifest) {
  IndexArray &bounds = batch.bounds;
  if (bounds.size() == 0 || model.draw(0, 1)) {
    spoil(batch, manifest, model.draw(0, INT32_MAX));
    return;
  }
  for (int64_t n = model.draw(1, 6); n != 0; --n)
    bounds.set(model.draw(0, bounds.size() - 1), drawBad(model));
}

Result<CpuResult> poolOnCpu(const Manifest &manifest,
                            const std::vector<const void *> &tables,
                            BatchArguments batch,
                            const SimulatedLaunch &launch) {
  CpuOptions one;
  one.threads = 1;
  auto model = CpuModel::load(manifest, one);
  if (!model)
    return model.error();
  std::vector<DevicePtr> addresses;
  for (const void *table : tables)
    addresses.push_back(reinterpret_cast<DevicePtr>(table));
  auto attached = CpuTables::attach(*model, addresses);
  if (!attached)
    return attached.error();
  auto context = CpuContext::create(*attached, launch.context);
  if (!context)
    return context.error();

  int64_t elements = batch.batchSize * launch.outputStride;
  int64_t bytes = byteSize(launch.outputType);
  std::vector<std::byte> output(elements * bytes, std::byte{0xFF});
  batch.output = reinterpret_cast<DevicePtr>(output.data());
  batch.outputType = launch.outputType;
  batch.outputStride = launch.outputStride;
  if (Status status = context->launch(batch); !status)
    return status.error();
  CpuResult result;
  for (int64_t i = 0; i != elements; ++i)
    result.output.push_back(
        readElement(output.data() + i * bytes, launch.outputType));
  result.faults = context->faults();
  return result;
}

static Status compareFaults(const Manifest &manifest,
                            const SimulatedLaunch &launch,
                            const FaultReport &actual,
                            const FaultReport &expected) {
  if (actual.total != expected.total)
    return makeError("there are ", actual.total, " faults for ",
                     expected.total);
  if (actual.faults.size() != expected.faults.size())
    return makeError(actual.faults.size(), " faults are listed for ",
                     expected.faults.size());
  if (actual.total > launch.context.faultCapacity)
    return {};
  for (size_t i = 0; i != actual.faults.size(); ++i)
    if (!(actual.faults[i] == expected.faults[i]))
      return makeError("fault ", i, " is '",
                       describe(actual.faults[i], manifest), "' for '",
                       describe(expected.faults[i], manifest), "'");
  return {};
}

Status compareResults(const Manifest &manifest, const SimulatedLaunch &launch,
                      const SimulatedBatch &actual, const CpuResult &expected) {
  if (actual.output.size() != expected.output.size())
    return makeError("there are ", actual.output.size(), " elements for ",
                     expected.output.size());
  for (size_t i = 0; i != actual.output.size(); ++i) {
    float a = actual.output[i], e = expected.output[i];
    if (a == e || (std::isnan(a) && std::isnan(e)))
      continue;
    return makeError("sample ", i / launch.outputStride, ", column ",
                     i % launch.outputStride, " is ", a, " for ", e);
  }
  return compareFaults(manifest, launch, actual.faults, expected.faults);
}

} // namespace recflex
