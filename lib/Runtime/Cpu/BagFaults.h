//===- BagFaults.h - What is done about a bad bag ---------------*- C++ -*-===//

#ifndef RECFLEX_LIB_RUNTIME_CPU_BAGFAULTS_H
#define RECFLEX_LIB_RUNTIME_CPU_BAGFAULTS_H

#include "FaultLog.h"
#include "recflex/Support/Types.h"

#include <cstddef>

namespace recflex {

/// Whether bag [begin, end) lies in values[0 .. lookups).
inline bool isGoodBag(int64_t begin, int64_t end, int64_t lookups) {
  return 0 <= begin && begin <= end && end <= lookups;
}

/// The fault of a bag that does not. It names the bound that is wrong, the
/// first if both are.
inline Fault boundsFault(int32_t feature, int32_t key, int64_t sample,
                         int64_t begin, int64_t end, int64_t lookups) {
  return {FaultKind::offsets,
          feature,
          key,
          static_cast<int32_t>(sample),
          0,
          begin < 0 || begin > lookups ? begin : end};
}

/// What the kernels do not know: they call it for a bag that they have found
/// to be bad, which is rare.
class BagFaults {
public:
  int32_t feature = 0;
  int32_t key = 0;
  int64_t rows = 0; ///< of the feature's table
  IndexType indexType = IndexType::i32;
  bool zeroBag = false;           ///< InputChecks::zeroBag
  bool boundsAreRecorded = false; ///< they are the key's faults
  FaultLog *log = nullptr;        ///< null: nothing is recorded

  void recordBounds(int64_t sample, int64_t begin, int64_t end,
                    int64_t lookups) const;
  /// Records each of values[begin .. end) that is no row.
  void recordIndices(int64_t sample, const std::byte *values, int64_t begin,
                     int64_t end) const;
};

} // namespace recflex

#endif // RECFLEX_LIB_RUNTIME_CPU_BAGFAULTS_H
