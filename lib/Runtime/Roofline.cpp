//===- Roofline.cpp - How fast is fast ------------------------------------===//

#include "recflex/Runtime/Roofline.h"

#include "Lookups.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace recflex {

namespace {
/// What the features do with one key of the jagged input.
struct KeyUse {
  bool read = false;
  bool weighted = false;
};
} // namespace

/// Appends the indices of feature `f` to `indices`, each checked.
static Status collect(const Manifest &manifest, const ManifestFeature &f,
                      const Batch &batch, std::vector<int64_t> &indices) {
  int64_t rows = manifest.tables[f.table].rows;
  for (int64_t sample = 0; sample != batch.batchSize; ++sample) {
    int64_t bag = f.key * batch.batchSize + sample;
    int64_t end = batch.offsets[bag + 1];
    for (int64_t i = batch.offsets[bag]; i != end; ++i) {
      int64_t index = batch.values[i];
      if (index < 0 || index >= rows)
        return indexError(manifest, f, batch, sample, i);
      indices.push_back(index);
    }
  }
  return {};
}

/// How many different numbers in [0, rows) stand in `indices`.
static int64_t countDistinct(std::vector<int64_t> &indices, int64_t rows) {
  // A bit a row is quicker than sorting as long as it takes no more memory
  // than the indices themselves do.
  if (static_cast<uint64_t>(rows) / 64 <= indices.size()) {
    std::vector<bool> touched(rows);
    int64_t distinct = 0;
    for (int64_t index : indices) {
      distinct += !touched[index];
      touched[index] = true;
    }
    return distinct;
  }
  std::sort(indices.begin(), indices.end());
  return std::unique(indices.begin(), indices.end()) - indices.begin();
}

Result<Traffic> countTraffic(const Manifest &manifest, const Batch &batch) {
  if (Status status = checkBatch(manifest, batch); !status)
    return status.error();

  Traffic traffic;
  std::vector<std::vector<const ManifestFeature *>> byTable(
      manifest.tables.size());
  std::vector<KeyUse> keys(manifest.jaggedFeatures);
  for (const ManifestFeature &f : manifest.features) {
    byTable[f.table].push_back(&f);
    keys[f.key].read = true;
    keys[f.key].weighted |= f.weighted;
    traffic.outputBytes += batch.batchSize * manifest.tables[f.table].width *
                           static_cast<int64_t>(sizeof(float));
  }

  for (size_t t = 0; t != byTable.size(); ++t) {
    const ManifestTable &table = manifest.tables[t];
    std::vector<int64_t> indices;
    for (const ManifestFeature *f : byTable[t])
      if (Status status = collect(manifest, *f, batch, indices); !status)
        return status.error();
    int64_t bytes = table.width * byteSize(table.type);
    int64_t lookups = indices.size();
    int64_t distinct = countDistinct(indices, table.rows);
    traffic.lookups += lookups;
    traffic.distinctRows += distinct;
    traffic.gatheredBytes += lookups * bytes;
    traffic.rowBytes += distinct * bytes;
  }

  int64_t readKeys = 0;
  for (int64_t key = 0; key != manifest.jaggedFeatures; ++key) {
    if (!keys[key].read)
      continue;
    ++readKeys;
    int64_t lookups = batch.offsets[(key + 1) * batch.batchSize] -
                      batch.offsets[key * batch.batchSize];
    traffic.valueBytes += lookups * byteSize(batch.values.type);
    if (keys[key].weighted)
      traffic.weightBytes += lookups * static_cast<int64_t>(sizeof(float));
  }
  if (readKeys != 0)
    traffic.offsetBytes =
        (readKeys * batch.batchSize + 1) * byteSize(batch.offsets.type);
  return traffic;
}

} // namespace recflex
