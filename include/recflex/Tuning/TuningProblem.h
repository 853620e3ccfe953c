//===- TuningProblem.h - The lookups of one model ---------------*- C++ -*-===//

#ifndef RECFLEX_TUNING_TUNINGPROBLEM_H
#define RECFLEX_TUNING_TUNINGPROBLEM_H

#include "recflex/Tuning/FeatureClasses.h"

namespace recflex {

/// The lookups of one model, in classes.
struct TuningProblem {
  std::vector<TunedLookup> lookups;
  std::vector<FeatureClass> classes;
  /// A hash of everything about the lookups but their names: fused kernels are
  /// trials of this very model.
  std::string identity;

  explicit TuningProblem(std::vector<TunedLookup> lookups);
};

} // namespace recflex

#endif // RECFLEX_TUNING_TUNINGPROBLEM_H
