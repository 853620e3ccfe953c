//===- Batch.h - One batch of jagged features -------------------*- C++ -*-===//
//
// The layout of TorchRec's KeyedJaggedTensor and FBGEMM: one values array and
// one offsets array, feature-major.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_DATA_BATCH_H
#define RECFLEX_DATA_BATCH_H

#include "recflex/Support/Result.h"
#include "recflex/Support/Types.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace recflex {

/// An array of i32 or i64, kept as bytes in the host's order.
struct IndexArray {
  IndexType type = IndexType::i32;
  std::vector<std::byte> bytes;

  int64_t size() const { return bytes.size() / byteSize(type); }
  int64_t operator[](int64_t i) const;
  void resize(int64_t n) { bytes.resize(n * byteSize(type)); }

  /// Stores `value`, which must fit `type`.
  void set(int64_t i, int64_t value);

  /// Adds `value`, which must fit `type`, at the end.
  void append(int64_t value);
};

/// Whether `value` can be stored in an array of that type.
constexpr bool fits(IndexType type, int64_t value) {
  return type == IndexType::i64 || (value >= INT32_MIN && value <= INT32_MAX);
}

/// One batch: bag (f, s) of feature f and sample s is
/// values[offsets[f * batchSize + s] .. offsets[f * batchSize + s + 1]).
struct Batch {
  int64_t batchSize = 0;
  int64_t numFeatures = 0;
  IndexArray values;          ///< [lookups]
  IndexArray offsets;         ///< [numFeatures * batchSize + 1], not decreasing
  std::vector<float> weights; ///< [lookups], or empty: no per-sample weights

  /// Checks shapes and offsets (they start at 0, never decrease, end at
  /// len(values)); indices are not looked at. `numFeatures` must be
  /// `expectedFeatures`.
  Status check(int64_t expectedFeatures) const;
};

} // namespace recflex

#endif // RECFLEX_DATA_BATCH_H
