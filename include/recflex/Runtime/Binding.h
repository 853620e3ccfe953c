//===- Binding.h - Thread blocks to (feature, tile), on the host -*- C++ -*-==//
//
// The host's twin of the two binding kernels. Both give the same arrays, bit
// for bit; a launch uses the kernels, tests and the simulator compare. And the
// arrays of kernels whose binding is fixed, which no kernel makes.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_RUNTIME_BINDING_H
#define RECFLEX_RUNTIME_BINDING_H

#include "recflex/Data/Batch.h"
#include "recflex/Runtime/KernelABI.h"
#include "recflex/Runtime/Manifest.h"
#include "recflex/Support/Result.h"

#include <vector>

namespace recflex {

/// The binding table of one batch over F features.
struct Binding {
  std::vector<int32_t> keys;   ///< [F] serial steps of the longest bag
  std::vector<int32_t> order;  ///< [F] feature at rank r, heaviest first
  std::vector<int32_t> starts; ///< [F + 1] first block of rank r; the total
};

/// Most blocks of a one-dimensional grid, and the largest value of `starts`.
constexpr int64_t kMaxBlocks = INT32_MAX;

/// Blocks that the forward kernel needs: known from the batch size alone.
/// Saturates at 2^63 - 1; a launch wants checkGrid() to accept it.
int64_t countBlocks(const std::vector<abi::FeatureDescriptor> &descriptors,
                    int64_t batchSize);

/// countBlocks() without the walk over all features: features that are cut
/// alike are counted once. For the launch of every batch.
class BlockCounter {
public:
  explicit BlockCounter(const std::vector<abi::FeatureDescriptor> &descriptors);
  int64_t count(int64_t batchSize) const;

private:
  struct Cut {
    int32_t samplesPerTile;
    int64_t columnTiles; ///< summed over the features that are cut so
  };
  std::vector<Cut> cuts;
};

/// Most samples a batch: a tile may reach some thousands past the last one, and
/// kernels count samples in 32 bits.
constexpr int64_t kMaxBatch = INT32_MAX - 65535;

/// Whether a batch can be launched at all: `batchSize` from 0 to kMaxBatch,
/// `jaggedFeatures` * batchSize at most 2^31 - 1 (kernels number bags in 32
/// bits) and `blocks` at most kMaxBlocks. The error names the figure and says
/// to cut the batch.
Status checkGrid(int64_t blocks, int64_t jaggedFeatures, int64_t batchSize);

/// Binds blocks to tiles. Ties in `keys` keep the order of the features.
/// `offsets` has jaggedFeatures * batchSize + 1 entries, whatever they are, and
/// checkGrid() accepts the batch.
Binding bindOnHost(const std::vector<abi::FeatureDescriptor> &descriptors,
                   const IndexArray &offsets, int64_t batchSize);

/// The first block of each rank of `order`, and behind them the number of
/// blocks; of a batch that checkGrid() accepts.
std::vector<int32_t>
blockStarts(const std::vector<abi::FeatureDescriptor> &descriptors,
            const std::vector<int32_t> &order, int64_t batchSize);

/// The samplesPerTile that the manifest's features have, each once, in order.
std::vector<int32_t> tileCuts(const Manifest &manifest);

/// What a kernel of fixed binding reads: KernelABI.h.
struct FixedBinding {
  /// `manifest` has fixed binding and has passed check(). `tileCuts` are those
  /// that the kernel was compiled for, in order: the manifest's at least.
  FixedBinding(const Manifest &manifest, const std::vector<int32_t> &tileCuts);
  explicit FixedBinding(const Manifest &manifest)
      : FixedBinding(manifest, recflex::tileCuts(manifest)) {}

  /// What binding at run time would leave of this order, for a batch that
  /// checkGrid() accepts; without keys. `descriptors` are the manifest's.
  Binding bind(const std::vector<abi::FeatureDescriptor> &descriptors,
               int64_t batchSize) const;

  std::vector<abi::FixedRank> ranks; ///< [F]
  /// [abi::fixedGroups(F), abi::fixedCutStride(C)], C being the number of tile
  /// cuts: the sum of columnTiles over the features ahead of the group that
  /// have the c-th smallest of them; zeros past C.
  std::vector<int32_t> sums;
};

} // namespace recflex

#endif // RECFLEX_RUNTIME_BINDING_H
