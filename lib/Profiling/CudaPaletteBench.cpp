//===- CudaPaletteBench.cpp - Assignments on a GPU ------------------------===//

#include "recflex/Profiling/CudaPaletteBench.h"

#include "BlockClocks.h"
#include "PalettePooling.h"
#include "PooledOutputs.h"

#include "recflex/Runtime/PtxHeader.h"

#include <algorithm>
#include <cmath>

namespace recflex {

//===----------------------------------------------------------------------===//
// Failures
//===----------------------------------------------------------------------===//

/// A driver that fails in the middle of a run has met an illegal access or the
/// like: its context is then of no use any more.
static BenchFailure describeFailure(const Error &error) {
  bool isOfDevice =
      error.code == ErrorCode::noDevice || error.code == ErrorCode::outOfMemory;
  return {isOfDevice ? BenchFailure::deviceLost : BenchFailure::crashed,
          error.message};
}

template <typename T> static Benched<T> benched(Result<T> result) {
  if (!result)
    return describeFailure(result.error());
  return std::move(*result);
}

//===----------------------------------------------------------------------===//
// Creation
//===----------------------------------------------------------------------===//

/// What is kept from one assignment to the next.
struct CudaPaletteBench::Memory {
  PoolingMemory assignment, yardstick;
  BlockClocks clocks;
};

CudaPaletteBench::CudaPaletteBench(DevicePointer device,
                                   const Manifest &manifest,
                                   std::vector<DevicePtr> tables, Stream stream)
    : device(std::move(device)), manifest(manifest), tables(std::move(tables)),
      stream(std::move(stream)), memory(std::make_unique<Memory>()) {}

CudaPaletteBench::~CudaPaletteBench() = default;

Result<std::unique_ptr<CudaPaletteBench>>
CudaPaletteBench::create(DevicePointer device, const Manifest &manifest,
                         std::vector<DevicePtr> tables,
                         const BenchSamples &samples) {
  if (Status status = checkTables(tables, manifest); !status)
    return status.error();
  if (samples.batches.empty() ||
      samples.batches.size() != samples.references.size())
    return makeError("a bench needs sample batches, and a reference for each");
  Result<Stream> stream = Stream::create(device);
  if (!stream)
    return stream.error();
  std::unique_ptr<CudaPaletteBench> bench(new CudaPaletteBench(
      std::move(device), manifest, std::move(tables), std::move(*stream)));
  if (Status status = bench->upload(samples); !status)
    return status.error();
  return bench;
}

Status CudaPaletteBench::upload(const BenchSamples &samples) {
  for (const Batch &batch : samples.batches) {
    Result<DeviceBatch> onDevice = DeviceBatch::upload(stream, manifest, batch);
    if (!onDevice)
      return onDevice.error();
    batches.push_back(std::move(*onDevice));
  }
  auto created = PooledOutputs::create(stream, manifest, samples.references);
  if (!created)
    return created.error();
  outputs = std::make_unique<PooledOutputs>(std::move(*created));
  return {};
}

BenchDevice CudaPaletteBench::describe(const Device &device) {
  const DeviceProperties &gpu = device.properties();
  BenchDevice described;
  described.name = gpu.name;
  described.chip = gpu.chip();
  described.driver = cudaVersionName(gpu.driverVersion);
  described.multiprocessors = gpu.multiprocessors;
  described.maxThreads = gpu.threadsPerMultiprocessor;
  described.maxBlocks = gpu.blocksPerMultiprocessor;
  described.registers = gpu.registersPerMultiprocessor;
  described.sharedBytes = gpu.sharedBytesPerMultiprocessor;
  return described;
}

//===----------------------------------------------------------------------===//
// Palettes
//===----------------------------------------------------------------------===//

Benched<PaletteFigures> CudaPaletteBench::load(int64_t palette,
                                               const PaletteImage &image) {
  Result<LoadedPalette> loaded = LoadedPalette::load(device, image);
  if (!loaded) {
    BenchFailure failure = describeFailure(loaded.error());
    if (failure.kind == BenchFailure::crashed)
      failure.kind = BenchFailure::refused;
    return failure;
  }
  palettes[palette] = std::make_unique<LoadedPalette>(std::move(*loaded));
  const DeviceKernel &kernel = palettes[palette]->timed();
  PaletteFigures figures;
  figures.registers = kernel.registers;
  figures.spilledBytes = kernel.localBytes;
  figures.blocks = kernel.blocksPerSM;
  return figures;
}

void CudaPaletteBench::unload(int64_t palette) { palettes.erase(palette); }

Result<const LoadedPalette *> CudaPaletteBench::find(int64_t palette) const {
  auto found = palettes.find(palette);
  if (found == palettes.end())
    return makeError("palette ", palette, " is not loaded");
  return found->second.get();
}

//===----------------------------------------------------------------------===//
// Profiles
//===----------------------------------------------------------------------===//

/// A tuner times thousands of assignments.
static BenchOptions timing(int samples) {
  return {samples, /*sampleSeconds=*/5e-4, /*warmupSeconds=*/1e-3};
}

/// An assignment whose blocks take that many times what those of the best one
/// took gets one round alone.
static constexpr int64_t kHopeless = 3;

/// The median, of at least one.
static double middle(std::vector<double> values) {
  return summarize(std::move(values)).median;
}

/// Figures of the features, from the clocks of each round over all batches.
static std::vector<FeatureProfile>
summarizeRounds(const std::vector<std::vector<BlockTimes>> &rounds,
                double clockRate) {
  std::vector<FeatureProfile> profiles(rounds.front().size());
  double batches = static_cast<double>(rounds.front().front().batches);
  for (size_t f = 0; f != profiles.size(); ++f) {
    std::vector<double> sums, longest;
    for (const std::vector<BlockTimes> &round : rounds) {
      sums.push_back(static_cast<double>(round[f].sum) / clockRate / batches);
      longest.push_back(static_cast<double>(round[f].longest) / clockRate /
                        batches);
    }
    auto [least, most] = std::minmax_element(sums.begin(), sums.end());
    profiles[f].spread = *most - *least;
    profiles[f].blockSeconds = middle(std::move(sums));
    profiles[f].longestBlock = middle(std::move(longest));
  }
  return profiles;
}

/// Adds the clocks of the batch that was pooled last.
static Status collectClocks(const PalettePooling &pooling, int64_t batchSize,
                            const Stream &stream, BlockClocks &clocks,
                            std::vector<BlockTimes> &times) {
  int64_t blocks = pooling.blocks(batchSize);
  if (std::optional<Binding> fixed = pooling.fixedBinding(batchSize))
    return clocks.collect(stream, blocks, *fixed, times);
  return clocks.collect(stream, blocks, pooling.workspace(), times);
}

Status CudaPaletteBench::launch(const PalettePooling &pooling, size_t i,
                                DevicePtr clocks) {
  return pooling.launch(batches[i].arguments(manifest, outputs->address()),
                        clocks, stream);
}

/// Batch `i` over poisoned rows, compared with its reference.
Status CudaPaletteBench::launchCompared(const PalettePooling &pooling, size_t i,
                                        DevicePtr clocks) {
  if (Status status = outputs->poison(stream); !status)
    return status;
  if (Status status = launch(pooling, i, clocks); !status)
    return status;
  return outputs->compare(stream, i);
}

/// Takes over, of each feature, the larger of `errors` and what the comparisons
/// until now gave. Not a number is the largest.
Status CudaPaletteBench::takeErrors(std::vector<double> &errors) {
  Result<std::vector<double>> found = outputs->takeErrors(stream);
  if (!found)
    return found.error();
  for (size_t f = 0; f != errors.size(); ++f)
    if (!std::isnan(errors[f]) && !((*found)[f] <= errors[f]))
      errors[f] = (*found)[f];
  return {};
}

Result<std::vector<FeatureProfile>>
CudaPaletteBench::profileAll(const LoadedPalette &palette,
                             const BodyAssignment &assignment, int roundCount) {
  auto pooling = PalettePooling::create(palette, manifest, tables, assignment,
                                        batches, stream, memory->assignment);
  if (!pooling)
    return pooling.error();
  BlockClocks &clocks = memory->clocks;
  if (Status status = clocks.reserve(stream, pooling->maxBlocks(),
                                     manifest.features.size());
      !status)
    return status.error();
  std::vector<std::vector<BlockTimes>> rounds;
  auto cyclesOf = [](const std::vector<BlockTimes> &round) {
    int64_t sum = 0;
    for (const BlockTimes &feature : round)
      sum += feature.sum;
    return sum;
  };
  std::vector<double> errors(manifest.features.size(), 0);
  if (palette.forward) {
    for (size_t i = 0; i != batches.size(); ++i)
      if (Status status = launchCompared(*pooling, i, /*clocks=*/0); !status)
        return status.error();
    if (Status status = takeErrors(errors); !status)
      return status.error();
  }
  for (int round = 0; round != roundCount; ++round) {
    rounds.emplace_back(manifest.features.size());
    for (size_t i = 0; i != batches.size(); ++i) {
      // What the output is made of need be looked at only once.
      Status status = round == 0 ? launchCompared(*pooling, i, clocks.address())
                                 : launch(*pooling, i, clocks.address());
      if (!status)
        return status.error();
      if (Status status = collectClocks(*pooling, batches[i].batchSize(),
                                        stream, clocks, rounds.back());
          !status)
        return status.error();
    }
    // What takes a multiple of what others took is not worth its time.
    int64_t cycles = cyclesOf(rounds.back());
    leastCycles = std::min(leastCycles, cycles);
    if (cycles / kHopeless > leastCycles)
      break;
  }
  std::vector<FeatureProfile> profiles =
      summarizeRounds(rounds, device->properties().clockRate);
  if (Status status = takeErrors(errors); !status)
    return status.error();
  for (size_t f = 0; f != profiles.size(); ++f)
    profiles[f].error = errors[f];
  return profiles;
}

Benched<std::vector<FeatureProfile>>
CudaPaletteBench::profile(int64_t palette, const BodyAssignment &assignment,
                          int rounds) {
  Result<const LoadedPalette *> found = find(palette);
  if (!found)
    return describeFailure(found.error());
  return benched(profileAll(**found, assignment, rounds));
}

//===----------------------------------------------------------------------===//
// Times
//===----------------------------------------------------------------------===//

Result<KernelTiming>
CudaPaletteBench::timeAll(const LoadedPalette &palette,
                          const BodyAssignment &assignment,
                          const LoadedPalette &yardstickPalette,
                          const BodyAssignment &yardstick, int samples) {
  auto pooling = PalettePooling::create(palette, manifest, tables, assignment,
                                        batches, stream, memory->assignment);
  if (!pooling)
    return pooling.error();
  auto other =
      PalettePooling::create(yardstickPalette, manifest, tables, yardstick,
                             batches, stream, memory->yardstick);
  if (!other)
    return other.error();
  Rotation launches, yardsticks;
  for (const DeviceBatch &batch : batches) {
    BatchArguments arguments = batch.arguments(manifest, outputs->address());
    launches.push_back([&, arguments] {
      return pooling->launch(arguments, /*clocks=*/0, stream);
    });
    yardsticks.push_back([&, arguments] {
      return other->launch(arguments, /*clocks=*/0, stream);
    });
  }
  auto times = sampleRotations(stream, {launches, yardsticks}, timing(samples));
  if (!times)
    return times.error();
  std::vector<double> ratios;
  for (size_t i = 0; i != (*times)[0].size(); ++i)
    ratios.push_back((*times)[0][i] / (*times)[1][i]);
  Timing ratio = summarize(std::move(ratios));
  return KernelTiming{ratio.median, ratio.p90 - ratio.p10,
                      middle(std::move((*times)[1]))};
}

Benched<KernelTiming> CudaPaletteBench::time(int64_t palette,
                                             const BodyAssignment &assignment,
                                             int64_t yardstickPalette,
                                             const BodyAssignment &yardstick,
                                             int samples) {
  Result<const LoadedPalette *> found = find(palette);
  if (!found)
    return describeFailure(found.error());
  Result<const LoadedPalette *> other = find(yardstickPalette);
  if (!other)
    return describeFailure(other.error());
  return benched(timeAll(**found, assignment, **other, yardstick, samples));
}

} // namespace recflex
