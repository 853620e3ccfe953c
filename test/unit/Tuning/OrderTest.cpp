//===- OrderTest.cpp - The order of blocks --------------------------------===//

#include "TunerFixture.h"

#include "recflex/Data/Random.h"
#include "recflex/Dialect/Emb/IR/FixedOrder.h"
#include "recflex/Tuning/TunedModule.h"

#include "mlir/Parser/Parser.h"

#include <map>
#include <set>

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

namespace recflex {
namespace {

//===----------------------------------------------------------------------===//
// BlockOrder
//===----------------------------------------------------------------------===//

class BlockOrderTest : public testing::Test {
protected:
  /// Lookups whose longest bags fall from one to the next, as their tables
  /// grow: by the statistics they stand as they are numbered.
  static std::vector<TunedLookup> makeFalling(size_t count) {
    std::vector<TunedLookup> lookups(count);
    for (size_t i = 0; i != count; ++i) {
      lookups[i].shape.width = 4;
      lookups[i].shape.rows = 1000 * static_cast<int64_t>(i + 1);
      lookups[i].stats = {/*mean=*/4,
                          /*stddev=*/3,
                          /*max=*/int64_t(100 * (count - i)),
                          /*coverage=*/1,
                          /*distinct=*/50,
                          /*batch=*/256};
    }
    return lookups;
  }
  /// The lookups in the order of their ranks.
  std::vector<int64_t> ordered(const BlockOrder &order) {
    std::vector<int64_t> ranks = rankLookups(problem, gathers, 128, order);
    std::vector<int64_t> numbers(ranks.size());
    for (size_t i = 0; i != ranks.size(); ++i)
      numbers[ranks[i]] = static_cast<int64_t>(i);
    return numbers;
  }

  std::unique_ptr<mlir::MLIRContext> context = makeTuningContext();
  TuningProblem problem{makeFalling(6)};
  Assignment gathers{problem.classes.size(),
                     mlir::cast<emb::ScheduleAttrInterface>(
                         emb::GatherAttr::get(context.get(), 4, 1, 1))};
};

TEST_F(BlockOrderTest, WithoutSpreadsThereAreNoRanks) {
  EXPECT_THAT(rankLookups(problem, gathers, 128, {}), IsEmpty());
}

TEST_F(BlockOrderTest, PutsLookupsTogether) {
  using Axis = Spread::Axis;
  EXPECT_THAT(ordered({{Axis::place, 0, 2, 100, 100}}),
              ElementsAre(2, 3, 4, 5, 0, 1));
  EXPECT_THAT(ordered({{Axis::table, 4, 6, 0, 0}}),
              ElementsAre(4, 5, 0, 1, 2, 3));
  EXPECT_THAT(ordered({{Axis::place, 0, 1, 50, 50}}),
              ElementsAre(1, 2, 0, 3, 4, 5));
}

TEST_F(BlockOrderTest, SpreadsLookupsEvenly) {
  using Axis = Spread::Axis;
  EXPECT_THAT(ordered({{Axis::table, 3, 6, 0, 100}}),
              ElementsAre(0, 3, 1, 4, 2, 5));
  // One spread after the other, of the order that there is then.
  EXPECT_THAT(
      ordered({{Axis::table, 3, 6, 0, 100}, {Axis::place, 0, 1, 100, 100}}),
      ElementsAre(3, 1, 4, 2, 5, 0));
}

TEST_F(BlockOrderTest, SaysWhatItIs) {
  EXPECT_EQ(toText(BlockOrder{{Spread::Axis::table, 3, 6, 0, 70},
                              {Spread::Axis::place, 1, 2, 5, 5}}),
            "table[3:6] over 0-70%, place[1:2] over 5-5%");
  EXPECT_EQ(toText(BlockOrder()), "");
}

// Whatever is spread, each lookup keeps one rank of its own.
TEST_F(BlockOrderTest, RanksAreAPermutation) {
  RandomStream random(7);
  for (int round = 0; round != 2000; ++round) {
    BlockOrder order;
    for (size_t left = 1 + random.below(4); left != 0; --left) {
      Spread spread;
      spread.axis = static_cast<Spread::Axis>(random.below(4));
      spread.first = random.below(7);
      spread.last = spread.first + random.below(7); // may reach past the end
      spread.begin = static_cast<int>(random.below(101));
      spread.end = static_cast<int>(random.below(101));
      order.push_back(spread);
    }
    std::vector<int64_t> ranks = rankLookups(problem, gathers, 128, order);
    llvm::sort(ranks);
    ASSERT_THAT(ranks, ElementsAre(0, 1, 2, 3, 4, 5)) << toText(order);
  }
}

TEST(FixedOrderTest, RanksComeBeforeStatistics) {
  using emb::FixedPlace;
  EXPECT_THAT(emb::fixedOrder(std::vector<FixedPlace>{{std::nullopt, 1},
                                                      {5, 0},
                                                      {std::nullopt, 9},
                                                      {2, 0},
                                                      {std::nullopt, 9},
                                                      {5, 3},
                                                      {5, 0}}),
              ElementsAre(3, 5, 1, 6, 2, 4, 0));
}

//===----------------------------------------------------------------------===//
// OrderStage
//===----------------------------------------------------------------------===//

/// A device on which a kernel takes the longer the later lookup 0 stands.
class OrderTest : public TunerTest {
protected:
  OrderTest() {
    measurer.offered = {{128, 10}};
    options.only = {"sub_warp"};
    options.refineCandidates = 0;
    measurer.kernel = [](llvm::ArrayRef<FeatureClass> classes,
                         const Assignment &, Occupancy) {
      Trial trial;
      trial.cost = 10;
      trial.shares.assign(classes.size(), 0.25);
      return trial;
    };
    measurer.ordered = [this](llvm::ArrayRef<int64_t> ranks,
                              const Trial &byStats) {
      ++orders;
      Trial trial;
      trial.cost = byStats.cost + gain * static_cast<double>(ranks[0] - 3);
      trial.spread = spread;
      return trial;
    };
  }
  /// Makes orders trials that say what `outcome` does.
  void failOrders(Outcome outcome) {
    measurer.ordered = [this, outcome](llvm::ArrayRef<int64_t>, const Trial &) {
      ++orders;
      return makeFailure(outcome);
    };
  }
  double gain = 1, spread = 0;
  size_t orders = 0;
};

TEST_F(OrderTest, TakesWhatIsFaster) {
  TuningResult result = tuned();
  ASSERT_TRUE(result.ordered);
  EXPECT_EQ(result.ordered->before, 10);
  EXPECT_EQ(result.kernel->cost, 7); // lookup 0 is the first
  EXPECT_EQ(result.ordered->trial.cost, 7);
  ASSERT_THAT(result.ordered->order, Not(IsEmpty()));
  Assignment assignment;
  for (const ClassChoice &choice : result.choices)
    assignment.push_back(choice.chosen.schedule);
  EXPECT_EQ(rankLookups(problem, assignment, 128, result.ordered->order)[0], 0);
  TuningStep last = watcher.steps.back();
  EXPECT_EQ(last.stage, TuningStage::order);
  EXPECT_EQ(last.bestCost, 7);
}

TEST_F(OrderTest, NoOrderIsTriedTwice) {
  std::set<std::vector<int64_t>> seen;
  measurer.ordered = [&](llvm::ArrayRef<int64_t> ranks, const Trial &byStats) {
    EXPECT_TRUE(seen.insert(ranks.vec()).second);
    return byStats;
  };
  TuningResult result = tuned();
  EXPECT_EQ(result.ordered->tried, seen.size());
  EXPECT_GT(seen.size(), 30u); // of six lookups
  size_t steps = llvm::count_if(watcher.steps, [](const TuningStep &step) {
    return step.stage == TuningStage::order;
  });
  EXPECT_EQ(steps, seen.size());
}

TEST_F(OrderTest, ASecondRunMeasuresNothing) {
  TuningResult first = tuned();
  size_t before = orders;
  TuningResult second = tuned();
  EXPECT_EQ(orders, before);
  EXPECT_EQ(second.measured, 0u);
  EXPECT_EQ(toText(second.ordered->order), toText(first.ordered->order));
  EXPECT_EQ(toText(second), toText(first));
}

TEST_F(OrderTest, NeverTakesAGainWithinTheNoise) {
  gain = 0.003; // three places are less than a thousandth of 10
  EXPECT_THAT(tuned().ordered->order, IsEmpty());
  record = std::move(*TrialRecord::openInMemory());
  gain = 1;
  spread = 25;
  TuningResult result = tuned();
  EXPECT_THAT(result.ordered->order, IsEmpty());
  EXPECT_EQ(result.kernel->cost, 10);
}

// What was fast once may have been luck.
TEST_F(OrderTest, WhatCountsIsTheSecondTrial) {
  measurer.ordered = [this](llvm::ArrayRef<int64_t>, const Trial &) {
    Trial trial;
    trial.cost = orders++ % 2 ? 10 : 5;
    return trial;
  };
  TuningResult result = tuned();
  EXPECT_THAT(result.ordered->order, IsEmpty());
  EXPECT_EQ(result.kernel->cost, 10);
  EXPECT_EQ(orders, 2 * result.ordered->tried);
}

// The third trial is what is reported, and has the last word.
TEST_F(OrderTest, AnOrderThatIsNotConfirmedIsGivenUp) {
  std::map<std::vector<int64_t>, int> trials;
  double third = 10;
  measurer.ordered = [&](llvm::ArrayRef<int64_t> ranks, const Trial &) {
    Trial trial;
    trial.cost = ++trials[ranks.vec()] == 3 ? third : ranks[0] == 0 ? 7 : 10;
    return trial;
  };
  TuningResult result = tuned();
  EXPECT_THAT(result.ordered->order, IsEmpty());
  EXPECT_EQ(result.kernel->cost, 10);
  EXPECT_EQ(result.ordered->trial.cost, 10);
  record = std::move(*TrialRecord::openInMemory());
  trials.clear();
  third = 8;
  result = tuned();
  EXPECT_THAT(result.ordered->order, Not(IsEmpty()));
  EXPECT_EQ(result.kernel->cost, 8);
}

TEST_F(OrderTest, AnOrderThatFailsIsNotTaken) {
  failOrders(Outcome::assembleFailed);
  TuningResult result = tuned();
  EXPECT_THAT(result.ordered->order, IsEmpty());
  EXPECT_EQ(result.kernel->cost, 10);
  EXPECT_EQ(orders, result.ordered->tried);
  EXPECT_EQ(watcher.failures.size(), orders);
  EXPECT_EQ(watcher.steps.back().rejected, 1u);
}

// It is the same code: the next order would do no better.
TEST_F(OrderTest, EndsWhenTheCodeIsNotToBeTrusted) {
  failOrders(Outcome::timedOut);
  TuningResult result = tuned();
  EXPECT_THAT(result.ordered->order, IsEmpty());
  EXPECT_EQ(orders, 1u);
}

// Once it has failed, no order of it is run or kept.
TEST_F(OrderTest, AnOrderThatWasFoundBeforeAFailureIsGivenUp) {
  bool hasFailed = false;
  measurer.ordered = [&, before = measurer.ordered](
                         llvm::ArrayRef<int64_t> ranks, const Trial &byStats) {
    EXPECT_FALSE(hasFailed);
    Trial trial = before(ranks, byStats);
    if (orders > 20) {
      hasFailed = true;
      trial.outcome = Outcome::wrongResult;
    }
    return trial;
  };
  TuningResult result = tuned();
  EXPECT_TRUE(hasFailed);
  EXPECT_THAT(result.ordered->order, IsEmpty());
  EXPECT_EQ(result.kernel->cost, 10);
}

TEST_F(OrderTest, WhatFailedInItsOwnCodeIsNotChosen) {
  measurer.finalist = [](llvm::ArrayRef<FeatureClass>, const Assignment &,
                         Occupancy) {
    return makeFailure(Outcome::timedOut, "too slow");
  };
  EXPECT_THAT(error(), HasSubstr("none works when it is compiled by itself; "
                                 "the first: timed-out: too slow"));
  EXPECT_EQ(orders, 0u);
}

// The budget ends after the first finalist, which fails: another one is chosen,
// by its palette's trial, and nothing is known of its orders.
TEST_F(OrderTest, WithoutTimeForAFinalistThatWorksThereIsNone) {
  seconds = 100;
  Assignment failed;
  measurer.finalist = [&](llvm::ArrayRef<FeatureClass>,
                          const Assignment &assignment, Occupancy) {
    clock = 100;
    failed = assignment;
    return makeFailure(Outcome::crashed);
  };
  TuningResult result = tuned();
  EXPECT_FALSE(result.ordered);
  EXPECT_EQ(result.kernel->cost, 10);
  Assignment chosen;
  for (const ClassChoice &choice : result.choices)
    chosen.push_back(choice.chosen.schedule);
  EXPECT_NE(chosen, failed);
}

TEST_F(OrderTest, KeepsWhatItHasWhenTheBudgetEnds) {
  seconds = 100;
  measurer.ordered = [this, before = measurer.ordered](
                         llvm::ArrayRef<int64_t> ranks, const Trial &byStats) {
    Trial trial = before(ranks, byStats);
    if (trial.cost < 10)
      clock += 60; // two trials of what is faster end the budget
    return trial;
  };
  TuningResult result = tuned();
  EXPECT_TRUE(result.outOfTime);
  EXPECT_EQ(result.ordered->order.size(), 1u);
  EXPECT_LT(result.kernel->cost, 10);
  // Later it goes on where it stopped.
  seconds = Budget::kUnlimited;
  EXPECT_EQ(tuned().kernel->cost, 7);
}

TEST_F(OrderTest, CountsNothingThatThereWasNoTimeFor) {
  seconds = 100;
  measurer.finalist = [this](llvm::ArrayRef<FeatureClass> classes,
                             const Assignment &assignment,
                             Occupancy occupancy) {
    clock = 100;
    return measurer.kernel(classes, assignment, occupancy);
  };
  TuningResult result = tuned();
  ASSERT_TRUE(result.ordered);
  EXPECT_EQ(result.ordered->tried, 0u);
  EXPECT_EQ(orders, 0u);
}

// Refining leaves the last tenth to the final and the order.
TEST_F(OrderTest, RefiningLeavesTimeForIt) {
  seconds = 100;
  options.refineCandidates = 100;
  measurer.kernel = [this, before = measurer.kernel](
                        llvm::ArrayRef<FeatureClass> classes,
                        const Assignment &assignment, Occupancy occupancy) {
    clock = std::max(clock, 79.0) + 1;
    return before(classes, assignment, occupancy);
  };
  measurer.finalist =
      [before = measurer.kernel](llvm::ArrayRef<FeatureClass> classes,
                                 const Assignment &, Occupancy) {
        Trial trial;
        trial.cost = 10;
        trial.shares.assign(classes.size(), 0.25);
        return trial;
      };
  TuningResult result = tuned();
  EXPECT_TRUE(result.outOfTime);
  ASSERT_TRUE(result.ordered);
  EXPECT_EQ(result.kernel->cost, 7);
}

TEST_F(OrderTest, BoundAtRunTimeThereIsNone) {
  measurer.ordered = nullptr;
  EXPECT_FALSE(tuned().ordered);
}

TEST_F(OrderTest, MayBeTurnedOff) {
  options.orderTrials = 0;
  EXPECT_FALSE(tuned().ordered);
  EXPECT_EQ(orders, 0u);
}

TEST_F(OrderTest, ALostDeviceIsAnError) {
  failOrders(Outcome::deviceLost);
  EXPECT_THAT(error(), HasSubstr("was lost: as the script says"));
}

TEST_F(OrderTest, OneLookupHasNoOrder) {
  problem = TuningProblem(makeLookups(1));
  TuningResult result = tuned();
  ASSERT_TRUE(result.ordered);
  EXPECT_EQ(result.ordered->tried, 0u);
  EXPECT_EQ(orders, 0u);
}

TEST_F(OrderTest, TheModelGetsTheRanks) {
  std::string text = "func.func @f(%t: tensor<8x4xf32>, %b: !emb.bags<i32>) {";
  for (size_t i = 0; i != problem.lookups.size(); ++i)
    text += "%" + std::to_string(i) +
            " = emb.lookup sum %t[%b] {emb.rank = 99 : i64} : tensor<8x4xf32>, "
            "!emb.bags<i32> -> tensor<?x4xf32>\n";
  auto module =
      mlir::parseSourceString<mlir::ModuleOp>(text + "return }", context.get());
  ASSERT_TRUE(module);
  auto ranksOf = [&] {
    std::vector<int64_t> ranks;
    module->walk([&](emb::LookupOp lookup) {
      if (auto rank = lookup->getAttrOfType<mlir::IntegerAttr>("emb.rank"))
        ranks.push_back(rank.getInt());
    });
    return ranks;
  };
  TuningResult result = tuned();
  attachTuning(*module, problem, result);
  EXPECT_EQ(ranksOf().size(), problem.lookups.size());
  EXPECT_EQ(ranksOf()[0], 0);
  result.ordered->order.clear();
  attachTuning(*module, problem, result);
  EXPECT_THAT(ranksOf(), IsEmpty());
}

} // namespace
} // namespace recflex
