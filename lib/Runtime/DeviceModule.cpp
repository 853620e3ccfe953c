//===- DeviceModule.cpp - An artifact on a GPU ----------------------------===//

#include "recflex/Runtime/DeviceModule.h"

#include "recflex/Runtime/PtxModule.h"

#include "recflex/Runtime/BatchArguments.h"
#include "recflex/Runtime/Chip.h"
#include "recflex/Runtime/FeatureArrays.h"
#include "recflex/Runtime/PtxHeader.h"

namespace recflex {

namespace {

/// The CUDA version whose drivers are asked for overlapping kernels. Launching
/// them came with 11.8, graphs know such dependencies ("edge data") since 12.3,
/// and every launch may be captured in one.
constexpr int kOverlapDriverVersion = 12030;

/// What of an artifact a GPU was given.
struct LoadedImage {
  PtxModule module;
  std::string name; ///< "PTX", or the chip of the cubin
};

} // namespace

/// "GPU 0 (NVIDIA H200)".
static std::string nameOf(const DeviceProperties &gpu) {
  return "GPU " + std::to_string(gpu.ordinal) + " (" + gpu.name + ")";
}

/// The cubin that fits the GPU best, the one for the latest chip; or null.
static const Cubin *findCubin(const Artifact &artifact,
                              const DeviceProperties &gpu) {
  const Cubin *best = nullptr;
  for (const Cubin &cubin : artifact.cubins)
    if (cubinRunsOn(cubin.chip, gpu.major, gpu.minor) &&
        (!best || chipBefore(best->chip, cubin.chip)))
      best = &cubin;
  return best;
}

static Result<PtxModule> loadArtifactPtx(const DevicePointer &device,
                                         const Artifact &artifact) {
  const Manifest &manifest = artifact.manifest;
  const DeviceProperties &gpu = device->properties();
  if (gpu.driverVersion < manifest.leastDriver)
    return makeError(
        ErrorCode::incompatibleDevice, "the artifact's PTX (ISA ",
        manifest.ptxVersion, ") needs a driver for CUDA ",
        cudaVersionName(manifest.leastDriver), " or newer, ", nameOf(gpu),
        " has one for CUDA ", cudaVersionName(gpu.driverVersion),
        "; update the driver, or recompile with --cubin=", gpu.chip());
  return loadPtx(device, artifact.ptx);
}

/// The cubin for this GPU, or else the PTX.
static Result<LoadedImage> loadImage(const DevicePointer &device,
                                     const Artifact &artifact) {
  const Cubin *cubin = findCubin(artifact, device->properties());
  Error refusal;
  if (cubin) {
    Result<PtxModule> module = loadCubin(device, cubin->image);
    if (module)
      return LoadedImage{std::move(*module), cubin->chip};
    // What the PTX cannot remedy.
    if (module.error().code != ErrorCode::incompatibleDevice)
      return module.error();
    refusal = module.error();
  }
  Result<PtxModule> module = loadArtifactPtx(device, artifact);
  if (module)
    return LoadedImage{std::move(*module), "PTX"};
  Error error = module.error();
  if (cubin)
    error.message += "; before that, " + refusal.message;
  return error;
}

DeviceModule::DeviceModule(ModuleHandle module, std::string image,
                           const Manifest &manifest)
    : module(std::move(module)), loaded(std::move(image)), contents(manifest),
      features(makeDescriptors(manifest)) {}

Result<std::shared_ptr<const DeviceModule>>
DeviceModule::load(DevicePointer device, const Artifact &artifact) {
  const Manifest &manifest = artifact.manifest;
  if (Status status = check(manifest); !status)
    return makeError(ErrorCode::badArtifact,
                     "manifest: ", status.error().message);
  const DeviceProperties &gpu = device->properties();
  if (!runsOn(manifest.chip, gpu.major, gpu.minor))
    return makeError(ErrorCode::incompatibleDevice,
                     "the artifact is compiled for ", manifest.chip, ", ",
                     nameOf(gpu), " is ", gpu.chip(), "; recompile it for ",
                     gpu.chip());
  Result<LoadedImage> image = loadImage(device, artifact);
  if (!image)
    return image.error();
  std::shared_ptr<DeviceModule> module(new DeviceModule(
      std::move(image->module), std::move(image->name), manifest));
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

/// Threads a block of a kernel.
static int32_t threadsOf(KernelId kernel, const Manifest &manifest) {
  switch (kernel) {
  case KernelId::scanSums:
  case KernelId::scanOffsets:
  case KernelId::expandOffsets:
  case KernelId::copyViews:
    return abi::kInputThreads;
  case KernelId::bindKeys:
  case KernelId::bindOrder:
    return abi::kBindThreads;
  case KernelId::forward:
  case KernelId::forwardChecked:
  case KernelId::forwardAny:
    break;
  }
  return manifest.threads;
}

Status DeviceModule::findKernels() {
  for (size_t i = 0; i != kKernelCount; ++i) {
    auto id = static_cast<KernelId>(i);
    if (contents.fixedBinding && bindsBlocks(id))
      continue;
    Result<DeviceKernel> kernel =
        findKernel(module, kernelName(id), threadsOf(id, contents));
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
  if (Status status = checkTables(tables, manifest); !status)
    return status.error();

  std::vector<std::byte> arrays = packFeatureArrays(manifest, tables);
  int64_t bytes = arrays.size();
  Result<DeviceBuffer> memory = DeviceBuffer::allocate(module->device(), bytes);
  if (!memory)
    return memory.error();
  Result<Stream> stream = Stream::create(module->device());
  if (!stream)
    return stream.error();
  if (Status status =
          copyToDevice(*stream, memory->address(), arrays.data(), bytes);
      !status)
    return status.error();
  return std::shared_ptr<const AttachedTables>(
      new AttachedTables(std::move(module), std::move(*memory)));
}

} // namespace recflex
