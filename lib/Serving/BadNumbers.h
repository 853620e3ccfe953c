//===- BadNumbers.h - Indices and offsets that are wrong --------*- C++ -*-===//

#ifndef RECFLEX_LIB_SERVING_BADNUMBERS_H
#define RECFLEX_LIB_SERVING_BADNUMBERS_H

#include "recflex/Data/Random.h"
#include "recflex/Runtime/Manifest.h"

#include <vector>

namespace recflex {

/// An index that is in no table of `rows` rows: just outside, far outside, or
/// anywhere outside.
int64_t drawBadIndex(RandomStream &random, IndexType type, int64_t rows);

/// A bound that no bag of a batch of `lookups` values may have, or one far
/// from its neighbours.
int64_t drawBadOffset(RandomStream &random, IndexType type, int64_t lookups);

/// The largest table that is looked up at each key; 0 rows: none is.
std::vector<int64_t> rowsOfKeys(const Manifest &manifest);

} // namespace recflex

#endif // RECFLEX_LIB_SERVING_BADNUMBERS_H
