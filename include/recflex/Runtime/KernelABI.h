//===- KernelABI.h - What host and kernels agree on -------------*- C++ -*-===//
//
// The compiler emits these kernels; the runtime and the simulator launch them
// in this order on one stream, with nothing in between. Where kernels overlap
// (see overlapsKernels) all but the first may start before the one ahead has
// ended. docs/KernelABI.md has the same in prose.
//
//   recflex_bind_keys(descriptors, F, offsets, B, keys)
//     one warp a feature: keys[f] is its heaviest tile in serial steps,
//     keys[P + f] its number of tiles. `keys` has 2 P entries, P being
//     paddedFeatures(F); those of no feature are zero.
//   recflex_bind_order(F, keys, order, starts)
//     one warp a feature: its rank (heaviest first, ties by number) and the
//     first block of its tiles.
//   recflex_forward(descriptors, F, order, starts, values, offsets, weights,
//                   output, outputStride, outputFormat, B,
//                   lookups, state, capacity, zeroBags, views, scratch)
//     a block finds its (feature, tile) in `starts` and runs the feature's
//     body. Blocks past starts[F] do nothing. Rows are written in kUsualFormat,
//     and the input must be right: it reads none of `lookups` to `views`.
//     `scratch` has the manifest's scratchBytes for each sample, which are all
//     zero before the context's first launch; null if there are none.
//
// Where the binding is fixed there are no binding kernels, and what stands at
// `order` and `starts` is written once, behind the descriptors: the FixedRanks
// and the sums of FixedBinding (Binding.h). Then every block has a tile.
//
// In place of recflex_forward, with the same arguments:
//
//   recflex_forward_checked
//     a block first looks at the offsets and indices of its tile. If all are
//     right it goes on as above; else it pools the tile bag by bag: a row
//     outside its table reads as zeros, a bag whose bounds are bad is empty,
//     faults are counted and listed, and with `zeroBags` a bag with a bad index
//     is all zeros.
//   recflex_forward_any
//     rows are written as `outputFormat` says; input is checked unless `state`
//     is null.
//
// In palettes alone (Conversion/EmbToGPU/Palette.h), in place of
// recflex_forward (those of finalists have both) and with the same arguments
// and one more, `clocks`:
//
//   recflex_forward_profiled
//     unless `clocks` is null, block b writes there, as i64, its
//     multiprocessor's clock when it begins (at 2 b) and ends (at 2 b + 1).
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_RUNTIME_KERNELABI_H
#define RECFLEX_RUNTIME_KERNELABI_H

#include "recflex/Support/Types.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace recflex::abi {

/// Raised whenever anything in this file or a kernel's arguments changes.
constexpr uint32_t kVersion = 5;

constexpr const char *kBindKeysKernel = "recflex_bind_keys";
constexpr const char *kBindOrderKernel = "recflex_bind_order";
constexpr const char *kForwardKernel = "recflex_forward";
constexpr const char *kForwardCheckedKernel = "recflex_forward_checked";
constexpr const char *kForwardAnyKernel = "recflex_forward_any";
constexpr const char *kForwardProfiledKernel = "recflex_forward_profiled";

constexpr uint32_t kWarpSize = 32;
/// Threads a block of the two binding kernels: one feature a warp.
constexpr uint32_t kBindThreads = 64;

//===----------------------------------------------------------------------===//
// Other forms of input
//
// A batch given as lengths, as views or with keyStarts (BatchArguments.h) is
// brought into the form that the kernels above read: one offsets array of
// N + 1 = J B + 1 entries and, for views, one values array. In 64 bits where a
// sum or a product needs them. Whatever is bad is harmless; it is counted and
// listed in `state` (CheckState, and `capacity` faults), unless that is null.
//
//   recflex_scan_sums(lengths, views, B, count, limit, sums)
//     sums[c] = the lengths of chunk c of `count` bags, added up. The lengths
//     are those of `lengths` or, if that is null, of the views' bags.
//   recflex_scan_offsets(lengths, views, B, count, limit, sums, offsets, state,
//                        capacity)
//     offsets[i] = the lengths before bag i, at most `limit`; `count` + 1
//     entries. A block does a chunk; the sums are those of all chunks before.
//   recflex_expand_offsets(offsets, keyStarts, lengths, J, B, bags, expanded,
//                          state, capacity)
//     expanded[j B + b] = offsets[keyStarts[j] + min(b, samples of key j)];
//     N + 1 entries, a chunk each block. `lengths`, unless null, are what the
//     offsets were made from: bad ones are counted here, where keys are known.
//   recflex_copy_views(views, B, N, offsets, values, weights)
//     the bags' values, and their weights unless `weights` is null, to where
//     `offsets` says. A warp copies a tile of positions; any grid will do.
//===----------------------------------------------------------------------===//

constexpr const char *kScanSumsKernel = "recflex_scan_sums";
constexpr const char *kScanOffsetsKernel = "recflex_scan_offsets";
constexpr const char *kExpandOffsetsKernel = "recflex_expand_offsets";
constexpr const char *kCopyViewsKernel = "recflex_copy_views";

/// Threads a block of these kernels.
constexpr uint32_t kInputThreads = 256;
/// Entries of an offsets array that a thread and a block do.
constexpr uint32_t kInputItems = 8;
constexpr uint32_t kInputChunk = kInputThreads * kInputItems;
/// Positions of the values that a lane and a warp copy at once: of eight a
/// lane, some chips spill.
constexpr uint32_t kCopyItems = 4;
constexpr uint32_t kCopyTile = kWarpSize * kCopyItems;
/// Largest `limit`: two sums up to it can be added.
constexpr int64_t kMaxScanLimit = int64_t{1} << 61;

/// 90 of "sm_90" and "sm_90a"; 0 of what names no chip.
constexpr int chipNumber(std::string_view chip) {
  if (chip.substr(0, 3) != "sm_")
    return 0;
  int number = 0;
  // Chips have two or three digits; more would not fit an int some day.
  for (char c : chip.substr(3, 6)) {
    if (c < '0' || c > '9')
      break;
    number = number * 10 + (c - '0');
  }
  return number;
}

/// Whether the kernels compiled for `chip` order themselves: recflex_bind_order
/// and recflex_forward execute griddepcontrol.wait before they read what the
/// kernel ahead writes, so that they may be launched with programmatic stream
/// serialization. PTX ISA: griddepcontrol needs sm_90.
constexpr bool overlapsKernels(std::string_view chip) {
  return chipNumber(chip) >= 90;
}

/// A divisor of numbers below 2^31, as a multiplication: n / divisor is
/// (n * magic) >> shift, in 64 bits.
struct Divider {
  uint32_t magic;
  int32_t shift;
};

/// The quotient is exact: with 2^(l - 1) < divisor <= 2^l, magic is
/// 2^(31 + l) / divisor rounded up, by less than 1, which adds less than
/// n / 2^31 / divisor to n / divisor. `divisor` is 1 to 2^20.
constexpr Divider divider(int32_t divisor) {
  int32_t shift = 31;
  while ((int64_t{1} << (shift - 31)) < divisor)
    ++shift;
  uint64_t power = uint64_t{1} << shift;
  return {static_cast<uint32_t>((power + divisor - 1) / divisor), shift};
}

/// One feature, as the kernels read it from global memory.
struct alignas(64) FeatureDescriptor {
  uint64_t table;          ///< device address of row 0, 16-byte aligned
  int64_t rows;            ///< rows of the table
  int32_t feature;         ///< position in the jagged input
  int32_t body;            ///< which body of the forward kernel
  int32_t column;          ///< first output column
  int32_t width;           ///< output columns
  int32_t samplesPerTile;  ///< samples that one block pools
  int32_t columnTiles;     ///< blocks that share a tile's samples
  int32_t parallelLookups; ///< lookups of one bag that are under way at once
  int32_t rowKind;         ///< rowKind()
  Divider rowTile;     ///< by columnTiles: of a tile, its place in the batch
  int32_t warpSamples; ///< samples that a warp pools by itself, or 0
  int32_t scratch;     ///< first byte in a sample's scratch
};
static_assert(sizeof(FeatureDescriptor) == 64);
static_assert(offsetof(FeatureDescriptor, table) == 0);
static_assert(offsetof(FeatureDescriptor, rows) == 8);
static_assert(offsetof(FeatureDescriptor, feature) == 16);
static_assert(offsetof(FeatureDescriptor, body) == 20);
static_assert(offsetof(FeatureDescriptor, column) == 24);
static_assert(offsetof(FeatureDescriptor, width) == 28);
static_assert(offsetof(FeatureDescriptor, samplesPerTile) == 32);
static_assert(offsetof(FeatureDescriptor, columnTiles) == 36);
static_assert(offsetof(FeatureDescriptor, parallelLookups) == 40);
static_assert(offsetof(FeatureDescriptor, rowKind) == 44);
static_assert(offsetof(FeatureDescriptor, rowTile) == 48);
static_assert(offsetof(FeatureDescriptor, warpSamples) == 56);
static_assert(offsetof(FeatureDescriptor, scratch) == 60);

/// Most blocks that share one bag and one part of the width.
constexpr int64_t kMaxBagParts = 16;
/// Scratch of a feature is aligned to this.
constexpr int64_t kScratchAlignment = 16;

/// How rows are read and pooled: bits 0 and 1 the type of their elements, bits
/// 2 and 3 the pooling, bit 4 whether they are weighted.
constexpr int32_t kRowTypeMask = 3;
constexpr int32_t kPoolingShift = 2;
constexpr int32_t kPoolingMask = 3;
constexpr int32_t kWeightedRows = 16;

constexpr int32_t rowKind(RowType type, Pooling pooling, bool weighted) {
  return static_cast<int32_t>(type) |
         static_cast<int32_t>(pooling) << kPoolingShift |
         (weighted ? kWeightedRows : 0);
}

/// How the forward kernel writes rows. Bits 0 and 1 are the element type, as in
/// RowType; kWideRows says that address and stride of the output are multiples
/// of kOutputVector elements.
constexpr int32_t kOutputTypeMask = 3;
constexpr int32_t kWideRows = 4;
constexpr int64_t kOutputVector = 4;
constexpr int32_t kUsualFormat = static_cast<int32_t>(RowType::f32) | kWideRows;

constexpr int32_t outputFormat(RowType type, uint64_t address, int64_t stride) {
  bool wide = address % (kOutputVector * byteSize(type)) == 0 &&
              stride % kOutputVector == 0;
  return static_cast<int32_t>(type) | (wide ? kWideRows : 0);
}

/// What checked kernels leave behind, in device memory: all zero when a context
/// is made. `capacity` faults (Fault of BatchArguments.h) follow it.
struct alignas(128) CheckState {
  uint64_t total; ///< faults counted; the first `capacity` are listed
  uint64_t unused[15];
};
static_assert(sizeof(CheckState) == 128);
static_assert(offsetof(CheckState, total) == 0);

/// The feature of a rank, with fixed binding.
struct FixedRank {
  int32_t samplesPerTile;
  int32_t columnTiles;
  int32_t feature;  ///< its descriptor's number
  int32_t reserved; ///< zero
};
static_assert(sizeof(FixedRank) == 16, "one load takes it");

/// Ranks are searched by groups of a warp's size.
constexpr int64_t fixedGroups(int64_t features) {
  return (features + kWarpSize - 1) / kWarpSize;
}
/// A group's sums, one for each different samplesPerTile, are read by vectors.
constexpr int64_t kCutVector = 4;
constexpr int64_t fixedCutStride(int64_t cuts) {
  return (cuts + kCutVector - 1) / kCutVector * kCutVector;
}
/// Most different samplesPerTile of a model with fixed binding: more than
/// schedules make, and few enough that a short manifest makes no long array.
constexpr int64_t kMaxFixedCuts = 64;

/// Blocks that feature `d` takes for a batch of `batchSize` samples; tile t
/// covers samples [t / columnTiles * samplesPerTile ...), and does the
/// (t % columnTiles)-th part of them: of the width, and of each bag.
constexpr int64_t tileCount(const FeatureDescriptor &d, int64_t batchSize) {
  return (batchSize + d.samplesPerTile - 1) / d.samplesPerTile * d.columnTiles;
}

/// Bags longer than any; what is longer counts as this, so that the sums below
/// cannot wrap.
constexpr int64_t kLongestBag = int64_t{1} << 50;

/// Features are compared by vectors of so many: the two arrays in `keys` are
/// padded to a multiple of it.
constexpr int64_t kKeyVector = 4;
constexpr int64_t paddedFeatures(int64_t features) {
  return (features + kKeyVector - 1) / kKeyVector * kKeyVector;
}

/// Largest of tileKey(): one more must be a number too.
constexpr int32_t kMaxKey = INT32_MAX - 1;

/// The weight by which tiles are ordered: serial steps of the longest bag.
/// Saturates at kMaxKey.
constexpr int32_t tileKey(const FeatureDescriptor &d, int64_t longestBag) {
  int64_t bounded = longestBag < kLongestBag ? longestBag : kLongestBag;
  int64_t steps = (bounded + d.parallelLookups - 1) / d.parallelLookups;
  return steps > kMaxKey ? kMaxKey : static_cast<int32_t>(steps);
}

} // namespace recflex::abi

#endif // RECFLEX_RUNTIME_KERNELABI_H
