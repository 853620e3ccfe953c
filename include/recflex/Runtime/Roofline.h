//===- Roofline.h - How fast is fast ----------------------------*- C++ -*-===//
//
// Two lower bounds for the time of a batch. The floor: every byte that must
// come from or go to the GPU's memory, each once, at the measured copy rate.
// The gather bound: every row of every lookup, at the measured L2 read rate.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_RUNTIME_ROOFLINE_H
#define RECFLEX_RUNTIME_ROOFLINE_H

#include "recflex/Data/Batch.h"
#include "recflex/Runtime/Manifest.h"
#include "recflex/Support/Result.h"

#include <cstdint>

namespace recflex {

/// What one batch moves, in bytes.
struct Traffic {
  int64_t lookups = 0;       ///< rows read, over all features (a count)
  int64_t distinctRows = 0;  ///< rows touched, each once a table (a count)
  int64_t rowBytes = 0;      ///< of the distinct rows
  int64_t gatheredBytes = 0; ///< of the rows of all lookups
  int64_t valueBytes = 0;    ///< indices of the keys that some feature reads
  int64_t offsetBytes = 0;   ///< offsets of the same keys
  int64_t weightBytes = 0;   ///< weights of the keys of weighted features
  int64_t outputBytes = 0;   ///< columns that some feature writes

  /// Bytes that any kernel must move between the GPU and its memory.
  int64_t floorBytes() const {
    return rowBytes + valueBytes + offsetBytes + weightBytes + outputBytes;
  }
  /// Seconds at a copy rate in bytes (read plus written) a second.
  double floorSeconds(double copyRate) const {
    return static_cast<double>(floorBytes()) / copyRate;
  }
  /// Seconds at an L2 read rate in bytes a second.
  double gatherSeconds(double l2Rate) const {
    return static_cast<double>(gatheredBytes) / l2Rate;
  }
};

/// Counts the traffic of `batch`. Errors: the batch does not fit `manifest`, or
/// an index lies outside its table. Memory is bounded by the batch.
Result<Traffic> countTraffic(const Manifest &manifest, const Batch &batch);

} // namespace recflex

#endif // RECFLEX_RUNTIME_ROOFLINE_H
