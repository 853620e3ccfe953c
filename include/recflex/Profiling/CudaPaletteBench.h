//===- CudaPaletteBench.h - Assignments on a GPU ----------------*- C++ -*-===//

#ifndef RECFLEX_PROFILING_CUDAPALETTEBENCH_H
#define RECFLEX_PROFILING_CUDAPALETTEBENCH_H

#include "recflex/Profiling/PaletteBench.h"
#include "recflex/Runtime/DeviceBatch.h"
#include "recflex/Runtime/DeviceBench.h"

#include <limits>
#include <map>
#include <memory>
#include <optional>

namespace recflex {

class LoadedPalette;
class PalettePooling;
class PooledOutputs;

/// A model's batches, and what their outputs must be.
struct BenchSamples {
  std::vector<Batch> batches;
  std::vector<std::vector<float>> references; ///< poolReference() of each
};

class CudaPaletteBench final : public PaletteBench {
public:
  /// `manifest` is of the model; of its features, what FeatureBody has does not
  /// count. `tables` are in device memory that lives as long as the bench.
  static Result<std::unique_ptr<CudaPaletteBench>>
  create(DevicePointer device, const Manifest &manifest,
         std::vector<DevicePtr> tables, const BenchSamples &samples);
  ~CudaPaletteBench() override;

  static BenchDevice describe(const Device &device);
  Benched<BenchDevice> describe() override { return describe(*device); }
  Benched<PaletteFigures> load(int64_t palette,
                               const PaletteImage &image) override;
  void unload(int64_t palette) override;
  Benched<std::vector<FeatureProfile>> profile(int64_t palette,
                                               const BodyAssignment &assignment,
                                               int rounds) override;
  Benched<KernelTiming> time(int64_t palette, const BodyAssignment &assignment,
                             int64_t yardstickPalette,
                             const BodyAssignment &yardstick,
                             int samples) override;

private:
  struct Memory;

  CudaPaletteBench(DevicePointer device, const Manifest &manifest,
                   std::vector<DevicePtr> tables, Stream stream);
  Status upload(const BenchSamples &samples);
  Result<const LoadedPalette *> find(int64_t palette) const;
  Status launch(const PalettePooling &pooling, size_t i, DevicePtr clocks);
  Status launchCompared(const PalettePooling &pooling, size_t i,
                        DevicePtr clocks);
  Status takeErrors(std::vector<double> &errors);
  Result<std::vector<FeatureProfile>>
  profileAll(const LoadedPalette &palette, const BodyAssignment &assignment,
             int rounds);
  Result<KernelTiming> timeAll(const LoadedPalette &palette,
                               const BodyAssignment &assignment,
                               const LoadedPalette &yardstickPalette,
                               const BodyAssignment &yardstick, int samples);

  DevicePointer device;
  Manifest manifest;
  std::vector<DevicePtr> tables;
  Stream stream;
  std::vector<DeviceBatch> batches;
  std::unique_ptr<PooledOutputs> outputs;
  std::unique_ptr<Memory> memory;
  std::map<int64_t, std::unique_ptr<LoadedPalette>> palettes;
  /// Of all blocks in a round, of the best assignment until now.
  int64_t leastCycles = std::numeric_limits<int64_t>::max();
};

} // namespace recflex

#endif // RECFLEX_PROFILING_CUDAPALETTEBENCH_H
