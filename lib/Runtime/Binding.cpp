//===- Binding.cpp - Thread blocks to (feature, tile), on the host --------===//

#include "recflex/Runtime/Binding.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace recflex {

static int64_t saturatingAdd(int64_t a, int64_t b) {
  int64_t sum;
  return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}

/// ceil(batchSize / samplesPerTile) * columnTiles, saturating.
static int64_t countTiles(int64_t batchSize, int32_t samplesPerTile,
                          int64_t columnTiles) {
  int64_t tiles =
      batchSize / samplesPerTile + (batchSize % samplesPerTile != 0 ? 1 : 0);
  int64_t product;
  return __builtin_mul_overflow(tiles, columnTiles, &product) ? INT64_MAX
                                                              : product;
}

int64_t countBlocks(const std::vector<abi::FeatureDescriptor> &descriptors,
                    int64_t batchSize) {
  int64_t blocks = 0;
  for (const abi::FeatureDescriptor &d : descriptors)
    blocks = saturatingAdd(
        blocks, countTiles(batchSize, d.samplesPerTile, d.columnTiles));
  return blocks;
}

BlockCounter::BlockCounter(
    const std::vector<abi::FeatureDescriptor> &descriptors) {
  std::map<int32_t, int64_t> columnTiles;
  for (const abi::FeatureDescriptor &d : descriptors)
    columnTiles[d.samplesPerTile] += d.columnTiles;
  for (auto [samplesPerTile, tiles] : columnTiles)
    cuts.push_back({samplesPerTile, tiles});
}

int64_t BlockCounter::count(int64_t batchSize) const {
  int64_t blocks = 0;
  for (const Cut &cut : cuts)
    blocks = saturatingAdd(
        blocks, countTiles(batchSize, cut.samplesPerTile, cut.columnTiles));
  return blocks;
}

Status checkGrid(int64_t blocks, int64_t jaggedFeatures, int64_t batchSize) {
  if (batchSize < 0 || batchSize > kMaxBatch)
    return makeError(batchSize < 0 ? ErrorCode::invalidArgument
                                   : ErrorCode::limitExceeded,
                     "batch size ", batchSize, " is not in 0..", kMaxBatch);
  int64_t bags;
  if (__builtin_mul_overflow(jaggedFeatures, batchSize, &bags) ||
      bags > INT32_MAX)
    return makeError(ErrorCode::limitExceeded, jaggedFeatures, " features x ",
                     batchSize, " samples are more than ", INT32_MAX,
                     " bags; cut the batch into smaller ones");
  if (blocks > kMaxBlocks)
    return makeError(ErrorCode::limitExceeded, "a batch of ", batchSize,
                     " samples needs ", blocks,
                     " thread blocks, a grid has at most ", kMaxBlocks,
                     "; cut the batch into smaller ones");
  return {};
}

/// end - begin as the kernels compute it: offsets that nobody checked may wrap.
static int64_t bagLength(IndexType type, int64_t begin, int64_t end) {
  uint64_t length = static_cast<uint64_t>(end) - static_cast<uint64_t>(begin);
  return type == IndexType::i32 ? static_cast<int32_t>(length)
                                : static_cast<int64_t>(length);
}

std::vector<int32_t>
blockStarts(const std::vector<abi::FeatureDescriptor> &descriptors,
            const std::vector<int32_t> &order, int64_t batchSize) {
  std::vector<int32_t> starts;
  starts.reserve(order.size() + 1);
  int64_t start = 0;
  for (int32_t feature : order) {
    starts.push_back(static_cast<int32_t>(start));
    start += abi::tileCount(descriptors[feature], batchSize);
  }
  starts.push_back(static_cast<int32_t>(start));
  return starts;
}

Binding bindOnHost(const std::vector<abi::FeatureDescriptor> &descriptors,
                   const IndexArray &offsets, int64_t batchSize) {
  Binding binding;
  binding.keys.reserve(descriptors.size());
  for (const abi::FeatureDescriptor &d : descriptors) {
    int64_t firstBag = d.feature * batchSize;
    int64_t longestBag = 0;
    for (int64_t bag = firstBag; bag != firstBag + batchSize; ++bag)
      longestBag = std::max(
          longestBag, bagLength(offsets.type, offsets[bag], offsets[bag + 1]));
    binding.keys.push_back(abi::tileKey(d, longestBag));
  }

  binding.order.resize(descriptors.size());
  std::iota(binding.order.begin(), binding.order.end(), 0);
  std::sort(binding.order.begin(), binding.order.end(),
            [&keys = binding.keys](int32_t a, int32_t b) {
              return keys[a] != keys[b] ? keys[a] > keys[b] : a < b;
            });

  binding.starts = blockStarts(descriptors, binding.order, batchSize);
  return binding;
}

std::vector<int32_t> tileCuts(const Manifest &manifest) {
  std::vector<int32_t> cuts;
  for (const ManifestFeature &feature : manifest.features)
    cuts.push_back(feature.samplesPerTile);
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  return cuts;
}

FixedBinding::FixedBinding(const Manifest &manifest,
                           const std::vector<int32_t> &tileCuts)
    : ranks(manifest.features.size()) {
  for (size_t i = 0; i != ranks.size(); ++i) {
    const ManifestFeature &feature = manifest.features[i];
    ranks[feature.rank] = {feature.samplesPerTile, feature.columnTiles,
                           static_cast<int32_t>(i), 0};
  }
  // Unsigned: a manifest whose sums wrap has no batch that can be launched.
  std::vector<uint32_t> ahead(
      abi::fixedCutStride(static_cast<int64_t>(tileCuts.size())));
  for (size_t rank = 0; rank != ranks.size(); ++rank) {
    if (rank % abi::kWarpSize == 0)
      sums.insert(sums.end(), ahead.begin(), ahead.end());
    auto cut = std::lower_bound(tileCuts.begin(), tileCuts.end(),
                                ranks[rank].samplesPerTile);
    ahead[cut - tileCuts.begin()] +=
        static_cast<uint32_t>(ranks[rank].columnTiles);
  }
}

Binding
FixedBinding::bind(const std::vector<abi::FeatureDescriptor> &descriptors,
                   int64_t batchSize) const {
  Binding binding;
  for (const abi::FixedRank &rank : ranks)
    binding.order.push_back(rank.feature);
  binding.starts = blockStarts(descriptors, binding.order, batchSize);
  return binding;
}

} // namespace recflex
