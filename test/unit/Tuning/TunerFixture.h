//===- TunerFixture.h - A tuner over a scripted device ----------*- C++ -*-===//

#ifndef RECFLEX_TEST_UNIT_TUNING_TUNERFIXTURE_H
#define RECFLEX_TEST_UNIT_TUNING_TUNERFIXTURE_H

#include "ScriptedMeasurer.h"

#include <gmock/gmock.h>

namespace recflex {

struct Watcher final : TuningObserver {
  void onStep(const TuningStep &step) override { steps.push_back(step); }
  void onFailure(const TuningFailure &failure) override {
    failures.push_back(failure);
  }
  std::vector<TuningStep> steps;
  std::vector<TuningFailure> failures;
};

class TunerTest : public testing::Test {
protected:
  TunerTest() : problem(makeLookups(4)) {}

  Result<TuningResult> tune() {
    Budget budget([this] { return clock; }, seconds);
    return Tuner(context.get(), problem, measurer, record, budget, watcher,
                 options)
        .run();
  }
  TuningResult tuned() {
    Result<TuningResult> result = tune();
    EXPECT_TRUE(result) << result.error().message;
    return result ? *result : TuningResult();
  }
  std::string error() {
    Result<TuningResult> result = tune();
    return result ? "no error" : result.error().message;
  }
  bool wasAsked(const std::string &part) const {
    return llvm::any_of(measurer.asked, [&](const std::string &asked) {
      return asked.find(part) != std::string::npos;
    });
  }
  /// Makes candidates whose text has `part` end like that, at one occupancy or
  /// (of 0 blocks) at all.
  void fail(const std::string &part, Outcome outcome, int64_t blocks = 0) {
    measurer.candidate = [=, before = measurer.candidate](
                             const FeatureClass &featureClass,
                             const std::string &text, Occupancy occupancy) {
      Trial trial = before(featureClass, text, occupancy);
      if (text.find(part) != std::string::npos &&
          (blocks == 0 || occupancy.blocks == blocks)) {
        trial.outcome = outcome;
        trial.message = "as the script says";
      }
      return trial;
    };
  }

  std::unique_ptr<mlir::MLIRContext> context = makeTuningContext();
  TuningProblem problem;
  ScriptedMeasurer measurer;
  TrialRecord record = std::move(*TrialRecord::openInMemory());
  Watcher watcher;
  TuningOptions options;
  double clock = 0, seconds = Budget::kUnlimited;
};

} // namespace recflex

#endif // RECFLEX_TEST_UNIT_TUNING_TUNERFIXTURE_H
