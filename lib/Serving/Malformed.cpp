//===- Malformed.cpp - Batches that are wrong on purpose ------------------===//

#include "recflex/Serving/Malformed.h"

#include "BadNumbers.h"

#include "recflex/Runtime/Reference.h"

#include <algorithm>

namespace recflex {

/// At most so many bad indices, and bad offsets, are planted in a batch.
constexpr uint64_t kMostPlanted = 6;

namespace {

/// A bag as a feature sees it.
struct Bag {
  int64_t begin = 0, end = 0; ///< as the offsets have it
  bool good = false;          ///< lies inside the values
};

} // namespace

static Bag bagOf(const Batch &batch, int32_t key, int64_t sample) {
  int64_t at = key * batch.batchSize + sample;
  Bag bag{batch.offsets[at], batch.offsets[at + 1], false};
  bag.good =
      0 <= bag.begin && bag.begin <= bag.end && bag.end <= batch.values.size();
  return bag;
}

static bool isRow(int64_t index, const ManifestTable &table) {
  return 0 <= index && index < table.rows;
}

static void plantIndices(const Manifest &manifest, Batch &batch,
                         RandomStream &random, uint64_t count) {
  std::vector<int64_t> rows = rowsOfKeys(manifest);
  for (uint64_t i = 0; i != count && batch.values.size() > 0; ++i) {
    int64_t at = random.below(batch.values.size());
    // The key whose bags hold it; keys stand one after the other.
    int32_t key = 0;
    while (batch.offsets[(key + int64_t{1}) * batch.batchSize] <= at)
      ++key;
    batch.values.set(at, drawBadIndex(random, manifest.indexType, rows[key]));
  }
}

Batch plantFaults(const Manifest &manifest, Batch batch, uint64_t seed) {
  if (batch.batchSize == 0 || manifest.features.empty())
    return batch;
  Batch right = batch;
  RandomStream random(mixKeys(seed, /*what=*/0xbad));
  // Values may be bad where nobody looks: draw again until somebody does.
  do {
    batch = right;
    uint64_t kinds = 1 + random.below(3); // indices, offsets or both
    if (kinds & 1)
      plantIndices(manifest, batch, random, 1 + random.below(kMostPlanted));
    uint64_t offsets = kinds & 2 ? 1 + random.below(kMostPlanted) : 0;
    for (uint64_t i = 0; i != offsets; ++i)
      batch.offsets.set(
          random.below(batch.offsets.size()),
          drawBadOffset(random, manifest.indexType, batch.values.size()));
  } while (findFaults(manifest, batch).empty());
  return batch;
}

std::vector<Fault> findFaults(const Manifest &manifest, const Batch &batch) {
  std::vector<Fault> faults;
  int64_t lookups = batch.values.size();
  for (size_t f = 0; f != manifest.features.size(); ++f) {
    const ManifestFeature &feature = manifest.features[f];
    const ManifestTable &table = manifest.tables[feature.table];
    for (int64_t sample = 0; sample != batch.batchSize; ++sample) {
      Bag bag = bagOf(batch, feature.key, sample);
      Fault fault;
      fault.feature = static_cast<int32_t>(f);
      fault.key = feature.key;
      fault.sample = static_cast<int32_t>(sample);
      if (!bag.good) {
        fault.kind = FaultKind::offsets;
        bool beginIsBad = bag.begin < 0 || bag.begin > lookups;
        fault.value = beginIsBad ? bag.begin : bag.end;
        faults.push_back(fault);
        continue;
      }
      fault.kind = FaultKind::index;
      for (int64_t at = bag.begin; at != bag.end; ++at)
        if (int64_t index = batch.values[at]; !isRow(index, table)) {
          fault.position = at;
          fault.value = index;
          faults.push_back(fault);
        }
    }
  }
  sortFaults(faults);
  return faults;
}

RepairedInput repair(const Manifest &manifest, const Batch &batch,
                     InputChecks checks) {
  RepairedInput result;
  result.manifest = manifest;
  result.manifest.jaggedFeatures =
      static_cast<int32_t>(manifest.features.size());
  Batch &to = result.batch;
  to.batchSize = batch.batchSize;
  to.numFeatures = result.manifest.jaggedFeatures;
  // Bags may overlap now: all of them together may be more than an i32 counts.
  result.manifest.indexType = to.values.type = to.offsets.type = IndexType::i64;
  to.offsets.append(0);
  for (size_t f = 0; f != manifest.features.size(); ++f) {
    const ManifestFeature &feature = manifest.features[f];
    const ManifestTable &table = manifest.tables[feature.table];
    result.manifest.features[f].key = static_cast<int32_t>(f);
    for (int64_t sample = 0; sample != batch.batchSize; ++sample) {
      Bag bag = bagOf(batch, feature.key, sample);
      int64_t length = bag.good ? bag.end - bag.begin : 0;
      std::vector<int64_t> kept;
      for (int64_t at = bag.begin; at != bag.begin + length; ++at)
        if (isRow(batch.values[at], table))
          kept.push_back(at);
      if (checks == InputChecks::zeroBag &&
          static_cast<int64_t>(kept.size()) != length) {
        kept.clear();
        length = 0;
      }
      for (int64_t at : kept) {
        to.values.append(batch.values[at]);
        if (!batch.weights.empty())
          to.weights.push_back(batch.weights[at]);
      }
      to.offsets.append(to.values.size());
      result.lengths.push_back(length);
    }
  }
  return result;
}

Result<std::vector<float>>
poolRepaired(const RepairedInput &repaired,
             const std::vector<const void *> &tables) {
  const Manifest &manifest = repaired.manifest;
  const Batch &batch = repaired.batch;
  auto pooled = poolReference(manifest, tables, batch);
  if (!pooled)
    return pooled;
  for (size_t f = 0; f != manifest.features.size(); ++f) {
    const ManifestFeature &feature = manifest.features[f];
    int64_t width = manifest.tables[feature.table].width;
    for (int64_t sample = 0; sample != batch.batchSize; ++sample) {
      int64_t at = static_cast<int64_t>(f) * batch.batchSize + sample;
      int64_t right = batch.offsets[at + 1] - batch.offsets[at];
      int64_t length = repaired.lengths[at];
      if (right == length)
        continue;
      float *row =
          pooled->data() + sample * manifest.outputWidth + feature.column;
      for (int64_t column = 0; column != width; ++column) {
        if (feature.pooling == Pooling::mean)
          row[column] = static_cast<float>(static_cast<double>(row[column]) *
                                           right / length);
        else if (feature.pooling == Pooling::max)
          row[column] = std::max(row[column], 0.0f);
      }
    }
  }
  return pooled;
}

} // namespace recflex
