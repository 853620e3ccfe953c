//===- Module.cpp - Loading artifacts, and what they say of themselves ----===//

#include "Handles.h"
#include "LastError.h"
#include "Structs.h"

#include "recflex/Runtime/ManifestJson.h"

using namespace recflex;
using namespace recflex::capi;

static Result<std::shared_ptr<const CudaDriver>> findDriver() {
  return CudaDriver::load();
}

/// Reads the caller's options, or the defaults. The source has been looked at.
static Status readOptions(const RecflexLoadOptions *given,
                          RecflexModule *const *module,
                          RecflexLoadOptions &options) {
  options = {};
  if (Status status = need(module, "module is null; give the address of a "
                                   "RecflexModule *");
      !status)
    return status;
  if (!given)
    return {};
  if (Status status = readStruct(given, options); !status)
    return status;
  if (options.cpuThreads < 0)
    return makeError("RecflexLoadOptions.cpuThreads is ", options.cpuThreads,
                     "; give a number of threads, or 0 for one a processor");
  return {};
}

static Status load(std::string_view bytes, const RecflexLoadOptions &options,
                   const DriverSource &findDriver, RecflexModule **module) {
  Result<Artifact> artifact = deserialize(bytes);
  if (!artifact)
    return artifact.error();
  Result<ModulePointer> backend =
      options.device == RECFLEX_DEVICE_CPU
          ? loadOnCpu(*artifact, options.cpuThreads)
          : loadOnGpu(*artifact, options.device, findDriver);
  if (!backend)
    return backend.error();
  const Manifest &manifest = (*backend)->manifest();
  std::string json = toJson(manifest);
  *module = new RecflexModule{std::move(*backend), std::move(json),
                              options.device};
  return {};
}

RecflexStatus capi::loadModule(const void *bytes, size_t size,
                               const RecflexLoadOptions *options,
                               const DriverSource &findDriver,
                               RecflexModule **module) {
  return guarded([&]() -> Status {
    if (Status status = need(bytes, "bytes is null; give an artifact's bytes");
        !status)
      return status;
    RecflexLoadOptions known;
    if (Status status = readOptions(options, module, known); !status)
      return status;
    return load({static_cast<const char *>(bytes), size}, known, findDriver,
                module);
  });
}

RecflexStatus recflexModuleLoadMemory(const void *bytes, size_t size,
                                      const RecflexLoadOptions *options,
                                      RecflexModule **module) {
  return loadModule(bytes, size, options, findDriver, module);
}

RecflexStatus recflexModuleLoad(const char *path,
                                const RecflexLoadOptions *options,
                                RecflexModule **module) {
  return guarded([&]() -> Status {
    if (Status status = need(path, "path is null; give an artifact's path");
        !status)
      return status;
    RecflexLoadOptions known;
    if (Status status = readOptions(options, module, known); !status)
      return status;
    Result<std::string> bytes = readArtifactBytes(path);
    if (!bytes)
      return bytes.error();
    if (Status status = load(*bytes, known, findDriver, module); !status)
      return status.error().in(path);
    return {};
  });
}

void recflexModuleDestroy(RecflexModule *module) { delete module; }

RecflexStatus recflexModuleInfo(const RecflexModule *module,
                                RecflexModuleInfo *info) {
  return guarded([&]() -> Status {
    if (Status status = need(module, "module is null; load one"); !status)
      return status;
    if (Status status = checkStruct(info); !status)
      return status;
    const Manifest &manifest = module->backend->manifest();
    RecflexModuleInfo ours = {};
    ours.name = manifest.name.c_str();
    ours.chip = manifest.chip.c_str();
    ours.producer = manifest.producer.c_str();
    ours.device = module->device;
    ours.indexType = static_cast<int32_t>(manifest.indexType);
    ours.keys = manifest.jaggedFeatures;
    ours.features = static_cast<int32_t>(manifest.features.size());
    ours.tables = static_cast<int32_t>(manifest.tables.size());
    ours.weighted = manifest.weighted;
    ours.outputWidth = manifest.outputWidth;
    ours.maxBatch = manifest.maxBatch;
    ours.maxLookups = manifest.maxLookups;
    writeStruct(ours, info);
    return {};
  });
}

/// An error unless 0 <= index < size.
static Status checkIndex(const char *what, int32_t index, size_t size) {
  if (index >= 0 && static_cast<size_t>(index) < size)
    return {};
  return makeError("there is no ", what, " ", index, "; the model has ", size,
                   ", counted from 0");
}

RecflexStatus recflexModuleTable(const RecflexModule *module, int32_t table,
                                 RecflexTableInfo *info) {
  return guarded([&]() -> Status {
    if (Status status = need(module, "module is null; load one"); !status)
      return status;
    if (Status status = checkStruct(info); !status)
      return status;
    const auto &tables = module->backend->manifest().tables;
    if (Status status = checkIndex("table", table, tables.size()); !status)
      return status;
    RecflexTableInfo ours = {};
    ours.name = tables[table].name.c_str();
    ours.rows = tables[table].rows;
    ours.width = tables[table].width;
    ours.type = static_cast<int32_t>(tables[table].type);
    ours.bytes = tableBytes(tables[table]);
    writeStruct(ours, info);
    return {};
  });
}

RecflexStatus recflexModuleFeature(const RecflexModule *module, int32_t feature,
                                   RecflexFeatureInfo *info) {
  return guarded([&]() -> Status {
    if (Status status = need(module, "module is null; load one"); !status)
      return status;
    if (Status status = checkStruct(info); !status)
      return status;
    const Manifest &manifest = module->backend->manifest();
    if (Status status =
            checkIndex("feature", feature, manifest.features.size());
        !status)
      return status;
    const ManifestFeature &described = manifest.features[feature];
    RecflexFeatureInfo ours = {};
    ours.name = described.name.c_str();
    ours.key = described.key;
    ours.table = described.table;
    ours.column = described.column;
    ours.width = manifest.tables[described.table].width;
    ours.pooling = static_cast<int32_t>(described.pooling);
    ours.weighted = described.weighted;
    writeStruct(ours, info);
    return {};
  });
}

const char *recflexModuleManifest(const RecflexModule *module) {
  return module ? module->manifestJson.c_str() : "";
}
