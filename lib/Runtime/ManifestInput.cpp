//===- ManifestInput.cpp - What batches a manifest takes ------------------===//

#include "recflex/Runtime/ManifestInput.h"

#include <algorithm>

namespace recflex {

ModelSpec describeInput(const Manifest &manifest, const BagDistribution &bags) {
  ModelSpec spec;
  spec.name = manifest.name;
  spec.indexType = manifest.indexType;
  // A table a key: 0 rows until a feature is found that reads the key.
  for (int32_t key = 0; key != manifest.jaggedFeatures; ++key) {
    std::string name = "key" + std::to_string(key);
    spec.tables.push_back({name, 0, 1, RowType::f32});
    spec.features.push_back({name, key, Pooling::sum, false, bags});
  }
  for (const ManifestFeature &feature : manifest.features) {
    int64_t rows = manifest.tables[feature.table].rows;
    TableSpec &table = spec.tables[feature.key];
    table.rows = table.rows == 0 ? rows : std::min(table.rows, rows);
    spec.features[feature.key].weighted |= feature.weighted;
  }
  // Nobody looks up what stands at the other keys.
  for (TableSpec &table : spec.tables)
    table.rows = std::max<int64_t>(table.rows, 1);
  return spec;
}

} // namespace recflex
