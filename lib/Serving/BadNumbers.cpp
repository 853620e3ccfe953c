//===- BadNumbers.cpp - Indices and offsets that are wrong ----------------===//

#include "BadNumbers.h"

#include <algorithm>

namespace recflex {

int64_t drawBadIndex(RandomStream &random, IndexType type, int64_t rows) {
  int64_t least = type == IndexType::i32 ? INT32_MIN : INT64_MIN;
  int64_t most = type == IndexType::i32 ? INT32_MAX : INT64_MAX;
  switch (random.below(5)) {
  case 0:
    return -1;
  case 1:
    return rows <= most ? rows : most;
  case 2:
    return least;
  case 3:
    return most;
  default:
    return -1 - static_cast<int64_t>(random.below(uint64_t{1} << 31));
  }
}

int64_t drawBadOffset(RandomStream &random, IndexType type, int64_t lookups) {
  int64_t most = type == IndexType::i32 ? INT32_MAX : INT64_MAX;
  switch (random.below(4)) {
  case 0:
    return -1 - static_cast<int64_t>(random.below(1000));
  case 1:
    return std::min(most,
                    lookups + 1 + static_cast<int64_t>(random.below(1000)));
  case 2:
    return most;
  default:
    return static_cast<int64_t>(random.below(lookups + 1));
  }
}

std::vector<int64_t> rowsOfKeys(const Manifest &manifest) {
  std::vector<int64_t> rows(manifest.jaggedFeatures, 0);
  for (const ManifestFeature &feature : manifest.features)
    rows[feature.key] =
        std::max(rows[feature.key], manifest.tables[feature.table].rows);
  return rows;
}

} // namespace recflex
