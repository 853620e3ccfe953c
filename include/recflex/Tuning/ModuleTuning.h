//===- ModuleTuning.h - Tuning a module in one call -------------*- C++ -*-===//

#ifndef RECFLEX_TUNING_MODULETUNING_H
#define RECFLEX_TUNING_MODULETUNING_H

#include "recflex/Tuning/TunedModule.h"

#include <functional>

namespace recflex {

/// What a measurer is made for. It outlives the measurer.
struct MeasurerRequest {
  mlir::ModuleOp module; ///< every lookup has statistics; not to be changed
  const TuningProblem &problem;
  int64_t threads; ///< a block; 0: as the measurer likes
  int64_t blocks;  ///< a multiprocessor; likewise
  /// When blocks are bound to tiles; none: as the module's functions say.
  std::optional<emb::BindingKind> binding = {};
};

/// Makes the measurer of one tuning run. An error fails the run.
using MeasurerFactory =
    std::function<Result<std::unique_ptr<Measurer>>(const MeasurerRequest &)>;

/// Makes the cost model, for 128 threads and emb::defaultBlocks() unless others
/// are asked for.
Result<std::unique_ptr<Measurer>>
createCostModel(const MeasurerRequest &request);

/// How to tune a module.
struct ModuleTuning {
  MeasurerFactory factory = createCostModel;
  std::string record; ///< a file; empty: trials are kept in memory
  /// Schedules to consider, by name; if none, all or, where the measurer only
  /// estimates, schedulesToEstimate().
  std::vector<std::string> schedules;
  int64_t threads = 0; ///< for the factory
  int64_t blocks = 0;  ///< for the factory
  /// For the factory, and for what is compiled from the tuned module.
  std::optional<emb::BindingKind> binding = {};
  double seconds = 0;  ///< of measuring; 0 is no limit
  bool localOnly = false; ///< TuningOptions
};

struct TunedModule {
  TuningProblem problem;
  TuningResult result;
};

/// Tunes the lookups of `module`, which have statistics, and attaches schedules
/// and occupancy to it, and the binding if settings have one; in case of an
/// error it stays as it is.
Result<TunedModule> tuneModule(mlir::ModuleOp module,
                               const ModuleTuning &settings);

} // namespace recflex

#endif // RECFLEX_TUNING_MODULETUNING_H
