//===- Passes.cpp - Tuning as passes --------------------------------------===//

#include "recflex/Tuning/Passes.h"

#include "recflex/Dialect/Emb/IR/Remark.h"
#include "recflex/Dialect/Emb/IR/ScheduleProvider.h"
#include "recflex/Tuning/ModuleTuning.h"

using namespace mlir;

namespace recflex {

#define GEN_PASS_DEF_EMBTUNELOCALPASS
#define GEN_PASS_DEF_EMBTUNEOCCUPANCYPASS
#include "recflex/Tuning/Passes.h.inc"

namespace {
/// What the two passes have in common: all but the stage that they end with.
class TuningRun {
public:
  TuningRun(ModuleOp module, StringRef category)
      : module(module), category(category) {}

  ModuleTuning settings;

  /// Tunes and attaches what came out; an error is a diagnostic.
  LogicalResult run() {
    if (failed(checkOptions()) || failed(checkStats()))
      return failure();
    if (module.walk([](emb::LookupOp) { return WalkResult::interrupt(); })
            .wasInterrupted()) {
      Result<TunedModule> tuned = tuneModule(module, settings);
      if (!tuned)
        return emitError(module.getLoc()) << tuned.error().message;
      remarkChoices(tuned->problem, tuned->result);
    }
    return success();
  }

private:
  LogicalResult checkOptions() {
    auto onError = [&] { return emitError(module.getLoc()); };
    MLIRContext *context = module.getContext();
    if (failed(emb::OccupancyAttr::verify(
            onError, settings.threads ? settings.threads : emb::kDefaultThreads,
            settings.blocks ? settings.blocks : 1)))
      return failure();
    if (!(settings.seconds >= 0))
      return onError() << "'time-budget' must be 0 or more seconds, not "
                       << settings.seconds;
    for (const std::string &name : settings.schedules)
      if (!emb::isKnownSchedule(context, name))
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
  StringRef category;
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
  void tune(bool localOnly) {
    TuningRun run(this->getOperation(), this->getArgument());
    run.settings.factory = factory;
    run.settings.record = this->record;
    run.settings.schedules.assign(this->schedules.begin(),
                                  this->schedules.end());
    run.settings.threads = this->threads;
    run.settings.blocks = this->blocks;
    run.settings.seconds = this->timeBudget;
    if (!this->binding.empty()) {
      FailureOr<emb::BindingKind> kind =
          emb::resolveBinding(this->getOperation(), this->binding);
      if (failed(kind))
        return this->signalPassFailure();
      run.settings.binding = *kind;
    }
    run.settings.localOnly = localOnly;
    if (failed(run.run()))
      this->signalPassFailure();
  }

private:
  MeasurerFactory factory = createCostModel;
};

struct EmbTuneLocal : TuningPass<impl::EmbTuneLocalPassBase<EmbTuneLocal>> {
  using TuningPass::TuningPass;
  void runOnOperation() override { tune(/*localOnly=*/true); }
};

struct EmbTuneOccupancy
    : TuningPass<impl::EmbTuneOccupancyPassBase<EmbTuneOccupancy>> {
  using TuningPass::TuningPass;
  void runOnOperation() override { tune(/*localOnly=*/false); }
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
