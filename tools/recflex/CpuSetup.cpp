//===- CpuSetup.cpp - A model and its tables on the CPU -------------------===//

#include "CpuSetup.h"

#include <cstring>

namespace cl = llvm::cl;

namespace recflex {

CpuThreadsOption::CpuThreadsOption(cl::SubCommand &sub)
    : threads("cpu-threads",
              cl::desc("threads that pool on the CPU (0: one a processor)"),
              cl::init(0), cl::sub(sub)) {}

Result<LoadedCpuModel> LoadedCpuModel::load(const Manifest &manifest,
                                            const HostTables &tables,
                                            int32_t threads) {
  LoadedCpuModel loaded;
  std::vector<DevicePtr> addresses;
  for (size_t i = 0; i != manifest.tables.size(); ++i) {
    const void *table = tables.addresses()[i];
    if (reinterpret_cast<DevicePtr>(table) % 16 != 0) {
      int64_t bytes = tableBytes(manifest.tables[i]);
      loaded.copies.emplace_back((bytes + 3) / 4); // aligned to 16 by new
      tables.copy(manifest, i, 0, bytes,
                  reinterpret_cast<char *>(loaded.copies.back().data()));
      table = loaded.copies.back().data();
    }
    addresses.push_back(reinterpret_cast<DevicePtr>(table));
  }
  CpuOptions options;
  options.threads = threads;
  auto model = CpuModel::load(manifest, options);
  if (!model)
    return model.error();
  auto attached = CpuTables::attach(*model, addresses);
  if (!attached)
    return attached.error();
  auto context = CpuContext::create(*attached);
  if (!context)
    return context.error();
  loaded.attached = *attached;
  loaded.context = std::make_unique<CpuContext>(std::move(*context));
  return loaded;
}

Status LoadedCpuModel::pool(const Batch &batch, std::vector<float> &output) {
  const Manifest &manifest = context->model().manifest();
  output.resize(batch.batchSize * manifest.outputWidth);
  BatchArguments arguments;
  arguments.batchSize = batch.batchSize;
  arguments.lookups = batch.values.size();
  if (arguments.lookups != 0) {
    arguments.values = reinterpret_cast<DevicePtr>(batch.values.bytes.data());
    arguments.weights = reinterpret_cast<DevicePtr>(batch.weights.data());
  }
  arguments.offsets = reinterpret_cast<DevicePtr>(batch.offsets.bytes.data());
  arguments.output = reinterpret_cast<DevicePtr>(output.data());
  arguments.outputStride = manifest.outputWidth;
  return context->launch(arguments);
}

} // namespace recflex
