//===- ModuleTuning.cpp - Tuning a module in one call ---------------------===//

#include "recflex/Tuning/ModuleTuning.h"

#include "recflex/Tuning/CostModel.h"

#include <chrono>

namespace recflex {

Result<std::unique_ptr<Measurer>>
createCostModel(const MeasurerRequest &request) {
  int64_t threads = request.threads ? request.threads : emb::kDefaultThreads;
  Occupancy occupancy{threads, request.blocks ? request.blocks
                                              : emb::defaultBlocks(threads)};
  return std::unique_ptr<Measurer>(
      std::make_unique<CostModelMeasurer>(occupancy, RECFLEX_VERSION));
}

static double now() {
  return std::chrono::duration<double>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

Result<TunedModule> tuneModule(mlir::ModuleOp module,
                               const ModuleTuning &settings) {
  Result<std::vector<TunedLookup>> lookups = collectLookups(module);
  if (!lookups)
    return lookups.error();
  TuningProblem problem(std::move(*lookups));
  Result<TrialRecord> record = settings.record.empty()
                                   ? TrialRecord::openInMemory()
                                   : TrialRecord::open(settings.record);
  if (!record)
    return record.error();
  Result<std::unique_ptr<Measurer>> measurer = settings.factory(
      {module, problem, settings.threads, settings.blocks, settings.binding});
  if (!measurer)
    return measurer.error();
  TuningOptions options;
  options.localOnly = settings.localOnly;
  options.only = settings.schedules;
  if (options.only.empty() && (*measurer)->estimates())
    options.only = schedulesToEstimate();
  Budget budget(now,
                settings.seconds > 0 ? settings.seconds : Budget::kUnlimited);
  TuningObserver nobody;
  Result<TuningResult> result = Tuner(module.getContext(), problem, **measurer,
                                      *record, budget, nobody, options)
                                    .run();
  measurer->reset(); // it refers to the problem
  if (!result)
    return result.error();
  attachTuning(module, problem, *result);
  if (settings.binding)
    attachBinding(module, *settings.binding);
  return TunedModule{std::move(problem), std::move(*result)};
}

} // namespace recflex
