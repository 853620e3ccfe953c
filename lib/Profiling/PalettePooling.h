//===- PalettePooling.h - One assignment, ready to launch -------*- C++ -*-===//

#ifndef RECFLEX_LIB_PROFILING_PALETTEPOOLING_H
#define RECFLEX_LIB_PROFILING_PALETTEPOOLING_H

#include "recflex/Profiling/PaletteBench.h"
#include "recflex/Runtime/DeviceBatch.h"
#include "recflex/Runtime/LaunchSequence.h"
#include "recflex/Runtime/PtxModule.h"

#include <optional>

namespace recflex {

/// A palette on a GPU.
class LoadedPalette {
public:
  static Result<LoadedPalette> load(const DevicePointer &device,
                                    const PaletteImage &image);

  /// The kernel that is timed.
  const DeviceKernel &timed() const { return forward ? *forward : profiled; }

  PtxModule module;
  DeviceKernel bindKeys, bindOrder, profiled;
  std::optional<DeviceKernel> forward; ///< if the image has it
  int32_t threads = 0;
  int64_t scratchBytes = 0;
  std::vector<int32_t> tileCuts; ///< empty if blocks are bound at run time
  bool overlaps = false; ///< abi::overlapsKernels()
};

/// A device buffer that grows.
class GrowingBuffer {
public:
  /// At least `bytes` bytes of undefined contents; those of the last call are
  /// no longer valid.
  Result<DevicePtr> reserve(const DevicePointer &device, int64_t bytes);

private:
  DeviceBuffer buffer;
};

/// What one pooling at a time needs; kept, for allocating takes longer than
/// pooling.
struct PoolingMemory {
  GrowingBuffer features, workspace;
};

/// A model whose features are pooled by bodies of a palette.
class PalettePooling {
public:
  /// `manifest` is of the model. The palette, the tables, the batches and the
  /// memory, which it has to itself, must outlive the pooling.
  static Result<PalettePooling>
  create(const LoadedPalette &palette, const Manifest &manifest,
         const std::vector<DevicePtr> &tables, const BodyAssignment &assignment,
         const std::vector<DeviceBatch> &batches, const Stream &stream,
         PoolingMemory &memory);

  /// Enqueues the forward of a batch. With `clocks`, room for two i64 a block,
  /// blocks leave theirs there; without, it is recflex_forward that runs, if
  /// the palette has it.
  Status launch(const BatchArguments &batch, DevicePtr clocks,
                const Stream &stream) const;

  /// Blocks of a batch, and of the largest one.
  int64_t blocks(int64_t batchSize) const;
  int64_t maxBlocks() const { return blocks(largestBatch); }

  const Workspace &workspace() const { return sequence->workspace(); }
  /// Of a batch; none if blocks are bound at run time.
  std::optional<Binding> fixedBinding(int64_t batchSize) const;

private:
  const LoadedPalette *palette = nullptr;
  std::unique_ptr<Manifest> manifest; ///< with the assignment
  std::vector<abi::FeatureDescriptor> descriptors;
  std::unique_ptr<FixedBinding> fixed;
  std::unique_ptr<LaunchSequence> sequence;
  int64_t largestBatch = 0;
};

} // namespace recflex

#endif // RECFLEX_LIB_PROFILING_PALETTEPOOLING_H
