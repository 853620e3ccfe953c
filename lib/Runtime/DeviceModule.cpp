//===- DeviceModule.cpp - An artifact on a GPU ----------------------------===//

#include "recflex/Runtime/DeviceModule.h"

#include "PtxModule.h"

namespace recflex {

/// Tables' rows are read in vectors of up to 16 bytes.
constexpr DevicePtr kTableAlignment = 16;

bool runsOn(const std::string &chip, int major, int minor) {
  if (chip.compare(0, 3, "sm_") != 0)
    return false;
  int wanted = 0;
  size_t i = 3;
  for (; i != chip.size() && chip[i] >= '0' && chip[i] <= '9'; ++i)
    wanted = wanted * 10 + (chip[i] - '0');
  int present = major * 10 + minor;
  char suffix = i != chip.size() ? chip[i] : '\0';
  if (suffix == 'a')
    return present == wanted;
  if (suffix == 'f')
    return present >= wanted && major == wanted / 10;
  return present >= wanted;
}

DeviceModule::DeviceModule(ModuleHandle module, const Manifest &manifest)
    : module(std::move(module)), contents(manifest),
      features(makeDescriptors(manifest)), blocks(features) {}

Result<std::shared_ptr<const DeviceModule>>
DeviceModule::load(DevicePointer device, const Artifact &artifact) {
  const Manifest &manifest = artifact.manifest;
  if (Status status = check(manifest); !status)
    return status.error().in("manifest");
  const DeviceProperties &gpu = device->properties();
  if (!runsOn(manifest.chip, gpu.major, gpu.minor))
    return makeError("the artifact is compiled for ", manifest.chip, ", GPU ",
                     gpu.ordinal, " (", gpu.name, ") is ", gpu.chip(),
                     "; recompile it for ", gpu.chip());
  Result<PtxModule> ptx = loadPtx(device, artifact.ptx);
  if (!ptx)
    return ptx.error();
  std::shared_ptr<DeviceModule> module(
      new DeviceModule(std::move(*ptx), manifest));
  if (Status status = module->findKernels(); !status)
    return status.error();
  return std::shared_ptr<const DeviceModule>(std::move(module));
}

Status DeviceModule::findKernels() {
  struct Wanted {
    const char *name;
    int32_t threads;
    DeviceKernel &kernel;
  };
  for (const Wanted &wanted :
       {Wanted{abi::kBindKeysKernel, abi::kBindThreads, bindKeysKernel},
        Wanted{abi::kBindOrderKernel, abi::kBindThreads, bindOrderKernel},
        Wanted{abi::kForwardKernel, contents.threads, forwardKernel}}) {
    Result<DeviceKernel> kernel =
        findKernel(module, wanted.name, wanted.threads);
    if (!kernel)
      return kernel.error();
    wanted.kernel = *kernel;
  }
  return {};
}

Result<std::shared_ptr<const AttachedTables>>
AttachedTables::attach(std::shared_ptr<const DeviceModule> module,
                       const std::vector<DevicePtr> &tables) {
  const Manifest &manifest = module->manifest();
  if (tables.size() != manifest.tables.size())
    return makeError(tables.size(), " tables are attached, the model has ",
                     manifest.tables.size());
  for (size_t i = 0; i != tables.size(); ++i)
    if (tables[i] == 0 || tables[i] % kTableAlignment != 0)
      return makeError("table ", i, " ('", manifest.tables[i].name,
                       "') is attached at address ", tables[i],
                       "; give device memory aligned to ", kTableAlignment,
                       " bytes");

  std::vector<abi::FeatureDescriptor> descriptors = module->descriptors();
  for (size_t i = 0; i != descriptors.size(); ++i)
    descriptors[i].table = tables[manifest.features[i].table];

  int64_t bytes = descriptors.size() * sizeof(abi::FeatureDescriptor);
  Result<DeviceBuffer> memory = DeviceBuffer::allocate(module->device(), bytes);
  if (!memory)
    return memory.error();
  Result<Stream> stream = Stream::create(module->device());
  if (!stream)
    return stream.error();
  if (Status status =
          copyToDevice(*stream, memory->address(), descriptors.data(), bytes);
      !status)
    return status.error();
  return std::shared_ptr<const AttachedTables>(
      new AttachedTables(std::move(module), std::move(*memory)));
}

} // namespace recflex
