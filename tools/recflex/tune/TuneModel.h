//===- TuneModel.h - A module's lookups and schedules -----------*- C++ -*-===//

#ifndef RECFLEX_TOOLS_RECFLEX_TUNE_TUNEMODEL_H
#define RECFLEX_TOOLS_RECFLEX_TUNE_TUNEMODEL_H

#include "recflex/Tuning/Tuner.h"

#include "mlir/IR/BuiltinOps.h"

namespace recflex {

/// The lookups of `module` in their order, named after their features. An error
/// if one has no statistics.
Result<std::vector<TunedLookup>> collectLookups(mlir::ModuleOp module);

/// Attaches the schedules to the lookups, in the same order, and the occupancy
/// to their functions.
void attachTuning(mlir::ModuleOp module, const TuningProblem &problem,
                  const TuningResult &result);

} // namespace recflex

#endif // RECFLEX_TOOLS_RECFLEX_TUNE_TUNEMODEL_H
