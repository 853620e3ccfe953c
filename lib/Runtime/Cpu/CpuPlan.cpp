//===- CpuPlan.cpp - A model's features, as the CPU pools them ------------===//

#include "CpuPlan.h"

#include <algorithm>
#include <cstring>

namespace recflex {

CpuPlan::CpuPlan(const Manifest &manifest, const KernelSet &kernels)
    : set(kernels), blocks(makeDescriptors(manifest)) {
  for (const ManifestFeature &f : manifest.features) {
    const ManifestTable &table = manifest.tables[f.table];
    FeaturePlan plan;
    plan.key = f.key;
    plan.table = f.table;
    plan.column = f.column;
    plan.rows = table.rows;
    plan.width = table.width;
    plan.rowType = table.type;
    plan.mean = f.pooling == Pooling::mean;
    plan.weighted = f.weighted;
    PoolOp op = f.pooling == Pooling::max ? PoolOp::max
                : f.weighted              ? PoolOp::weightedSum
                                          : PoolOp::sum;
    for (int64_t column = 0; column != table.width;
         column += plan.kernels.back().columns)
      plan.kernels.push_back(kernels.find(manifest.indexType, table.type, op,
                                          table.width - column));
    features.push_back(std::move(plan));
  }
}

//===----------------------------------------------------------------------===//
// Pieces
//===----------------------------------------------------------------------===//

/// A piece that costs less than this is not worth a thread's while: some
/// microseconds, in the units of costOf().
constexpr int64_t kSmallestPiece = 4096;
/// Pieces a thread: the last one to finish then makes the others wait for a
/// few percent of the time.
constexpr int64_t kPiecesPerThread = 16;

/// Bound `sample` of a key, where samples past its last one have empty bags.
/// Held to its values, so that nothing overflows.
static int64_t clampedBound(const KeyInput &key, IndexType type,
                            int64_t sample) {
  int64_t bound = boundAt(key, type, std::min(sample, key.samples));
  return std::min(std::max<int64_t>(bound, 0), key.lookups);
}

/// Roughly the nanoseconds that a feature takes: instructions and lines of the
/// cache for each lookup, and for each bag.
static int64_t costOf(const FeaturePlan &feature, const KeyInput &key,
                      IndexType type, int64_t batchSize) {
  int64_t lookups =
      clampedBound(key, type, key.samples) - clampedBound(key, type, 0);
  int64_t lines = 1 + feature.rowBytes() / 64;
  // Bad bounds may say anything; 2^40 lookups are enough of it.
  return std::min(std::max<int64_t>(lookups, 0), int64_t{1} << 40) * lines +
         batchSize * (8 + lines);
}

void PieceTable::cut(const CpuPlan &plan, const KeyInputs &inputs,
                     int64_t batchSize, int32_t threads) {
  IndexType type = inputs.boundsType();
  int64_t total = 0;
  for (size_t f = 0; f != plan.features.size(); ++f) {
    const FeaturePlan &feature = plan.features[f];
    int64_t cost = costOf(feature, inputs.key(feature.key), type, batchSize);
    starts[f] = cost; // until it is cut
    if (__builtin_add_overflow(total, cost, &total))
      total = INT64_MAX;
  }
  int64_t target =
      std::max(kSmallestPiece, total / (threads * kPiecesPerThread));
  int64_t start = 0;
  for (size_t f = 0; f != plan.features.size(); ++f) {
    int64_t pieces = 1;
    if (threads > 1)
      while (pieces * target < starts[f] && pieces * 2 <= batchSize)
        pieces *= 2;
    starts[f] = start;
    start += pieces;
  }
  starts.back() = start;
  // Neighbouring features write neighbouring columns, often in the same line
  // of the cache.
  piecesAtOnce =
      std::clamp<int64_t>(start / (threads * kPiecesPerThread), 1, 4);
}

PieceTable::Piece PieceTable::find(const CpuPlan &plan, const KeyInputs &inputs,
                                   int64_t batchSize, int64_t piece) const {
  auto after = std::upper_bound(starts.begin(), starts.end(), piece);
  int32_t f = static_cast<int32_t>(after - starts.begin()) - 1;
  int64_t pieces = starts[f + 1] - starts[f];
  int64_t number = piece - starts[f];

  // Halves of halves: whatever the bounds say, the pieces are a partition.
  const KeyInput &key = inputs.key(plan.features[f].key);
  IndexType type = inputs.boundsType();
  auto load = [&](int64_t sample) {
    return clampedBound(key, type, sample) + sample;
  };
  int64_t low = 0, high = batchSize;
  for (int64_t half = pieces / 2; half != 0; half /= 2) {
    int64_t lowLoad = load(low);
    int64_t middleLoad = lowLoad + (load(high) - lowLoad) / 2;
    int64_t from = low, to = high;
    while (from < to) {
      int64_t middle = from + (to - from) / 2;
      if (load(middle) < middleLoad)
        from = middle + 1;
      else
        to = middle;
    }
    if (number & half)
      low = from;
    else
      high = from;
  }
  return {f, low, high};
}

//===----------------------------------------------------------------------===//
// Pooling
//===----------------------------------------------------------------------===//

/// Bytes of rows that are fetched ahead of their turn, and the bounds of the
/// lookups that this makes. Measured on a Zen 4: from 2 to 8 KiB all is within
/// 3%, without it all takes 10 to 20% longer.
constexpr int64_t kPrefetchBytes = 4096;
constexpr int64_t kFewestAhead = 4, kMostAhead = 64;
/// Lookups between one kernel and the next over the same rows, where a row
/// takes several.
constexpr int64_t kStripLookups = 64;

/// Pools arguments.firstSample to lastSample with all of the feature's kernels.
static void poolColumns(const FeaturePlan &feature, PoolArguments arguments,
                        int64_t elementBytes) {
  for (const PoolKernel &kernel : feature.kernels) {
    arguments.columns = kernel.columns;
    kernel.function(arguments);
    arguments.table += kernel.columns * byteSize(feature.rowType);
    arguments.output += kernel.columns * elementBytes;
    arguments.recordsFaults = false;
  }
}

/// Records what is bad in the bags of [first, last), which nobody pools.
static void recordBags(const BagFaults &faults, const KeyInput &key,
                       IndexType boundsType, int64_t first, int64_t last) {
  for (int64_t s = first; s < last; ++s) {
    int64_t begin = boundAt(key, boundsType, s);
    int64_t end = boundAt(key, boundsType, s + 1);
    if (isGoodBag(begin, end, key.lookups))
      faults.recordIndices(s, key.values, begin, end);
    else
      faults.recordBounds(s, begin, end, key.lookups);
  }
}

void poolPiece(const CpuPlan &plan, const PoolTarget &target,
               const PieceTable::Piece &piece) {
  const FeaturePlan &feature = plan.features[piece.feature];
  const KeyInput &key = target.inputs->key(feature.key);
  const BatchArguments &batch = *target.batch;
  IndexType boundsType = target.inputs->boundsType();
  int64_t elementBytes = byteSize(batch.outputType);

  BagFaults faults;
  faults.feature = piece.feature;
  faults.key = feature.key;
  faults.rows = feature.rows;
  faults.indexType = target.indexType;
  faults.zeroBag = target.zeroBag;
  faults.boundsAreRecorded = target.inputs->boundsAreChecked();
  faults.log = target.log;

  PoolArguments arguments;
  arguments.table =
      reinterpret_cast<const std::byte *>((*target.tables)[feature.table]);
  arguments.rows = feature.rows;
  arguments.rowBytes = feature.rowBytes();
  arguments.mean = feature.mean;
  arguments.values = key.values;
  arguments.weights = key.weights;
  arguments.bounds = key.bounds;
  arguments.boundsType = boundsType;
  arguments.lookups = key.lookups;
  arguments.output = reinterpret_cast<std::byte *>(batch.output) +
                     feature.column * elementBytes;
  arguments.outputStride = batch.outputStride * elementBytes;
  arguments.outputType = batch.outputType;
  arguments.faults = &faults;

  // Samples that have bags to pool; the others' rows are zeros.
  bool lacksWeights = feature.weighted && !key.weights;
  int64_t samples = lacksWeights ? 0 : key.samples;
  if (lacksWeights)
    recordBags(faults, key, boundsType, piece.firstSample,
               std::min(piece.lastSample, key.samples));
  int64_t last = std::min(piece.lastSample, samples);
  if (piece.firstSample < last) {
    arguments.prefetchEnd = clampedBound(key, boundsType, last);
    arguments.prefetchDistance = std::clamp(kPrefetchBytes / feature.rowBytes(),
                                            kFewestAhead, kMostAhead);
    for (int64_t sample = piece.firstSample; sample < last;) {
      arguments.firstSample = sample;
      int64_t begin = clampedBound(key, boundsType, sample);
      sample = feature.kernels.size() == 1 ? last : sample + 1;
      while (sample < last &&
             clampedBound(key, boundsType, sample) - begin < kStripLookups)
        ++sample;
      arguments.lastSample = sample;
      poolColumns(feature, arguments, elementBytes);
    }
  }
  if (!isGoodBag(key.end, key.end, key.lookups))
    for (int64_t s = std::max(piece.firstSample, key.samples);
         s < piece.lastSample; ++s)
      faults.recordBounds(s, key.end, key.end, key.lookups);
  for (int64_t s = std::max(piece.firstSample, samples);
       s < piece.lastSample; ++s)
    std::memset(arguments.output + s * arguments.outputStride, 0,
                feature.width * elementBytes);
}

} // namespace recflex
