//===- RefineTest.cpp - What follows the global stage ---------------------===//

#include "TunerFixture.h"

#include <array>

using testing::IsEmpty;

namespace recflex {
namespace {

/// A kernel in which classes 1 and 3 have another best schedule than alone.
class RefineTest : public TunerTest {
protected:
  RefineTest() {
    measurer.offered = {{128, 10}};
    options.only = {"sub_warp"};
    measurer.kernel = [this](llvm::ArrayRef<FeatureClass> classes,
                             const Assignment &assignment,
                             Occupancy occupancy) {
      Trial trial = measurer.addUp(classes, assignment, occupancy);
      trial.cost = 1;
      trial.spread = spread;
      for (size_t number : {1, 3})
        if (toText(assignment[number]).find("unroll = 1>") == std::string::npos)
          trial.cost += gain;
      trial.shares = {0.1, 0.2, 0.3, 0.4};
      return trial;
    };
    options.refineCandidates = 100;
  }
  /// They would find it at once.
  void hideFromUniformSettings() {
    measurer.kernel = [before = measurer.kernel](
                          llvm::ArrayRef<FeatureClass> classes,
                          const Assignment &assignment, Occupancy occupancy) {
      Trial trial = before(classes, assignment, occupancy);
      if (toText(assignment[0]).find("unroll = 1>") != std::string::npos)
        trial.cost += 1;
      return trial;
    };
  }
  double spread = 0, gain = 0.1;
  int finalists = 0;
};

TEST_F(RefineTest, ChangesWhatHelpsTheLargestShareFirst) {
  hideFromUniformSettings();
  TuningResult result = tuned();
  ASSERT_TRUE(result.kernel);
  EXPECT_EQ(result.kernel->cost, 1);
  ASSERT_EQ(result.changes.size(), 2u);
  EXPECT_EQ(result.changes[0].classes, std::vector<size_t>{3});
  EXPECT_EQ(result.changes[1].classes, std::vector<size_t>{1});
  EXPECT_GT(result.changes[0].before, result.changes[0].after);
}

TEST_F(RefineTest, NeverTakesAGainWithinTheNoise) {
  gain = 0.001; // less than 0.2 percent
  EXPECT_THAT(tuned().changes, IsEmpty());
  record = std::move(*TrialRecord::openInMemory());
  gain = 0.1;
  spread = 0.4; // 0.3 of it
  EXPECT_THAT(tuned().changes, IsEmpty());
}

TEST_F(RefineTest, AKernelThatFailsIsNoGain) {
  measurer.kernel = [this, before = measurer.kernel](
                        llvm::ArrayRef<FeatureClass> classes,
                        const Assignment &assignment, Occupancy occupancy) {
    Trial trial = before(classes, assignment, occupancy);
    if (trial.cost < 1 + 1.5 * gain) {
      trial.outcome = Outcome::crashed;
      trial.cost = 0;
    }
    return trial;
  };
  TuningResult result = tuned();
  EXPECT_THAT(result.changes, IsEmpty());
  EXPECT_DOUBLE_EQ(result.kernel->cost, 1 + 2 * gain);
}

// What was found among many bodies must hold for the code that is compiled.
TEST_F(RefineTest, TheUntunedKernelWinsIfItsOwnCodeIsTheFastest) {
  Assignment untuned;
  measurer.finalist = [&](llvm::ArrayRef<FeatureClass> classes,
                          const Assignment &assignment, Occupancy occupancy) {
    Trial trial = measurer.kernel(classes, assignment, occupancy);
    trial.cost = ++finalists == 2 ? 0.5 : 1;
    if (finalists == 2)
      untuned = assignment;
    return trial;
  };
  TuningResult result = tuned();
  EXPECT_GE(finalists, 2);
  EXPECT_EQ(result.origin, kUntunedOrigin);
  EXPECT_EQ(result.kernel->cost, 0.5);
  EXPECT_THAT(result.changes, IsEmpty());
  for (auto [choice, schedule] : llvm::zip_equal(result.choices, untuned))
    EXPECT_EQ(choice.chosen.schedule, schedule);
  // A second run decides the same, and measures nothing.
  TuningResult again = tuned();
  EXPECT_EQ(toText(again), toText(result));
  EXPECT_EQ(again.measured, 0u);
}

TEST_F(RefineTest, ChangesThatItsOwnCodeIsSlowerForAreTakenBack) {
  hideFromUniformSettings();
  size_t most = 2;
  // As if each change that is kept made the assembler spill.
  measurer.finalist = [&](llvm::ArrayRef<FeatureClass> classes,
                          const Assignment &assignment, Occupancy occupancy) {
    Trial trial = measurer.kernel(classes, assignment, occupancy);
    size_t kept = llvm::count_if(std::array{1, 3}, [&](size_t number) {
      return toText(assignment[number]).find("unroll = 1>") !=
             std::string::npos;
    });
    trial.cost = kept > most ? 10 : 3 - static_cast<double>(kept);
    return trial;
  };
  for (most = 2; most != 0; --most) {
    record = std::move(*TrialRecord::openInMemory());
    EXPECT_EQ(tuned().changes.size(), most);
  }
  most = 1;
  options.finalSteps = 0;
  record = std::move(*TrialRecord::openInMemory());
  EXPECT_THAT(tuned().changes, IsEmpty()); // another kernel altogether
}

TEST_F(RefineTest, AFinalistThatFailsIsNotChosen) {
  measurer.finalist = [&](llvm::ArrayRef<FeatureClass> classes,
                          const Assignment &assignment, Occupancy occupancy) {
    Trial trial = measurer.kernel(classes, assignment, occupancy);
    if (++finalists == 1)
      trial.outcome = Outcome::crashed;
    return trial;
  };
  EXPECT_NE(tuned().origin, "");
  EXPECT_GE(finalists, 2);
}

TEST_F(RefineTest, MutationsSayWhatAnotherScheduleWouldTake) {
  options.mutations = 3;
  options.refineCandidates = 0; // so that there is something left to find
  TuningResult result = tuned();
  ASSERT_EQ(result.mutations.size(), problem.classes.size());
  for (const Mutation &mutation : result.mutations) {
    EXPECT_LE(mutation.tried, 3u);
    EXPECT_NE(mutation.schedule,
              result.choices[mutation.classNumber].chosen.schedule);
    EXPECT_GT(mutation.ratio, 0);
  }
}

// Whatever the device says, refining ends no slower than the fastest kernel of
// the global stage.
TEST_F(TunerTest, IsNeverSlowerThanAnyKernelOfTheGlobalStage) {
  options.refineCandidates = 2;
  for (int seed = 0; seed != 20; ++seed) {
    record = std::move(*TrialRecord::openInMemory());
    measurer.kernel = [&, seed](llvm::ArrayRef<FeatureClass> classes,
                                const Assignment &assignment,
                                Occupancy occupancy) {
      Trial trial = measurer.addUp(classes, assignment, occupancy);
      std::string text = std::to_string(seed) + toString(occupancy);
      for (emb::ScheduleAttrInterface schedule : assignment)
        text += toText(schedule);
      trial.cost = 1 + noiseOf(text);
      trial.spread = 0.01 * noiseOf(text + "spread");
      return trial;
    };
    TuningResult result = tuned();
    for (const MeasuredKernel &kernel : result.kernels)
      EXPECT_LE(result.kernel->cost, kernel.trial.cost);
    for (const Refinement &change : result.changes)
      EXPECT_LT(change.after, change.before);
  }
}

} // namespace
} // namespace recflex
