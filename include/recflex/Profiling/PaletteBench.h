//===- PaletteBench.h - Assignments on a device -----------------*- C++ -*-===//
//
// A palette (Conversion/EmbToGPU/Palette.h) has many bodies; an assignment says
// which of them pools each feature of a model. A bench runs assignments over
// sample batches: on a GPU (CudaPaletteBench.h), in another process
// (RemoteBench.h), or in a test's imagination.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_PROFILING_PALETTEBENCH_H
#define RECFLEX_PROFILING_PALETTEBENCH_H

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace recflex {

/// Why a bench gave no figures.
struct BenchFailure {
  enum Kind : int32_t {
    refused,    ///< the driver does not take the palette
    crashed,    ///< an illegal access, a trap, a dead process
    timedOut,   ///< not done within the time limit
    deviceLost, ///< the device, or what it needs, is not there: says nothing of
                ///< the palette
  } kind = crashed;
  std::string message;
};

template <typename T> using Benched = std::variant<T, BenchFailure>;

/// The device, and what one of its multiprocessors has room for.
struct BenchDevice {
  std::string name, chip, driver;
  int64_t multiprocessors = 0;
  int64_t maxThreads = 0;
  int64_t maxBlocks = 0;
  int64_t registers = 0;
  int64_t sharedBytes = 0;
};

/// A palette's code.
struct PaletteImage {
  std::string code;
  bool isCubin = false;     ///< else PTX
  int32_t threads = 0;      ///< a block
  int64_t scratchBytes = 0; ///< a sample, as it was compiled for
  /// With fixed binding, the samples a tile that it was compiled for, in order;
  /// empty if blocks are bound at run time.
  std::vector<int32_t> tileCuts = {};
  /// Whether recflex_forward is in it: that is then what is timed.
  bool hasForward = false;
};

/// What the driver says of a palette's kernel.
struct PaletteFigures {
  int64_t registers = 0; ///< a thread
  int64_t spilledBytes = 0;
  int64_t blocks = 0; ///< resident on a multiprocessor
};

/// How one feature is pooled: by which body, in which tiles
/// (abi::FeatureDescriptor).
struct FeatureBody {
  int32_t body = 0;
  int32_t samplesPerTile = 1;
  int32_t columnTiles = 1;
  int32_t parallelLookups = 1;
  int32_t warpSamples = 0;
  int32_t scratch = 0; ///< first byte in a sample's scratch
  int32_t rank = 0;    ///< of its blocks, with fixed binding
};

/// A body for each feature of the model, in the manifest's order.
using BodyAssignment = std::vector<FeatureBody>;

/// What one feature took, averaged over the sample batches.
struct FeatureProfile {
  double blockSeconds = 0; ///< the durations of its blocks, added up
  double spread = 0; ///< of it, from one round over all batches to another
  double longestBlock = 0; ///< seconds
  /// ||pooled - reference|| / ||reference||, the worst of the batches; not a
  /// number if the pooled rows aren't.
  double error = 0;
};

/// What the whole forward takes, compared with a yardstick in turns: what slows
/// both down does not count.
struct KernelTiming {
  double ratio = 0;     ///< to the yardstick, sample by sample: median
  double spread = 0;    ///< of the ratio: 90th less 10th percentile
  double yardstick = 0; ///< seconds a batch of the yardstick, median
};

class PaletteBench {
public:
  virtual ~PaletteBench() = default;

  virtual Benched<BenchDevice> describe() = 0;

  /// Makes a palette known by a number; another of that number goes.
  virtual Benched<PaletteFigures> load(int64_t palette,
                                       const PaletteImage &image) = 0;
  virtual void unload(int64_t palette) = 0;

  /// Runs an assignment over all batches, `rounds` times (1 or more), with the
  /// clocks of all blocks. The outputs are compared with the references, those
  /// of recflex_forward too if the palette has it.
  virtual Benched<std::vector<FeatureProfile>>
  profile(int64_t palette, const BodyAssignment &assignment, int rounds) = 0;

  /// Times an assignment, without clocks, in turns with a yardstick, `samples`
  /// (1 or more) times.
  virtual Benched<KernelTiming> time(int64_t palette,
                                     const BodyAssignment &assignment,
                                     int64_t yardstickPalette,
                                     const BodyAssignment &yardstick,
                                     int samples) = 0;
};

} // namespace recflex

#endif // RECFLEX_PROFILING_PALETTEBENCH_H
