//===- PaletteMeasurerTest.cpp - Palettes on an imagined device -----------===//

#include "ScriptedMeasurer.h"

#include "recflex/Pipelines/Compiler.h"
#include "recflex/Tuning/Palettes/PaletteMeasurer.h"
#include "recflex/Tuning/TunedModule.h"

#include "mlir/Parser/Parser.h"

#include <cmath>
#include <gmock/gmock.h>
#include <regex>
#include <set>

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

namespace recflex {
namespace {

/// Two features of one class, at columns of different alignment, and a third.
constexpr const char *kModel = R"mlir(
  #stats = #emb.stats<mean = 5.0, stddev = 2.0, max = 9, coverage = 1.0,
                      distinct = 64.0, batch = 32>
  func.func @model(%kjt: !emb.kjt<3 x i32>, %t0: tensor<64x4xf32>,
                   %t1: tensor<64x1xf32>, %t2: tensor<64x4xf32>)
      -> tensor<?x9xf32> {
    %b0 = emb.feature %kjt[0] : !emb.kjt<3 x i32> -> !emb.bags<i32>
    %0 = emb.lookup sum %t0[%b0] {stats = #stats}
        : tensor<64x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
    %b1 = emb.feature %kjt[1] : !emb.kjt<3 x i32> -> !emb.bags<i32>
    %1 = emb.lookup sum %t1[%b1] {stats = #stats}
        : tensor<64x1xf32>, !emb.bags<i32> -> tensor<?x1xf32>
    %b2 = emb.feature %kjt[2] : !emb.kjt<3 x i32> -> !emb.bags<i32>
    %2 = emb.lookup sum %t2[%b2] {stats = #stats}
        : tensor<64x4xf32>, !emb.bags<i32> -> tensor<?x4xf32>
    %out = emb.concat %0, %1, %2
        : tensor<?x4xf32>, tensor<?x1xf32>, tensor<?x4xf32> -> tensor<?x9xf32>
    return %out : tensor<?x9xf32>
  }
)mlir";

/// What a feature costs is a function of its tiles.
double costOf(const FeatureBody &body) {
  return 1e-6 * (body.samplesPerTile + 100.0 * body.parallelLookups +
                 10000.0 * body.columnTiles);
}

class ImaginedBench final : public PaletteBench {
public:
  using Bad = std::function<bool(const FeatureBody &)>;
  Bad crashes = [](const FeatureBody &) { return false; };
  Bad spoils = crashes; ///< its own output
  Bad spills = crashes; ///< over its neighbours' output
  std::string refused = "no palette has this";
  int profiles = 0, times = 0, loads = 0;
  int64_t mostAtOnce = 0; ///< features that had blocks
  bool isLost = false;
  std::vector<int32_t> tileCuts; ///< of the last palette
  std::string code;              ///< likewise, in which recflex_forward is
  BodyAssignment timed;          ///< the last
  BodyAssignment against;        ///< the last yardstick
  int lastSamples = 0;

  Benched<BenchDevice> describe() override { return BenchDevice(); }
  Benched<PaletteFigures> load(int64_t palette,
                               const PaletteImage &image) override {
    ++loads;
    EXPECT_THAT(image.code, HasSubstr(".entry recflex_forward_profiled"));
    tileCuts = image.tileCuts;
    if (image.hasForward)
      code = image.code;
    if (image.code.find(refused) != std::string::npos)
      return BenchFailure{BenchFailure::refused, "refused"};
    loaded.insert(palette);
    return PaletteFigures{40, 8, 12};
  }
  void unload(int64_t palette) override { loaded.erase(palette); }
  Benched<std::vector<FeatureProfile>> profile(int64_t palette,
                                               const BodyAssignment &assignment,
                                               int rounds) override {
    ++profiles;
    EXPECT_TRUE(loaded.count(palette));
    if (isLost)
      return BenchFailure{BenchFailure::deviceLost, "gone"};
    std::vector<FeatureProfile> result;
    bool spilled = llvm::any_of(assignment, spills);
    mostAtOnce = std::max<int64_t>(
        mostAtOnce, llvm::count_if(assignment, [](const FeatureBody &body) {
          return body.columnTiles != 0;
        }));
    for (const FeatureBody &body : assignment) {
      if (body.columnTiles == 0) { // no block, no output
        result.push_back({0, 0, 0, NAN});
        continue;
      }
      if (crashes(body))
        return BenchFailure{BenchFailure::crashed, "illegal access"};
      result.push_back({costOf(body), 1e-9, costOf(body) / 2,
                        spoils(body) || spilled ? 0.5 : 1e-7});
    }
    return result;
  }
  Benched<KernelTiming> time(int64_t palette, const BodyAssignment &assignment,
                             int64_t yardstickPalette,
                             const BodyAssignment &yardstick,
                             int samples) override {
    ++times;
    timed = assignment;
    against = yardstick;
    EXPECT_TRUE(loaded.count(palette) && loaded.count(yardstickPalette));
    EXPECT_EQ(assignment.size(), yardstick.size());
    double sum = 0;
    for (const FeatureBody &body : assignment)
      sum += costOf(body);
    lastSamples = samples;
    return KernelTiming{sum, 1e-9, 1};
  }

private:
  std::set<int64_t> loaded;
};

class PaletteMeasurerTest : public testing::Test {
protected:
  static constexpr Occupancy kOccupancy{128, 8};

  PaletteMeasurerTest() {
    mlir::OwningOpRef<mlir::ModuleOp> module =
        mlir::parseSourceString<mlir::ModuleOp>(kModel, context.get());
    EXPECT_TRUE(module);
    std::vector<TunedLookup> lookups;
    module->walk([&](emb::LookupOp lookup) {
      lookups.push_back({"f" + std::to_string(lookups.size()),
                         lookup.getShape(), lookup.getStatsAttr().toStruct()});
    });
    problem = std::make_unique<TuningProblem>(lookups);
    EXPECT_EQ(problem->classes.size(), 2u);
    for (const FeatureClass &featureClass : problem->classes) {
      candidates.emplace_back();
      for (emb::ScheduleAttrInterface schedule : emb::enumerateSchedules(
               context.get(), featureClass.lookup.shape,
               featureClass.lookup.stats, kOccupancy.threads))
        if (mlir::isa<emb::SubWarpAttr, emb::BlockReduceAttr>(schedule))
          candidates.back().push_back(schedule);
    }
    createMeasurer(*module, /*isolated=*/false);
    source = std::move(module);
  }

  void createMeasurer(mlir::ModuleOp module, bool isolated,
                      std::optional<emb::BindingKind> binding = {}) {
    auto model = PaletteModel::build(module, "sm_90", 128, binding);
    EXPECT_TRUE(succeeded(model));
    EXPECT_EQ(model->features.size(), 3u);
    // Widths 4, 1 and 4 again, from column 5 on.
    EXPECT_EQ(model->shapes.size(), 3u);

    PaletteMeasurer::Options options;
    options.isolated = isolated;
    options.bodies = 16;
    options.tolerance = 1e-5;
    options.occupancies = {kOccupancy};
    TuningDevice device;
    device.chip = "sm_90";
    auto owned = std::make_unique<ImaginedBench>();
    bench = owned.get();
    measurer = std::make_unique<PaletteMeasurer>(
        *problem, std::move(*model), std::move(owned),
        std::make_unique<PaletteCompiler>(context->getDialectRegistry(),
                                          std::nullopt, 2),
        device, TuningVersions{"1", "2"}, options);
  }

  FeatureBody tileOf(size_t number, emb::ScheduleAttrInterface schedule) {
    emb::TileShape tile = schedule.getTileShape(
        problem->classes[number].lookup.shape, kOccupancy.threads);
    FeatureBody body;
    body.samplesPerTile = static_cast<int32_t>(tile.samples);
    body.columnTiles = static_cast<int32_t>(tile.columnTiles);
    body.parallelLookups = static_cast<int32_t>(tile.parallelLookups);
    return body;
  }

  /// What the model is compiled to with those schedules and ranks.
  LoweredModel lower(const Assignment &assignment, emb::BindingKind binding,
                     llvm::ArrayRef<int64_t> ranks = {}) {
    mlir::OwningOpRef<mlir::ModuleOp> module = source->clone();
    attachSchedules(*module, *problem, assignment);
    attachRanks(*module, ranks);
    attachOccupancy(*module, kOccupancy);
    attachBinding(*module, binding);
    auto lowered = lowerModel(*module, {});
    EXPECT_TRUE(succeeded(lowered));
    return std::move(*lowered);
  }
  Manifest deploy(const Assignment &assignment, emb::BindingKind binding,
                  llvm::ArrayRef<int64_t> ranks = {}) {
    return lower(assignment, binding, ranks).manifest;
  }

  /// Measures all candidates; those that `isBad` must have that outcome.
  void check(const ImaginedBench::Bad &isBad, Outcome outcome) {
    measurer->expectCandidates(kOccupancy, candidates);
    for (size_t number = 0; number != 2; ++number) {
      std::vector<Trial> trials = measurer->measureCandidates(
          problem->classes[number], candidates[number], kOccupancy);
      ASSERT_EQ(trials.size(), candidates[number].size());
      size_t bad = 0;
      for (auto [schedule, trial] : llvm::zip(candidates[number], trials)) {
        FeatureBody body = tileOf(number, schedule);
        bad += isBad(body);
        EXPECT_EQ(trial.outcome, isBad(body) ? outcome : Outcome::ok)
            << toText(schedule) << ": " << trial.message;
        if (!trial.isOk())
          continue;
        EXPECT_DOUBLE_EQ(trial.cost, costOf(body)) << toText(schedule);
        EXPECT_DOUBLE_EQ(trial.longestBlock, costOf(body) / 2);
        EXPECT_EQ(trial.registers, 40);
      }
      EXPECT_NE(bad, trials.size());
    }
  }

  std::unique_ptr<mlir::MLIRContext> context = makeTuningContext();
  mlir::OwningOpRef<mlir::ModuleOp> source;
  std::unique_ptr<TuningProblem> problem;
  std::unique_ptr<PaletteMeasurer> measurer;
  ImaginedBench *bench = nullptr;
  std::vector<Assignment> candidates;
};

bool none(const FeatureBody &) { return false; }
bool takesEight(const FeatureBody &body) { return body.parallelLookups == 8; }

TEST_F(PaletteMeasurerTest, MeasuresAllClassesAtOnce) {
  check(none, Outcome::ok);
  size_t most = std::max(candidates[0].size(), candidates[1].size());
  // One run has a candidate of every class; a palette ends with its longest.
  EXPECT_LE(bench->profiles, int(most + bench->loads));
}

TEST_F(PaletteMeasurerTest, FindsWhatCrashes) {
  bench->crashes = takesEight;
  check(takesEight, Outcome::crashed);
}

TEST_F(PaletteMeasurerTest, FindsWhatIsWrong) {
  bench->spoils = takesEight;
  check(takesEight, Outcome::wrongResult);
}

TEST_F(PaletteMeasurerTest, BlamesNoNeighbour) {
  bench->spills = takesEight;
  check(takesEight, Outcome::wrongResult);
}

TEST_F(PaletteMeasurerTest, IsolatedClassesHaveNoNeighbours) {
  createMeasurer(*source, /*isolated=*/true);
  check(none, Outcome::ok);
  EXPECT_EQ(bench->mostAtOnce, 2); // the features of the larger class
  EXPECT_GE(bench->profiles, int(candidates[0].size() + candidates[1].size()));
}

TEST_F(PaletteMeasurerTest, IsolatedClassesMayBeBoundAheadOfTime) {
  createMeasurer(*source, /*isolated=*/true, emb::BindingKind::Fixed);
  check(none, Outcome::ok);
  EXPECT_EQ(bench->mostAtOnce, 2);
  EXPECT_THAT(bench->tileCuts, Not(IsEmpty()));
}

TEST_F(PaletteMeasurerTest, IsolatedClassesFailAlone) {
  createMeasurer(*source, /*isolated=*/true);
  bench->crashes = takesEight;
  check(takesEight, Outcome::crashed);
  createMeasurer(*source, /*isolated=*/true);
  bench->spoils = takesEight;
  check(takesEight, Outcome::wrongResult);
}

TEST_F(PaletteMeasurerTest, FindsWhatTheDriverRefuses) {
  // Only teams of several warps have shared memory.
  bench->refused = "recflex_shared";
  measurer->expectCandidates(kOccupancy, candidates);
  size_t refused = 0, works = 0;
  for (size_t number = 0; number != 2; ++number) {
    std::vector<Trial> trials = measurer->measureCandidates(
        problem->classes[number], candidates[number], kOccupancy);
    for (auto [schedule, trial] : llvm::zip(candidates[number], trials)) {
      bool shares = schedule.getSharedBytes(
                        problem->classes[number].lookup.shape, 128) != 0;
      EXPECT_EQ(trial.outcome, shares ? Outcome::assembleFailed : Outcome::ok)
          << toText(schedule);
      ++(shares ? refused : works);
    }
  }
  EXPECT_GT(refused, 0u);
  EXPECT_GT(works, 0u);
}

TEST_F(PaletteMeasurerTest, StopsWhenTheDeviceIsLost) {
  bench->isLost = true;
  measurer->expectCandidates(kOccupancy, candidates);
  std::vector<Trial> trials = measurer->measureCandidates(
      problem->classes[0], candidates[0], kOccupancy);
  for (const Trial &trial : trials) {
    EXPECT_EQ(trial.outcome, Outcome::deviceLost);
    EXPECT_EQ(trial.message, "gone");
  }
  // Once it is back, they are measured.
  bench->isLost = false;
  trials = measurer->measureCandidates(problem->classes[0], candidates[0],
                                       kOccupancy);
  for (const Trial &trial : trials)
    EXPECT_TRUE(trial.isOk());
}

TEST_F(PaletteMeasurerTest, MeasuresWhatNobodyAnnounced) {
  std::vector<Trial> trials = measurer->measureCandidates(
      problem->classes[1], llvm::ArrayRef(candidates[1]).take_front(2),
      kOccupancy);
  ASSERT_EQ(trials.size(), 2u);
  EXPECT_TRUE(trials[1].isOk());
  EXPECT_EQ(bench->loads, 1);
}

TEST_F(PaletteMeasurerTest, TimesKernelsOfOnePalette) {
  measurer->expectKernels(
      kOccupancy, {{candidates[0][0], candidates[0][1]}, {candidates[1][0]}});
  for (emb::ScheduleAttrInterface schedule :
       {candidates[0][0], candidates[0][1]}) {
    Trial trial = measurer->measureKernel(
        problem->classes, {schedule, candidates[1][0]}, kOccupancy);
    ASSERT_TRUE(trial.isOk()) << trial.message;
    double first = costOf(tileOf(0, schedule)),
           second = costOf(tileOf(1, candidates[1][0]));
    EXPECT_DOUBLE_EQ(trial.cost, 2 * first + second);
    EXPECT_EQ(trial.spilledBytes, 8);
    ASSERT_EQ(trial.shares.size(), 2u);
    EXPECT_DOUBLE_EQ(trial.shares[0], 2 * first / trial.cost);
  }
  EXPECT_EQ(bench->loads, 2); // with the yardstick
  // Another schedule takes another palette.
  EXPECT_TRUE(measurer
                  ->measureKernel(problem->classes,
                                  {candidates[0][2], candidates[1][0]},
                                  kOccupancy)
                  .isOk());
  EXPECT_EQ(bench->loads, 3);
}

TEST_F(PaletteMeasurerTest, BindsAtRunTime) {
  ASSERT_TRUE(measurer
                  ->measureKernel(problem->classes,
                                  {candidates[0][0], candidates[1][0]},
                                  kOccupancy)
                  .isOk());
  EXPECT_THAT(bench->tileCuts, IsEmpty());
  for (const FeatureBody &body : bench->timed)
    EXPECT_EQ(body.rank, 0);
}

TEST_F(PaletteMeasurerTest, BindsAsTheModelWillBe) {
  int64_t longest = 30;
  source->walk([&](emb::LookupOp lookup) {
    emb::BagStats stats = lookup.getStatsAttr().toStruct();
    stats.max = longest;
    longest -= 7;
    lookup.setStatsAttr(emb::StatsAttr::get(context.get(), stats));
  });
  createMeasurer(*source, /*isolated=*/false, emb::BindingKind::Fixed);
  measurer->expectKernels(kOccupancy, candidates);
  std::set<std::vector<int32_t>> orders;
  for (size_t i = 0; i != 8; ++i) {
    Assignment assignment = {candidates[0][i * candidates[0].size() / 8],
                             candidates[1][(7 - i) * candidates[1].size() / 8]};
    ASSERT_TRUE(
        measurer->measureKernel(problem->classes, assignment, kOccupancy)
            .isOk());
    Manifest manifest = deploy(assignment, emb::BindingKind::Fixed);
    ASSERT_EQ(bench->timed.size(), manifest.features.size());
    std::vector<int32_t> order;
    for (auto [body, feature] :
         llvm::zip_equal(bench->timed, manifest.features)) {
      EXPECT_EQ(body.rank, feature.rank);
      EXPECT_EQ(body.samplesPerTile, feature.samplesPerTile);
      EXPECT_THAT(bench->tileCuts, Contains(body.samplesPerTile));
      order.push_back(body.rank);
    }
    orders.insert(order);
  }
  EXPECT_GT(orders.size(), 1u);
}

/// The text of kernel recflex_forward; labels without the kernel's number.
std::string forwardOf(const std::string &ptx) {
  size_t begin = ptx.find(".entry recflex_forward(");
  size_t end = ptx.find("\n}\n", begin);
  EXPECT_NE(begin, std::string::npos);
  return std::regex_replace(ptx.substr(begin, end - begin),
                            std::regex("L__BB[0-9]+_"), "L__BB_");
}

// What a finalist's time is of must be what users run.
TEST_F(PaletteMeasurerTest, FinalistsAreTheCodeThatTheModelIsCompiledTo) {
  std::set<std::string> codes;
  for (emb::BindingKind binding :
       {emb::BindingKind::Runtime, emb::BindingKind::Fixed}) {
    createMeasurer(*source, /*isolated=*/false, binding);
    for (size_t i = 0; i != 4; ++i) {
      Assignment assignment = {
          candidates[0][i * candidates[0].size() / 4],
          candidates[1][(3 - i) * candidates[1].size() / 4]};
      ASSERT_TRUE(
          measurer->measureFinalist(problem->classes, assignment, kOccupancy)
              .isOk());
      LoweredModel lowered = lower(assignment, binding);
      auto artifact = emitArtifact(lowered, source->getLoc());
      ASSERT_TRUE(succeeded(artifact));
      EXPECT_EQ(forwardOf(bench->code), forwardOf(artifact->ptx));
      codes.insert(forwardOf(bench->code));
    }
  }
  EXPECT_EQ(codes.size(), 8u);
}

TEST_F(PaletteMeasurerTest, OrdersOfAFinalistAreRunsOfItsCode) {
  createMeasurer(*source, /*isolated=*/false, emb::BindingKind::Fixed);
  EXPECT_TRUE(measurer->ordersBlocks());
  Assignment assignment = {candidates[0][0], candidates[1][0]};
  measurer->expectFinalists(
      {{assignment, kOccupancy},
       {{candidates[0][1], candidates[1][0]}, kOccupancy}});
  EXPECT_EQ(bench->loads, 0); // whether it is asked for remains open
  Trial byStats =
      measurer->measureFinalist(problem->classes, assignment, kOccupancy);
  ASSERT_TRUE(byStats.isOk());
  EXPECT_EQ(bench->lastSamples, 25);
  EXPECT_EQ(bench->loads, 2); // with the yardstick
  Manifest unordered = deploy(assignment, emb::BindingKind::Fixed);
  byStats.cost = 1e-6; // as the record may have it
  std::vector<int64_t> ranks = {0, 1, 2};
  do {
    Trial trial = measurer->measureOrder(problem->classes, assignment,
                                         kOccupancy, ranks, byStats);
    ASSERT_TRUE(trial.isOk());
    double sum = 0;
    Manifest manifest = deploy(assignment, emb::BindingKind::Fixed, ranks);
    for (auto [body, other, feature, before, rank] :
         llvm::zip_equal(bench->timed, bench->against, manifest.features,
                         unordered.features, ranks)) {
      EXPECT_EQ(body.rank, rank);
      EXPECT_EQ(feature.rank, rank);
      EXPECT_EQ(other.rank, before.rank);
      sum += costOf(body);
    }
    // The bench gives the sum as the ratio.
    EXPECT_DOUBLE_EQ(trial.cost, sum * 1e-6);
  } while (std::next_permutation(ranks.begin(), ranks.end()));
  EXPECT_EQ(bench->loads, 2);
}

// As after a run that was interrupted: what is known needs no code.
TEST_F(PaletteMeasurerTest, AnOrderNeedsNoOtherFinalist) {
  createMeasurer(*source, /*isolated=*/false, emb::BindingKind::Fixed);
  Assignment assignment = {candidates[0][0], candidates[1][0]};
  Trial byStats;
  byStats.cost = 1e-6;
  EXPECT_TRUE(measurer
                  ->measureOrder(problem->classes, assignment, kOccupancy,
                                 {2, 0, 1}, byStats)
                  .isOk());
  EXPECT_EQ(bench->loads, 1);
}

TEST_F(PaletteMeasurerTest, BoundAtRunTimeThereAreNoOrders) {
  EXPECT_FALSE(measurer->ordersBlocks());
}

// A model that was tuned says how it is bound, and has an occupancy that not
// all blocks have room for.
TEST_F(PaletteMeasurerTest, BindsATunedModelAsItSays) {
  attachOccupancy(*source, {128, 16});
  attachBinding(*source, emb::BindingKind::Fixed);
  for (std::optional<emb::BindingKind> asked :
       {std::optional<emb::BindingKind>(),
        std::optional(emb::BindingKind::Runtime)}) {
    auto model = PaletteModel::build(*source, "sm_90", 512, asked);
    ASSERT_TRUE(succeeded(model));
    EXPECT_EQ(model->manifest.fixedBinding, !asked);
  }
}

TEST_F(PaletteMeasurerTest, BlocksMayBeLarge) {
  for (int64_t threads : {256, 512, 1024})
    EXPECT_TRUE(succeeded(PaletteModel::build(*source, "sm_90", threads)));
}

TEST_F(PaletteMeasurerTest, RejectsAKernelThatIsWrong) {
  bench->spoils = takesEight;
  for (emb::ScheduleAttrInterface schedule : candidates[0]) {
    if (!takesEight(tileOf(0, schedule)))
      continue;
    Trial trial = measurer->measureKernel(
        problem->classes, {schedule, candidates[1][0]}, kOccupancy);
    EXPECT_EQ(trial.outcome, Outcome::wrongResult);
    EXPECT_THAT(trial.message, HasSubstr("differs from the reference"));
    return;
  }
  FAIL() << "no candidate takes eight lookups at once";
}

TEST_F(PaletteMeasurerTest, SaysThatTheUntunedSchedulesFail) {
  bench->crashes = [](const FeatureBody &) { return true; };
  measurer->expectCandidates(kOccupancy, candidates);
  std::vector<Trial> trials = measurer->measureCandidates(
      problem->classes[0], candidates[0], kOccupancy);
  EXPECT_EQ(trials.front().outcome, Outcome::deviceLost);
  EXPECT_THAT(trials.front().message, HasSubstr("the untuned schedules fail"));
}

} // namespace
} // namespace recflex
