//===- FeatureClasses.h - Lookups that one trial speaks for -----*- C++ -*-===//
//
// A model has hundreds of lookups and few kinds of them. Lookups of one class
// have the same shape and, within a tolerance, the same bags; one of them is
// measured, and all take its schedule.
//
// Figures are put into buckets whose bounds do not depend on the model at hand,
// so that equal classes of different models have equal keys, and trials of one
// serve the other.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_TUNING_FEATURECLASSES_H
#define RECFLEX_TUNING_FEATURECLASSES_H

#include "recflex/Dialect/Emb/IR/LookupShape.h"

#include <cstddef>
#include <string>
#include <vector>

namespace recflex {

/// One lookup of the model to tune.
struct TunedLookup {
  std::string name; ///< for messages
  emb::LookupShape shape;
  emb::BagStats stats;
};

/// How wide a bucket is: its upper bound is (1 + tolerance) times its lower.
/// Bag lengths decide most, so they are the finest. Of the rows and the
/// distinct rows only the magnitude counts: which cache they fit.
struct ClassTolerance {
  double mean = 0.25;
  double stddev = 0.5;
  double max = 0.5;
  double coverage = 0.25;
  double distinct = 1;
  double rows = 1;
};

struct FeatureClass {
  /// All that the class's lookups have in common, as text: "w64 f16 i32 mean
  /// plain rows=2^12 ...".
  std::string key;
  std::vector<size_t> members; ///< numbers of lookups, ascending
  size_t representative = 0;   ///< of the members: the lookup to measure
  TunedLookup lookup;          ///< the representative
};

/// Sorts lookups into classes, in the order of their first members. The
/// representative is the member with the median of lookups a bag.
std::vector<FeatureClass>
classifyLookups(const std::vector<TunedLookup> &lookups,
                const ClassTolerance &tolerance = {});

/// "feature 'a' and 3 more".
std::string describe(const FeatureClass &featureClass);

} // namespace recflex

#endif // RECFLEX_TUNING_FEATURECLASSES_H
