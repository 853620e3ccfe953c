//===- BagSampler.h - How many rows a sample looks up -----------*- C++ -*-===//

#ifndef RECFLEX_LIB_DATA_BAGSAMPLER_H
#define RECFLEX_LIB_DATA_BAGSAMPLER_H

#include "recflex/Data/ModelSpec.h"
#include "recflex/Data/Random.h"

namespace recflex {

/// Draws a bag's length: with a probability of `coverage` from the
/// distribution, else 0. Never below 0 or above maxHotness.
int64_t drawBagLength(const BagDistribution &bags, RandomStream &stream);

} // namespace recflex

#endif // RECFLEX_LIB_DATA_BAGSAMPLER_H
