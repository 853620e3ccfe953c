//===- ExplanationTest.cpp - What a scripted record explains --------------===//

#include "ScriptedMeasurer.h"
#include "TemporaryFolder.h"

#include "recflex/Tuning/CostModel.h"
#include "recflex/Tuning/Explain/Explanation.h"

#include "mlir/AsmParser/AsmParser.h"

#include <cmath>
#include <gmock/gmock.h>

using testing::AllOf;
using testing::DoubleNear;
using testing::HasSubstr;
using testing::Optional;

namespace recflex {
namespace {

class ExplanationTest : public testing::Test {
protected:
  ExplanationTest() : problem(makeLookups(4)) {}

  /// Tunes, so that the record is full; the state is what came out.
  TuningResult tune() {
    Budget budget([] { return 0; });
    TuningObserver nobody;
    Result<TuningResult> result =
        Tuner(context.get(), problem, measurer, record, budget, nobody).run();
    EXPECT_TRUE(result) << result.error().message;
    state.occupancy = result->occupancy;
    state.assignment.clear();
    for (const ClassChoice &choice : result->choices)
      state.assignment.push_back(choice.chosen.schedule);
    return *result;
  }
  Result<Explanation> tryToExplain(const std::string &device = "") {
    Result<ModelTrials> trials =
        selectTrials(context.get(), record, problem, device, state.binding);
    if (!trials)
      return trials.error();
    return explain(problem, state, *trials, options);
  }
  Explanation explained(const std::string &device = "") {
    Result<Explanation> explanation = tryToExplain(device);
    EXPECT_TRUE(explanation) << explanation.error().message;
    return explanation ? *explanation : Explanation();
  }
  std::string error(const std::string &device = "") {
    Result<Explanation> explanation = tryToExplain(device);
    return explanation ? "no error" : explanation.error().message;
  }
  /// A record of the trials that `keep` wants of this one.
  void filter(const std::function<bool(const RecordedTrial &)> &keep) {
    std::vector<RecordedTrial> kept;
    ASSERT_TRUE(record.forEach([&](const RecordedTrial &trial) {
      if (keep(trial))
        kept.push_back(trial);
    }));
    record = std::move(*TrialRecord::openInMemory());
    ASSERT_TRUE(record.add(kept));
  }

  std::unique_ptr<mlir::MLIRContext> context = makeTuningContext();
  TuningProblem problem;
  ScriptedMeasurer measurer;
  TrialRecord record = std::move(*TrialRecord::openInMemory());
  TunedState state;
  ExplainOptions options;
};

TEST_F(ExplanationTest, SaysWhatTheTunerSaid) {
  TuningResult result = tune();
  Explanation explanation = explained();
  ASSERT_EQ(explanation.classes.size(), result.choices.size());
  double shares = 0;
  for (auto [entry, choice] :
       llvm::zip_equal(explanation.classes, result.choices)) {
    EXPECT_EQ(entry.chosen->schedule, choice.chosen.schedule);
    EXPECT_EQ(entry.chosen->trial.cost, choice.chosen.trial.cost);
    EXPECT_EQ(entry.runnerUp->schedule, choice.runnerUp.schedule);
    EXPECT_EQ(entry.runnerUp->trial.cost, choice.runnerUp.trial.cost);
    EXPECT_EQ(entry.costModelPick->trial.cost, choice.estimated.trial.cost);
    shares += entry.share.value_or(0);
  }
  EXPECT_NEAR(shares, 1, 1e-9);
  EXPECT_FALSE(explanation.areEstimates);
  EXPECT_EQ(explanation.origin.device, "scripted");
  EXPECT_EQ(explanation.profile.chosen->cost, result.kernel->cost);
  EXPECT_TRUE(explanation.sharesOfKernel);
}

TEST_F(ExplanationTest, CountsTheChosenOnesPlaceAmongEstimates) {
  tune();
  for (auto [number, entry] : llvm::enumerate(explained().classes)) {
    const TunedLookup &lookup = problem.classes[number].lookup;
    auto estimate = [&](emb::ScheduleAttrInterface schedule) {
      return estimateTrial({}, lookup, schedule, state.occupancy).cost;
    };
    size_t better = 0, all = 0;
    for (emb::ScheduleAttrInterface schedule :
         emb::enumerateSchedules(context.get(), lookup.shape, lookup.stats,
                                 state.occupancy.threads)) {
      ++all;
      better += estimate(schedule) < estimate(entry.schedule);
    }
    EXPECT_EQ(entry.candidates, all);
    EXPECT_EQ(entry.estimatedRank, better + 1);
  }
}

// A device on which the cost model is right, and one on which it is wrong.
TEST_F(ExplanationTest, CorrelatesEstimatesWithMeasurements) {
  auto answer = [&](double sign) {
    measurer.candidate = [=](const FeatureClass &featureClass,
                             const std::string &text, Occupancy occupancy) {
      auto schedule = mlir::cast<emb::ScheduleAttrInterface>(
          mlir::parseAttribute(text, context.get()));
      Trial trial = estimateTrial({}, featureClass.lookup, schedule, occupancy);
      trial.cost = std::pow(trial.cost, sign * 0.5);
      trial.longestBlock = 0;
      return trial;
    };
    record = std::move(*TrialRecord::openInMemory());
    tune();
    return explained();
  };
  Explanation right = answer(1), wrong = answer(-1);
  EXPECT_THAT(right.medianCorrelation, Optional(DoubleNear(1, 1e-9)));
  EXPECT_THAT(right.estimates.correlation, Optional(DoubleNear(1, 1e-9)));
  EXPECT_THAT(right.costModelLoss, Optional(DoubleNear(0, 1e-9)));
  EXPECT_THAT(wrong.medianCorrelation, Optional(DoubleNear(-1, 1e-9)));
  EXPECT_THAT(wrong.estimates.correlation, Optional(DoubleNear(-1, 1e-9)));
  EXPECT_GT(*wrong.costModelLoss, 0);
  EXPECT_EQ(wrong.estimates.groups,
            problem.classes.size() * measurer.offered.size());
}

// Nothing interferes on the scripted device, which has 132 multiprocessors.
TEST_F(ExplanationTest, FindsTheMultiprocessorsThatKernelsAgreeWith) {
  TuningResult result = tune();
  OccupancyProfile profile = explained().profile;
  EXPECT_TRUE(profile.isFitted);
  EXPECT_THAT(profile.multiprocessors, Optional(DoubleNear(132, 1e-9)));
  ASSERT_EQ(profile.promises.size(), measurer.offered.size());
  for (const OccupancyPromise &promise : profile.promises) {
    EXPECT_EQ(promise.classes, problem.classes.size());
    auto kernel = llvm::find_if(result.kernels, [&](const auto &other) {
      return other.origin == "local winners" &&
             other.occupancy == promise.occupancy;
    });
    EXPECT_THAT(promise.seconds,
                Optional(DoubleNear(kernel->trial.cost, 1e-15)));
  }
  EXPECT_EQ(llvm::count_if(profile.kernels,
                           [](const auto &kernel) { return kernel.isChosen; }),
            1);
  options.multiprocessors = 66;
  profile = explained().profile;
  EXPECT_FALSE(profile.isFitted);
  EXPECT_EQ(profile.multiprocessors, 66);
}

TEST_F(ExplanationTest, PromisesNothingWithoutKernels) {
  tune();
  filter([](const RecordedTrial &trial) {
    return trial.key.kind == TrialKind::candidate;
  });
  Explanation explanation = explained();
  EXPECT_FALSE(explanation.profile.multiprocessors);
  EXPECT_FALSE(explanation.profile.chosen);
  EXPECT_FALSE(explanation.sharesOfKernel);
  for (const OccupancyPromise &promise : explanation.profile.promises)
    EXPECT_FALSE(promise.seconds);
  for (const ClassExplanation &entry : explanation.classes)
    EXPECT_TRUE(entry.share);
}

// As after a time budget that ended first.
TEST_F(ExplanationTest, LeavesOpenWhatTheRecordDoesNotKnow) {
  tune();
  filter([&](const RecordedTrial &trial) {
    return trial.key.kind == TrialKind::candidate &&
           trial.key.subject != problem.classes[1].key;
  });
  Explanation explanation = explained();
  const ClassExplanation &gap = explanation.classes[1];
  EXPECT_FALSE(gap.chosen || gap.runnerUp || gap.costModelPick || gap.share ||
               gap.correlation);
  EXPECT_EQ(gap.estimatedRank, 0u);
  EXPECT_EQ(gap.candidates, 0u);
  EXPECT_TRUE(explanation.classes[0].chosen);
  for (const OccupancyPromise &promise : explanation.profile.promises)
    EXPECT_EQ(promise.classes, problem.classes.size() - 1);
}

TEST_F(ExplanationTest, TrialsThatFailedAreNoCandidates) {
  measurer.candidate = [before = measurer.candidate](
                           const FeatureClass &featureClass,
                           const std::string &text, Occupancy occupancy) {
    Trial trial = before(featureClass, text, occupancy);
    if (text.find("block_reduce") != std::string::npos)
      trial.outcome = Outcome::assembleFailed;
    return trial;
  };
  tune();
  for (const ClassExplanation &entry : explained().classes) {
    EXPECT_GT(entry.failed, 0u);
    EXPECT_NE(kindOf(entry.runnerUp->schedule), "block_reduce");
  }
  EXPECT_EQ(explained().estimates.pairsByKind.count("block_reduce"), 0u);
}

TEST_F(ExplanationTest, OnlyTheLastDriverCounts) {
  tune();
  size_t trials = explained().estimates.trials;
  measurer.description.driver = "2.0";
  tune();
  Explanation explanation = explained();
  EXPECT_EQ(explanation.origin.driver, "2.0");
  EXPECT_EQ(explanation.estimates.trials, trials);
  EXPECT_GT(explanation.otherOrigins, trials);
}

TEST_F(ExplanationTest, TrialsOfTheModelsBindingCount) {
  tune();
  std::string atRunTime = measurer.version.recflex;
  measurer.version.recflex += kFixedMark;
  tune();
  EXPECT_EQ(explained().origin.versions.recflex, atRunTime);
  state.binding = emb::BindingKind::Fixed;
  EXPECT_EQ(explained().origin.versions.recflex, atRunTime + kFixedMark);
  // Estimates have none.
  filter([&](const RecordedTrial &trial) {
    return trial.key.versions.recflex == atRunTime;
  });
  EXPECT_EQ(explained().origin.versions.recflex, atRunTime);
}

TEST_F(ExplanationTest, SeveralDevicesMustBeToldApart) {
  tune();
  measurer.description.name = "other";
  tune();
  EXPECT_THAT(error(), HasSubstr("several devices; name one with "
                                 "--device-name: 'other', 'scripted'"));
  EXPECT_EQ(explained("scripted").origin.device, "scripted");
  EXPECT_THAT(error("third"),
              HasSubstr("no trials of this model on 'third'; it has those of "
                        "'other', 'scripted'"));
}

TEST_F(ExplanationTest, KnowsEstimatesWhenItSeesThem) {
  CostModelMeasurer model({128, 10}, "test");
  Budget budget([] { return 0; });
  TuningObserver nobody;
  auto result =
      Tuner(context.get(), problem, model, record, budget, nobody).run();
  ASSERT_TRUE(result);
  state.occupancy = {128, 10};
  for (const ClassChoice &choice : result->choices)
    state.assignment.push_back(choice.chosen.schedule);
  Explanation explanation = explained();
  EXPECT_TRUE(explanation.areEstimates);
  EXPECT_EQ(explanation.profile.multiprocessors, DeviceModel().multiprocessors);
  EXPECT_FALSE(explanation.profile.isFitted);
}

// Records are imported from anywhere.
TEST_F(ExplanationTest, LeavesOutWhatNobodyCanRead) {
  tune();
  size_t trials = explained().estimates.trials;
  RecordedTrial odd;
  ASSERT_TRUE(record.forEach([&](const RecordedTrial &trial) {
    if (trial.key.kind == TrialKind::candidate)
      odd = trial;
  }));
  std::vector<RecordedTrial> more(5, odd);
  more[0].key.schedule = "#emb.rumour<vector = 4>";
  more[1].key.schedule = "#emb.occupancy<threads = 128, blocks = 10>";
  more[2].key.schedule = "]]>\"\n";
  more[3].key.occupancy = {1 << 30, 1 << 30};
  more[4].key.schedule = "#emb.sub_warp<vector = 8, lanes = 32, unroll = 1>";
  more[4].key.subject = problem.classes[0].key; // of width 4
  ASSERT_TRUE(record.add(more));
  Explanation explanation = explained();
  EXPECT_EQ(explanation.estimates.trials, trials);
  EXPECT_EQ(explanation.unreadable, 5u);
}

TEST_F(ExplanationTest, RefusesWhatExplainsNothing) {
  EXPECT_THAT(error(), HasSubstr("has no trials; name the record that the "
                                 "model was tuned with"));
  tune();
  TunedState tuned = state;
  state.occupancy = {64, 3};
  EXPECT_THAT(error(), AllOf(HasSubstr("no trial of any schedule of the model "
                                       "at 64 x 3 on 'scripted'"),
                             HasSubstr("feature 'f0'")));
  state = tuned;
  filter([&](const RecordedTrial &trial) {
    return trial.key.kind == TrialKind::candidate;
  });
  problem = TuningProblem({{"other",
                            problem.lookups[0].shape,
                            {/*mean=*/900, /*stddev=*/0, /*max=*/900,
                             /*coverage=*/1, /*distinct=*/5, /*batch=*/7}}});
  EXPECT_THAT(error(), AllOf(HasSubstr("none of its"),
                             HasSubstr("trials is of this model, whose first "
                                       "class is 'w4 ")));
}

TEST(OpenToReadTest, WritesNothing) {
  TemporaryFolder folder;
  std::string path = folder.file("trials.db");
  auto absent = TrialRecord::openToRead(path);
  ASSERT_FALSE(absent);
  EXPECT_THAT(absent.error().message,
              HasSubstr("cannot open the file: No such file or directory; "
                        "name a record of trials"));
  EXPECT_FALSE(std::filesystem::exists(path));
  ASSERT_TRUE(TrialRecord::open(path));
  {
    auto record = TrialRecord::openToRead(path);
    ASSERT_TRUE(record);
    EXPECT_FALSE(record->add({RecordedTrial()}));
  }
  EXPECT_FALSE(std::filesystem::exists(path + "-wal"));
  std::string empty = folder.file("empty.db");
  fclose(fopen(empty.c_str(), "w"));
  auto nothing = TrialRecord::openToRead(empty);
  ASSERT_FALSE(nothing);
  EXPECT_THAT(nothing.error().message, HasSubstr("is empty; name a record"));
  EXPECT_EQ(std::filesystem::file_size(empty), 0u);
}

} // namespace
} // namespace recflex
