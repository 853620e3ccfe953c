//===- TunerTest.cpp - The stages, over a scripted device -----------------===//

#include "TemporaryFolder.h"
#include "TunerFixture.h"

#include "recflex/Tuning/CostModel.h"

#include <set>
#include <thread>

using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

namespace recflex {
namespace {

TEST_F(TunerTest, TriesEveryCandidateAtEveryOccupancyOnce) {
  tuned();
  std::set<std::string> distinct(measurer.asked.begin(), measurer.asked.end());
  EXPECT_EQ(distinct.size(), measurer.asked.size());
  size_t expected = 0;
  for (const FeatureClass &featureClass : problem.classes)
    for (Occupancy occupancy : measurer.offered)
      for (emb::ScheduleAttrInterface schedule : emb::enumerateSchedules(
               context.get(), featureClass.lookup.shape,
               featureClass.lookup.stats, occupancy.threads)) {
        ++expected;
        EXPECT_TRUE(wasAsked(featureClass.lookup.name + " " + toText(schedule) +
                             " " + toString(occupancy)));
      }
  EXPECT_GT(expected, 100u);
  EXPECT_EQ(llvm::count_if(measurer.asked,
                           [](const std::string &asked) {
                             return llvm::StringRef(asked).starts_with("f");
                           }),
            static_cast<ptrdiff_t>(expected));
}

// Where nothing interferes the best kernel is that of the best candidates.
TEST_F(TunerTest, TakesTheBestCandidatesAndTheBestOccupancy) {
  TuningResult result = tuned();
  double best = 1;
  for (Occupancy occupancy : measurer.offered) {
    Assignment assignment;
    for (const FeatureClass &featureClass : problem.classes) {
      double least = 1;
      assignment.emplace_back();
      for (emb::ScheduleAttrInterface schedule : emb::enumerateSchedules(
               context.get(), featureClass.lookup.shape,
               featureClass.lookup.stats, occupancy.threads))
        if (double cost =
                measurer.candidate(featureClass, toText(schedule), occupancy)
                    .cost;
            cost < least) {
          least = cost;
          assignment.back() = schedule;
        }
    }
    best = std::min(
        best, measurer.addUp(problem.classes, assignment, occupancy).cost);
  }
  ASSERT_TRUE(result.kernel);
  EXPECT_EQ(result.kernel->cost, best);
  EXPECT_EQ(result.origin, "local winners");
  EXPECT_THAT(result.changes, IsEmpty());
  for (const ClassChoice &choice : result.choices)
    EXPECT_LT(choice.chosen.trial.cost, choice.runnerUp.trial.cost);
  EXPECT_FALSE(result.outOfTime);
}

TEST_F(TunerTest, ConsidersNamedSchedulesAlone) {
  options.only = {"sub_warp"};
  tuned();
  EXPECT_THAT(measurer.asked, Each(Not(HasSubstr("block_reduce"))));
}

//===----------------------------------------------------------------------===//
// Local stage
//===----------------------------------------------------------------------===//

// Bodies take 40 registers: at 8 blocks, which leave 64, their code is that of
// 10, which leave 48; at 16 it is another.
TEST_F(TunerTest, EqualCodeIsMeasuredOnceAndTheRestIsAnnounced) {
  measurer.candidate = [before = measurer.candidate](
                           const FeatureClass &featureClass,
                           const std::string &text, Occupancy occupancy) {
    Trial trial = before(featureClass, text, occupancy);
    trial.registers = 40;
    return trial;
  };
  tuned();
  EXPECT_TRUE(wasAsked(toString({128, 10})));
  EXPECT_FALSE(wasAsked(toString({128, 8})));
  EXPECT_TRUE(wasAsked(toString({128, 16})));
  EXPECT_TRUE(llvm::is_contained(measurer.announced, Occupancy{128, 16}));
}

TEST_F(TunerTest, SpillsArePaidFor) {
  measurer.offered = {{128, 10}};
  options.only = {"sub_warp"};
  measurer.candidate = [](const FeatureClass &, const std::string &text,
                          Occupancy) {
    Trial trial;
    bool fast = text.find("unroll = 8") != std::string::npos;
    trial.cost = fast ? 1.0 : 1.2;
    trial.registers = fast ? 56 : 40; // 48 are left
    return trial;
  };
  // All kernels alike: the first one wins, that of the local winners.
  options.refineCandidates = 0;
  measurer.kernel = [&](llvm::ArrayRef<FeatureClass> classes,
                        const Assignment &assignment, Occupancy occupancy) {
    Trial trial = measurer.addUp(classes, assignment, occupancy);
    trial.cost = 1;
    return trial;
  };
  for (const ClassChoice &choice : tuned().choices)
    EXPECT_THAT(toText(choice.chosen.schedule), Not(HasSubstr("unroll = 8")));
  options.registerPenalty = 1.1;
  record = std::move(*TrialRecord::openInMemory());
  for (const ClassChoice &choice : tuned().choices)
    EXPECT_THAT(toText(choice.chosen.schedule), HasSubstr("unroll = 8"));
}

// 100 block-seconds on 1320 blocks take 0.08 s; a block of a second would
// outlast that, and a kernel without it is the shorter one.
TEST_F(TunerTest, ALongBlockGivesWay) {
  measurer.offered = {{128, 10}};
  options.refineCandidates = 0;
  problem = TuningProblem(makeLookups(1));
  measurer.candidate = [](const FeatureClass &, const std::string &text,
                          Occupancy) {
    Trial trial;
    bool wide = text.find("rows = 16") != std::string::npos;
    trial.cost = wide ? 110 : 100;
    trial.longestBlock = wide ? 0.01 : 1;
    return trial;
  };
  measurer.kernel = [&](llvm::ArrayRef<FeatureClass> classes,
                        const Assignment &assignment, Occupancy occupancy) {
    Trial trial = measurer.addUp(classes, assignment, occupancy);
    if (toText(assignment[0]).find("rows = 16") == std::string::npos)
      trial.cost = 1;
    return trial;
  };
  TuningResult result = tuned();
  EXPECT_THAT(toText(result.choices[0].chosen.schedule),
              HasSubstr("rows = 16"));
  EXPECT_EQ(result.origin, "local winners");
}

TEST_F(TunerTest, FailuresAreReportedAndNeverChosen) {
  for (auto [outcome, name] :
       {std::pair(Outcome::compileFailed, "compile-failed"),
        {Outcome::assembleFailed, "assemble-failed"},
        {Outcome::wrongResult, "wrong-result"},
        {Outcome::crashed, "crashed"},
        {Outcome::timedOut, "timed-out"}}) {
    SCOPED_TRACE(name);
    EXPECT_EQ(toString(outcome), name);
    measurer = ScriptedMeasurer();
    record = std::move(*TrialRecord::openInMemory());
    watcher = {};
    fail("sub_warp", outcome);
    // It would win by far.
    measurer.candidate = [before = measurer.candidate](
                             const FeatureClass &featureClass,
                             const std::string &text, Occupancy occupancy) {
      Trial trial = before(featureClass, text, occupancy);
      if (!trial.isOk())
        trial.cost = 1e-12;
      return trial;
    };
    TuningResult result = tuned();
    for (const ClassChoice &choice : result.choices) {
      EXPECT_THAT(toText(choice.chosen.schedule), Not(HasSubstr("sub_warp")));
      EXPECT_THAT(toText(choice.runnerUp.schedule), Not(HasSubstr("sub_warp")));
    }
    EXPECT_FALSE(watcher.failures.empty());
    for (const TuningFailure &failure : watcher.failures) {
      EXPECT_THAT(failure.schedule, HasSubstr("sub_warp"));
      EXPECT_EQ(failure.trial.outcome, outcome);
    }
    // Known: not tried again.
    measurer.asked.clear();
    tuned();
    EXPECT_THAT(measurer.asked, IsEmpty());
  }
}

TEST_F(TunerTest, WhatCrashedAtOneOccupancyIsTrustedAtNone) {
  fail("unroll = 4", Outcome::crashed, /*blocks=*/8); // the second
  TuningResult result = tuned();
  EXPECT_TRUE(wasAsked("unroll = 4> 128 x 10"));
  EXPECT_TRUE(wasAsked("unroll = 4> 128 x 8"));
  for (const std::string &asked : measurer.asked)
    if (llvm::StringRef(asked).starts_with("f"))
      EXPECT_THAT(asked, Not(HasSubstr("unroll = 4> 128 x 16")));
  for (const ClassChoice &choice : result.choices)
    EXPECT_THAT(toText(choice.chosen.schedule), Not(HasSubstr("unroll = 4")));
}

// It says something of the code for so few registers, not of the schedule.
TEST_F(TunerTest, WhatCannotBeAssembledAtOneOccupancyIsTriedAtOthers) {
  fail("unroll = 4", Outcome::assembleFailed, /*blocks=*/10);
  tuned();
  EXPECT_TRUE(wasAsked("unroll = 4> 128 x 16"));
}

TEST_F(TunerTest, OccupanciesWithoutACandidateAreLeftOut) {
  fail("emb", Outcome::assembleFailed, /*blocks=*/16);
  EXPECT_NE(tuned().occupancy.blocks, 16);
  EXPECT_THAT(measurer.asked, Each(Not(StartsWith("kernel 128 x 16"))));
}

TEST_F(TunerTest, NoCandidateForAClassIsAnError) {
  fail("emb", Outcome::crashed);
  EXPECT_THAT(error(), HasSubstr("feature 'f0': none of the "));
  EXPECT_THAT(error(), HasSubstr(" schedules tried at 128 x 10 works; consider "
                                 "more schedules or report these\n  #emb."));
  EXPECT_THAT(error(), HasSubstr(": crashed: as the script says"));
  options.only = {"gather"}; // bags are too long for it
  EXPECT_EQ(error(), "feature 'f0': no schedule considered fits it and blocks "
                     "of 128 threads; use more threads or consider more "
                     "schedules");
}

TEST_F(TunerTest, AModelWithoutLookupsIsAnError) {
  problem = TuningProblem({});
  EXPECT_EQ(error(), "the model has no lookups to tune");
}

TEST_F(TunerTest, FiguresThatAreNoneAreAnError) {
  measurer.candidate = [](const FeatureClass &, const std::string &,
                          Occupancy) {
    Trial trial;
    trial.cost = std::nan("");
    return trial;
  };
  EXPECT_THAT(error(), HasSubstr("gave nan where a time was expected"));
}

//===----------------------------------------------------------------------===//
// Global stage
//===----------------------------------------------------------------------===//

TEST_F(TunerTest, AUniformSettingMayWin) {
  // Together, kernels of several kinds of schedules are slow.
  measurer.kernel = [&](llvm::ArrayRef<FeatureClass> classes,
                        const Assignment &assignment, Occupancy occupancy) {
    Trial trial = measurer.addUp(classes, assignment, occupancy);
    for (emb::ScheduleAttrInterface schedule : assignment)
      if (toText(schedule).find("sub_warp") == std::string::npos ||
          toText(schedule).find("unroll = 2") == std::string::npos)
        trial.cost += 1;
    return trial;
  };
  TuningResult result = tuned();
  EXPECT_EQ(result.origin, "sub_warp, unroll 2, for all");
  for (const ClassChoice &choice : result.choices)
    EXPECT_THAT(toText(choice.chosen.schedule), HasSubstr("unroll = 2"));
}

TEST_F(TunerTest, KernelsThatFailAreLeftOut) {
  measurer.kernel = [&](llvm::ArrayRef<FeatureClass> classes,
                        const Assignment &assignment, Occupancy occupancy) {
    Trial trial = measurer.addUp(classes, assignment, occupancy);
    if (occupancy.blocks != 8)
      trial.outcome = Outcome::timedOut;
    return trial;
  };
  EXPECT_EQ(tuned().occupancy.blocks, 8);
  EXPECT_EQ(watcher.failures.front().subject, "the fused kernel");
}

TEST_F(TunerTest, NoKernelThatWorksIsAnError) {
  measurer.kernel = [](llvm::ArrayRef<FeatureClass>, const Assignment &,
                       Occupancy) {
    return makeFailure(Outcome::assembleFailed, "too large");
  };
  EXPECT_EQ(error(), "no fused kernel works, though all of its schedules work "
                     "by themselves; the first one: assemble-failed: too "
                     "large");
}

//===----------------------------------------------------------------------===//
// Time
//===----------------------------------------------------------------------===//

// A second a call: whatever the budget, there is a result, it says whether it
// is whole, and the budget is passed by one call at most.
TEST_F(TunerTest, EveryBudgetGivesAResult) {
  measurer.beforeCall = [this] { clock += 1; };
  std::string whole = toText(tuned());
  double calls = static_cast<double>(measurer.calls);
  for (seconds = 0; seconds < calls + 2; ++seconds) {
    record = std::move(*TrialRecord::openInMemory());
    clock = 0;
    TuningResult result = tuned();
    EXPECT_LE(clock, seconds);
    ASSERT_EQ(result.choices.size(), problem.classes.size());
    if (!result.outOfTime)
      EXPECT_EQ(toText(result), whole);
    if (seconds == 0) {
      EXPECT_TRUE(result.outOfTime);
      EXPECT_FALSE(result.kernel);
      EXPECT_TRUE(result.choices[0].chosen.isEstimate);
    }
  }
  EXPECT_EQ(toText(tuned()), whole);
}

TEST_F(TunerTest, RunsOfLittleTimeAddUp) {
  std::string whole = toText(tuned());
  size_t calls = measurer.calls;
  record = std::move(*TrialRecord::openInMemory());
  measurer.calls = 0;
  measurer.beforeCall = [this] { clock += 1; };
  seconds = 10;
  std::string last;
  for (int run = 0; run != 100; ++run) {
    clock = 0;
    TuningResult result = tuned();
    last = toText(result);
    if (!result.outOfTime)
      break;
  }
  EXPECT_EQ(last, whole);
  // Some kernels of the first runs, which knew less, were not needed.
  EXPECT_GE(measurer.calls, calls);
}

TEST_F(TunerTest, StepsCountUp) {
  tuned();
  size_t local = 0;
  for (const TuningStep &step : watcher.steps) {
    if (step.stage != TuningStage::local)
      continue;
    EXPECT_EQ(step.done, ++local);
    EXPECT_EQ(step.total, problem.classes.size() * measurer.offered.size());
    EXPECT_GT(step.candidates, 0u);
    EXPECT_GT(step.bestCost, 0);
  }
  EXPECT_EQ(local, problem.classes.size() * measurer.offered.size());
  EXPECT_EQ(watcher.steps.back().stage, TuningStage::final);
}

//===----------------------------------------------------------------------===//
// The record
//===----------------------------------------------------------------------===//

TEST_F(TunerTest, ASecondRunMeasuresNothing) {
  std::string first = toText(tuned());
  measurer.calls = 0;
  TuningResult again = tuned();
  EXPECT_EQ(toText(again), first);
  EXPECT_EQ(measurer.calls, 0u);
  EXPECT_EQ(again.measured, 0u);
  EXPECT_GT(again.known, 0u);
}

TEST_F(TunerTest, AnotherModelNeedsNoTrialsOfKnownClasses) {
  tuned();
  measurer.asked.clear();
  problem = TuningProblem(makeLookups(5)); // one more
  tuned();
  for (const std::string &asked : measurer.asked)
    EXPECT_TRUE(llvm::StringRef(asked).starts_with("f4") ||
                llvm::StringRef(asked).starts_with("kernel"))
        << asked;
}

TEST_F(TunerTest, OtherVersionsNeedTrialsOfTheirOwn) {
  tuned();
  size_t calls = measurer.calls;
  measurer.version.ptxas = "13.1";
  tuned();
  EXPECT_EQ(measurer.calls, 2 * calls);
}

TEST_F(TunerTest, ALostDeviceEndsItAndTheRestIsKept) {
  std::string whole = toText(tuned());
  size_t calls = measurer.calls;
  for (size_t last = 1; last <= calls; ++last) {
    record = std::move(*TrialRecord::openInMemory());
    ScriptedMeasurer healthy;
    measurer = ScriptedMeasurer();
    auto lose = [&](Trial trial) {
      if (measurer.calls >= last) {
        trial.outcome = Outcome::deviceLost;
        trial.message = "fell off the bus";
      }
      return trial;
    };
    measurer.candidate = [&](const FeatureClass &featureClass,
                             const std::string &text, Occupancy occupancy) {
      return lose(healthy.candidate(featureClass, text, occupancy));
    };
    measurer.kernel = [&](llvm::ArrayRef<FeatureClass> classes,
                          const Assignment &assignment, Occupancy occupancy) {
      return lose(healthy.addUp(classes, assignment, occupancy));
    };
    EXPECT_EQ(error(), "the device 'scripted' was lost: fell off the bus; the "
                       "trials until then are recorded: run again once it is "
                       "back");
    measurer = ScriptedMeasurer();
    EXPECT_EQ(toText(tuned()), whole);
    EXPECT_EQ(measurer.calls, calls - last + 1);
  }
}

// Each has times of its own; what is recorded first counts for both.
TEST(TwoTuners, ComeToOneResult) {
  for (int round = 0; round != 10; ++round) {
    TemporaryFolder folder;
    std::string results[2], errors[2];
    auto run = [&](int which) {
      auto context = makeTuningContext();
      TuningProblem problem(makeLookups(4));
      ScriptedMeasurer measurer;
      measurer.candidate = [which, before = measurer.candidate](
                               const FeatureClass &featureClass,
                               const std::string &text, Occupancy occupancy) {
        return before(featureClass, text + (which ? "a" : "b"), occupancy);
      };
      auto record = TrialRecord::open(folder.file("trials.db"));
      if (!record) {
        errors[which] = record.error().message;
        return;
      }
      Watcher watcher;
      Budget budget([] { return 0.0; });
      auto result =
          Tuner(context.get(), problem, measurer, *record, budget, watcher)
              .run();
      if (result)
        results[which] = toText(*result);
      else
        errors[which] = result.error().message;
    };
    std::thread other(run, 1);
    run(0);
    other.join();
    EXPECT_EQ(errors[0] + errors[1], "");
    EXPECT_NE(results[0], "");
    EXPECT_EQ(results[0], results[1]);
  }
}

//===----------------------------------------------------------------------===//
// The cost model and the plan
//===----------------------------------------------------------------------===//

TEST_F(TunerTest, TheCostModelIsAlwaysAskedAgain) {
  CostModelMeasurer model({128, 10}, "1");
  Budget budget([] { return 0.0; });
  auto run = [&] {
    auto result =
        Tuner(context.get(), problem, model, record, budget, watcher).run();
    EXPECT_TRUE(result) << result.error().message;
    return *result;
  };
  TuningResult first = run(), second = run();
  EXPECT_EQ(first.measured, second.measured);
  EXPECT_EQ(second.known, 0u);
  for (const ClassChoice &choice : first.choices)
    EXPECT_GT(choice.chosen.trial.cost, 0);
}

// Long batches, whose heaviest tiles end in time: the fewest instructions.
TEST_F(TunerTest, TheCostModelAgreesWithTheSelector) {
  std::vector<TunedLookup> lookups = makeLookups(4);
  std::vector<LookupProblem> problems;
  for (TunedLookup &lookup : lookups) {
    lookup.stats.batch = 1 << 20;
    problems.push_back({lookup.shape, lookup.stats});
  }
  SelectionOptions selection;
  selection.batch = 1 << 20;
  ScheduleSelection selected =
      ScheduleSelector(context.get(), selection).select(problems);
  problem = TuningProblem(lookups);
  CostModelMeasurer model({128, 10}, "1");
  Budget budget([] { return 0.0; });
  auto result =
      Tuner(context.get(), problem, model, record, budget, watcher).run();
  ASSERT_TRUE(result);
  for (auto [choice, featureClass] :
       llvm::zip_equal(result->choices, problem.classes)) {
    EXPECT_EQ(choice.chosen.schedule,
              selected.choices[featureClass.representative].chosen.schedule);
    EXPECT_EQ(choice.estimated.schedule, choice.chosen.schedule);
  }
}

TEST_F(TunerTest, ThePlanCountsWhatIsKnown) {
  Budget budget([] { return 0.0; });
  auto plan = [&] {
    auto planned =
        Tuner(context.get(), problem, measurer, record, budget, watcher).plan();
    EXPECT_TRUE(planned);
    return *planned;
  };
  std::vector<PlannedTrials> before = plan();
  EXPECT_EQ(measurer.calls, 0u);
  ASSERT_EQ(before.size(), measurer.offered.size());
  EXPECT_THAT(before[0].known, Each(0u));
  tuned();
  std::vector<PlannedTrials> after = plan();
  EXPECT_EQ(after[0].known, after[0].candidates);
  EXPECT_EQ(after[0].candidates, before[0].candidates);
}

} // namespace
} // namespace recflex
