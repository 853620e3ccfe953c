//===- TunedModule.h - A module's lookups and schedules ---------*- C++ -*-===//

#ifndef RECFLEX_TUNING_TUNEDMODULE_H
#define RECFLEX_TUNING_TUNEDMODULE_H

#include "recflex/Tuning/Tuner.h"

#include "mlir/IR/BuiltinOps.h"

namespace recflex {

/// The lookups of `module` in their order, named after their features. An error
/// that names the first one without statistics, if there is one.
Result<std::vector<TunedLookup>> collectLookups(mlir::ModuleOp module);

/// Attaches a schedule a class to the lookups, which are in the order of
/// collectLookups().
void attachSchedules(mlir::ModuleOp module, const TuningProblem &problem,
                     const Assignment &assignment);
/// Attaches the occupancy to the functions that have lookups.
void attachOccupancy(mlir::ModuleOp module, const Occupancy &occupancy);
/// Attaches the lookups' ranks, in that order, or takes them away if there are
/// none.
void attachRanks(mlir::ModuleOp module, llvm::ArrayRef<int64_t> ranks);
/// Attaches when blocks are bound to the same functions.
void attachBinding(mlir::ModuleOp module, emb::BindingKind binding);
/// Schedules, ranks and occupancy, as a tuner found them.
void attachTuning(mlir::ModuleOp module, const TuningProblem &problem,
                  const TuningResult &result);

/// What a tuned module says of itself.
struct TunedState {
  Assignment assignment; ///< a schedule a class
  Occupancy occupancy;
  emb::BindingKind binding = emb::BindingKind::Runtime; ///< the first's
};

/// Reads what attachTuning() wrote, and the binding. An error if a lookup has
/// no schedule or a function no occupancy, or if they do not agree: no tuner
/// gives alike lookups different schedules.
Result<TunedState> readTuning(mlir::ModuleOp module,
                              const TuningProblem &problem);

} // namespace recflex

#endif // RECFLEX_TUNING_TUNEDMODULE_H
