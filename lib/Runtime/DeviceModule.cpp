//===- DeviceModule.cpp - An artifact on a GPU ----------------------------===//

#include "recflex/Runtime/DeviceModule.h"

#include "PtxModule.h"

namespace recflex {

/// Tables' rows are read in vectors of up to 16 bytes.
constexpr DevicePtr kTableAlignment = 16;

/// The CUDA version whose drivers are asked for overlapping kernels. Launching
/// them came with 11.8, graphs know such dependencies ("edge data") since 12.3,
/// and every launch may be captured in one.
constexpr int kOverlapDriverVersion = 12030;

bool runsOn(const std::string &chip, int major, int minor) {
  int wanted = abi::chipNumber(chip);
  if (wanted == 0)
    return false;
  int present = major * 10 + minor;
  if (chip.back() == 'a')
    return present == wanted;
  if (chip.back() == 'f')
    return present >= wanted && major == wanted / 10;
  return present >= wanted;
}

DeviceModule::DeviceModule(ModuleHandle module, const Manifest &manifest)
    : module(std::move(module)), contents(manifest),
      features(makeDescriptors(manifest)) {}

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

/// Whether the kernels of an artifact for `chip` overlap on a GPU that
/// runsOn() has found fit for it: then the GPU is of compute capability 9.0 or
/// later too.
static bool canOverlap(const std::string &chip, const Device &device) {
  return abi::overlapsKernels(chip) && device.driver().launchKernelEx &&
         device.properties().driverVersion >= kOverlapDriverVersion;
}

Status DeviceModule::findKernels() {
  for (size_t i = 0; i != kKernelCount; ++i) {
    auto id = static_cast<KernelId>(i);
    bool pools = id == KernelId::forward || id == KernelId::forwardChecked;
    static_assert(abi::kInputThreads == abi::kBindThreads);
    int32_t threads = pools ? contents.threads
                      : id == KernelId::reportFaults ? abi::kReportThreads
                                                     : abi::kBindThreads;
    Result<DeviceKernel> kernel = findKernel(module, kernelName(id), threads);
    if (!kernel)
      return kernel.error();
    kernels[i] = *kernel;
  }
  overlaps = canOverlap(contents.chip, *device());
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
