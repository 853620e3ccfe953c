//===- Passes.cpp - Tuning as passes --------------------------------------===//

#include "recflex/Tuning/Passes.h"

#include "recflex/Dialect/Emb/IR/Remark.h"
#include "recflex/Tuning/CostModel.h"
#include "recflex/Tuning/TunedModule.h"

#include <chrono>

using namespace mlir;

namespace recflex {

#define GEN_PASS_DEF_EMBTUNELOCALPASS
#define GEN_PASS_DEF_EMBTUNEOCCUPANCYPASS
#include "recflex/Tuning/Passes.h.inc"

Result<std::unique_ptr<Measurer>>
createCostModel(const MeasurerRequest &request) {
  Occupancy occupancy{request.threads ? request.threads : emb::kDefaultThreads,
                      request.blocks ? request.blocks : emb::kDefaultBlocks};
  return std::unique_ptr<Measurer>(
      std::make_unique<CostModelMeasurer>(occupancy, RECFLEX_VERSION));
}

namespace {
/// What the two passes have in common: all but the stage that they end with.
class TuningRun {
public:
  TuningRun(ModuleOp module, const MeasurerFactory &factory, StringRef category,
            TuningStage lastStage)
      : module(module), factory(factory), category(category) {
    options.lastStage = lastStage;
  }

  std::string recordFile;
  ArrayRef<std::string> schedules;
  int64_t threads = 0, blocks = 0;
  double seconds = 0; ///< 0 is no limit

  /// Tunes and attaches what came out; an error is a diagnostic.
  LogicalResult run() {
    if (failed(checkOptions()) || failed(checkStats()))
      return failure();
    Result<std::vector<TunedLookup>> lookups = collectLookups(module);
    if (!lookups)
      return fail(lookups.error());
    if (lookups->empty())
      return success();
    TuningProblem problem(std::move(*lookups));
    Result<TuningResult> result = tune(problem);
    if (!result)
      return fail(result.error());
    attachTuning(module, problem, *result);
    remarkChoices(problem, *result);
    return success();
  }

private:
  Result<TuningResult> tune(const TuningProblem &problem) {
    Result<TrialRecord> record = recordFile.empty()
                                     ? TrialRecord::openInMemory()
                                     : TrialRecord::open(recordFile);
    if (!record)
      return record.error();
    Result<std::unique_ptr<Measurer>> measurer =
        factory({module, problem, threads, blocks});
    if (!measurer)
      return measurer.error();
    options.only.assign(schedules.begin(), schedules.end());
    if (options.only.empty() && (*measurer)->estimates())
      options.only = schedulesToEstimate();
    auto clock = [] {
      return std::chrono::duration<double>(
                 std::chrono::steady_clock::now().time_since_epoch())
          .count();
    };
    Budget budget(clock, seconds > 0 ? seconds : Budget::kUnlimited);
    TuningObserver nobody;
    return Tuner(module.getContext(), problem, **measurer, *record, budget,
                 nobody, options)
        .run();
  }

  LogicalResult fail(const Error &error) {
    return emitError(module.getLoc()) << error.message;
  }

  LogicalResult checkOptions() {
    auto onError = [&] { return emitError(module.getLoc()); };
    MLIRContext *context = module.getContext();
    if (failed(emb::OccupancyAttr::verify(
            onError, threads ? threads : emb::kDefaultThreads,
            blocks ? blocks : 1)))
      return failure();
    if (!(seconds >= 0))
      return onError() << "'time-budget' must be 0 or more seconds, not "
                       << seconds;
    for (const std::string &name : schedules)
      if (!AbstractAttribute::lookup(name, context) &&
          !AbstractAttribute::lookup("emb." + name, context))
        return onError() << "unknown schedule '" << name
                         << "'; no dialect has it";
    return success();
  }

  LogicalResult checkStats() {
    WalkResult result = module.walk([](emb::LookupOp lookup) -> WalkResult {
      if (lookup.getStatsAttr())
        return WalkResult::advance();
      return lookup.emitOpError("has no statistics to tune for; run "
                                "emb-import-stats first");
    });
    return failure(result.wasInterrupted());
  }

  /// Says of each lookup what it got, and what came second.
  void remarkChoices(const TuningProblem &problem, const TuningResult &result) {
    std::vector<const ClassChoice *> choices(problem.lookups.size());
    for (auto [number, featureClass] : llvm::enumerate(problem.classes))
      for (size_t member : featureClass.members)
        choices[member] = &result.choices[number];
    size_t number = 0;
    module.walk([&](emb::LookupOp lookup) {
      const ClassChoice &choice = *choices[number++];
      auto remark = remark::passed(
          lookup.getLoc(), emb::remarkOn(lookup, "schedule-tuned", category));
      if (!remark)
        return;
      std::string text = "chose " + toText(choice.chosen.schedule) + " at " +
                         toString(result.occupancy);
      if (choice.runnerUp.schedule)
        text += " over " + toText(choice.runnerUp.schedule);
      remark << text + ": " + result.origin;
      emb::addFeature(remark, lookup);
      remark << remark::detail::Remark::Arg("Schedule",
                                            Attribute(choice.chosen.schedule));
    });
  }

  ModuleOp module;
  const MeasurerFactory &factory;
  StringRef category;
  TuningOptions options;
};

/// A pass of those that Passes.td defines, with a factory. `Base` has the
/// options.
template <typename Base> class TuningPass : public Base {
public:
  using Base::Base;
  template <typename Options>
  TuningPass(MeasurerFactory factory, Options options)
      : Base(std::move(options)), factory(std::move(factory)) {}

protected:
  void tune(TuningStage lastStage) {
    TuningRun run(this->getOperation(), factory, this->getArgument(),
                  lastStage);
    run.recordFile = this->record;
    run.schedules = this->schedules;
    run.threads = this->threads;
    run.blocks = this->blocks;
    run.seconds = this->timeBudget;
    if (failed(run.run()))
      this->signalPassFailure();
  }

private:
  MeasurerFactory factory = createCostModel;
};

struct EmbTuneLocal : TuningPass<impl::EmbTuneLocalPassBase<EmbTuneLocal>> {
  using TuningPass::TuningPass;
  void runOnOperation() override { tune(TuningStage::local); }
};

struct EmbTuneOccupancy
    : TuningPass<impl::EmbTuneOccupancyPassBase<EmbTuneOccupancy>> {
  using TuningPass::TuningPass;
  void runOnOperation() override { tune(TuningStage::refine); }
};
} // namespace

std::unique_ptr<Pass> createEmbTuneLocalPass(MeasurerFactory factory,
                                             EmbTuneLocalPassOptions options) {
  return std::make_unique<EmbTuneLocal>(std::move(factory), std::move(options));
}

std::unique_ptr<Pass>
createEmbTuneOccupancyPass(MeasurerFactory factory,
                           EmbTuneOccupancyPassOptions options) {
  return std::make_unique<EmbTuneOccupancy>(std::move(factory),
                                            std::move(options));
}

} // namespace recflex
