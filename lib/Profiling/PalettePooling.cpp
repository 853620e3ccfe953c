//===- PalettePooling.cpp - One assignment, ready to launch ---------------===//

#include "PalettePooling.h"

#include "recflex/Runtime/DeviceMemory.h"

#include <algorithm>

namespace recflex {

Result<LoadedPalette> LoadedPalette::load(const DevicePointer &device,
                                          const PaletteImage &image) {
  Result<PtxModule> module = image.isCubin ? loadCubin(device, image.code)
                                           : loadPtx(device, image.code);
  if (!module)
    return module.error();
  LoadedPalette palette;
  std::vector<std::tuple<const char *, int32_t, DeviceKernel *>> wanted = {
      {abi::kForwardProfiledKernel, image.threads, &palette.profiled}};
  if (image.tileCuts.empty()) {
    wanted.emplace_back(abi::kBindKeysKernel, abi::kBindThreads,
                        &palette.bindKeys);
    wanted.emplace_back(abi::kBindOrderKernel, abi::kBindThreads,
                        &palette.bindOrder);
  }
  if (image.hasForward)
    wanted.emplace_back(abi::kForwardKernel, image.threads,
                        &palette.forward.emplace());
  for (auto [name, threads, kernel] : wanted) {
    Result<DeviceKernel> found = findKernel(*module, name, threads);
    if (!found)
      return found.error();
    *kernel = *found;
  }
  palette.module = std::move(*module);
  palette.threads = image.threads;
  palette.scratchBytes = image.scratchBytes;
  palette.tileCuts = image.tileCuts;
  palette.overlaps = abi::overlapsKernels(device->properties().chip());
  return palette;
}

namespace {
/// A stream in which recflex_forward_profiled stands for the forward kernel
/// where there are clocks, or no other.
class PaletteQueue final : public KernelQueue {
public:
  PaletteQueue(const LoadedPalette &palette, DevicePtr clocks,
               CUstream_st *stream)
      : palette(palette), clocks(clocks), stream(stream) {}

  Status launch(const KernelLaunch &launch,
                KernelArguments arguments) override {
    ParameterList parameters(arguments);
    bool isProfiled = clocks || !palette.forward;
    const DeviceKernel *kernel =
        isProfiled ? &palette.profiled : &*palette.forward;
    if (launch.kernel == KernelId::bindKeys)
      kernel = &palette.bindKeys;
    else if (launch.kernel == KernelId::bindOrder)
      kernel = &palette.bindOrder;
    else if (isProfiled)
      parameters.add(clocks);
    return enqueueKernel(palette.module.device()->driver(), *kernel,
                         launch.blocks, launch.threads,
                         launch.startsEarly && palette.overlaps, stream,
                         parameters.get());
  }

private:
  const LoadedPalette &palette;
  DevicePtr clocks;
  CUstream_st *stream;
};
} // namespace

/// With fixed binding tiles are such that the palette was compiled for.
static Status checkCuts(const Manifest &manifest,
                        const LoadedPalette &palette) {
  if (!manifest.fixedBinding)
    return {};
  for (const ManifestFeature &feature : manifest.features)
    if (!std::binary_search(palette.tileCuts.begin(), palette.tileCuts.end(),
                            feature.samplesPerTile))
      return makeError("feature '", feature.name, "' has tiles of ",
                       feature.samplesPerTile,
                       " samples, which the palette has no code for");
  return {};
}

/// The model's manifest with the bodies and tiles of `assignment`.
static Result<Manifest> assign(const Manifest &model,
                               const LoadedPalette &palette,
                               const BodyAssignment &assignment) {
  if (assignment.size() != model.features.size())
    return makeError("the assignment has ", assignment.size(), " bodies for ",
                     model.features.size(), " features");
  Manifest manifest = model;
  manifest.threads = palette.threads;
  manifest.scratchBytes = static_cast<int32_t>(palette.scratchBytes);
  manifest.fixedBinding = !palette.tileCuts.empty();
  for (size_t f = 0; f != assignment.size(); ++f) {
    ManifestFeature &feature = manifest.features[f];
    feature.body = assignment[f].body;
    feature.samplesPerTile = assignment[f].samplesPerTile;
    feature.columnTiles = assignment[f].columnTiles;
    feature.parallelLookups = assignment[f].parallelLookups;
    feature.warpSamples = assignment[f].warpSamples;
    feature.scratch = assignment[f].scratch;
    feature.rank = assignment[f].rank;
  }
  if (Status status = checkRanks(manifest); !status)
    return status.error();
  if (Status status = checkCuts(manifest, palette); !status)
    return status.error();
  return manifest;
}

Result<DevicePtr> GrowingBuffer::reserve(const DevicePointer &device,
                                         int64_t bytes) {
  if (bytes > buffer.size()) {
    buffer = DeviceBuffer(); // both might not fit
    Result<DeviceBuffer> larger = DeviceBuffer::allocate(device, bytes);
    if (!larger)
      return larger.error();
    buffer = std::move(*larger);
  }
  return buffer.address();
}

/// The FeatureArrays in device memory.
static Result<DevicePtr> uploadFeatures(const Manifest &manifest,
                                        const FixedBinding *fixed,
                                        const std::vector<DevicePtr> &tables,
                                        const Stream &stream,
                                        GrowingBuffer &buffer) {
  std::vector<std::byte> arrays = packFeatureArrays(manifest, tables, fixed);
  int64_t bytes = arrays.size();
  Result<DevicePtr> address = buffer.reserve(stream.device(), bytes);
  if (!address)
    return address;
  if (Status status = copyToDevice(stream, *address, arrays.data(), bytes);
      !status)
    return status.error();
  return address;
}

Result<PalettePooling>
PalettePooling::create(const LoadedPalette &palette, const Manifest &manifest,
                       const std::vector<DevicePtr> &tables,
                       const BodyAssignment &assignment,
                       const std::vector<DeviceBatch> &batches,
                       const Stream &stream, PoolingMemory &memory) {
  PalettePooling pooling;
  pooling.palette = &palette;
  Result<Manifest> assigned = assign(manifest, palette, assignment);
  if (!assigned)
    return assigned.error();
  pooling.manifest = std::make_unique<Manifest>(std::move(*assigned));
  pooling.descriptors = makeDescriptors(*pooling.manifest);
  if (pooling.manifest->fixedBinding)
    pooling.fixed =
        std::make_unique<FixedBinding>(*pooling.manifest, palette.tileCuts);
  Result<DevicePtr> features = uploadFeatures(
      *pooling.manifest, pooling.fixed.get(), tables, stream, memory.features);
  if (!features)
    return features.error();

  for (const DeviceBatch &batch : batches)
    pooling.largestBatch = std::max(pooling.largestBatch, batch.batchSize());
  ContextOptions options;
  if (palette.scratchBytes != 0)
    options.maxBatch = pooling.largestBatch;
  std::vector<WorkspaceArray> arrays =
      workspaceArrays(*pooling.manifest, options);
  Result<DevicePtr> base =
      memory.workspace.reserve(stream.device(), workspaceBytes(arrays));
  if (!base)
    return base.error();
  Workspace workspace = placeWorkspace(arrays, *base);
  for (const WorkspaceArray &array : arrays)
    if (array.zeroed)
      if (Status status =
              fillBytes(stream, workspace.*array.address, 0, array.bytes);
          !status)
        return status.error();
  pooling.sequence = std::make_unique<LaunchSequence>(
      *pooling.manifest, *features, workspace, options);
  return pooling;
}

int64_t PalettePooling::blocks(int64_t batchSize) const {
  return countBlocks(descriptors, batchSize);
}

std::optional<Binding> PalettePooling::fixedBinding(int64_t batchSize) const {
  if (!fixed)
    return std::nullopt;
  return fixed->bind(descriptors, batchSize);
}

Status PalettePooling::launch(const BatchArguments &batch, DevicePtr clocks,
                              const Stream &stream) const {
  if (sequence->isEmpty(batch))
    return {};
  if (Status status = sequence->check(batch); !status)
    return status;
  ContextScope scope(*stream.device());
  if (!scope)
    return scope.error();
  PaletteQueue queue(*palette, clocks, stream.get());
  Result<BatchArguments> bound = sequence->bind(batch, queue);
  if (!bound)
    return bound.error();
  return sequence->pool(*bound, /*views=*/0, queue);
}

} // namespace recflex
