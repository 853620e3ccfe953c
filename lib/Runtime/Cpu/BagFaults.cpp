//===- BagFaults.cpp - What is done about a bad bag -----------------------===//

#include "BagFaults.h"

namespace recflex {

void BagFaults::recordBounds(int64_t sample, int64_t begin, int64_t end,
                             int64_t lookups) const {
  if (log && !boundsAreRecorded)
    log->record(boundsFault(feature, key, sample, begin, end, lookups));
}

void BagFaults::recordIndices(int64_t sample, const std::byte *values,
                              int64_t begin, int64_t end) const {
  if (!log)
    return;
  for (int64_t i = begin; i != end; ++i) {
    int64_t row = indexType == IndexType::i32
                      ? reinterpret_cast<const int32_t *>(values)[i]
                      : reinterpret_cast<const int64_t *>(values)[i];
    if (row < 0 || row >= rows)
      log->record({FaultKind::index, feature, key, static_cast<int32_t>(sample),
                   i, row});
  }
}

} // namespace recflex
