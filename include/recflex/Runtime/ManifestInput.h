//===- ManifestInput.h - What batches a manifest takes ----------*- C++ -*-===//

#ifndef RECFLEX_RUNTIME_MANIFESTINPUT_H
#define RECFLEX_RUNTIME_MANIFESTINPUT_H

#include "recflex/Data/ModelSpec.h"
#include "recflex/Runtime/Manifest.h"

namespace recflex {

/// Bags of which some are empty and few are long.
constexpr BagDistribution kPlainBags{BagDistribution::Kind::normal,
                                     /*coverage=*/0.9,
                                     /*hotness=*/1,
                                     /*mean=*/8.0,
                                     /*stddev=*/6.0,
                                     /*max=*/32};

/// A description whose batches (generateBatch) fit `manifest`: a feature for
/// each key of the jagged input, whose rows exist in all tables that the key is
/// looked up in. An artifact does not say what its batches look like: every key
/// gets `bags`. `manifest` has passed check().
ModelSpec describeInput(const Manifest &manifest,
                        const BagDistribution &bags = kPlainBags);

} // namespace recflex

#endif // RECFLEX_RUNTIME_MANIFESTINPUT_H
