//===- RemoteBenchTest.cpp - A bench that may die -------------------------===//

#include "recflex/Profiling/RemoteBench.h"

#include <csignal>
#include <gmock/gmock.h>
#include <limits>
#include <thread>
#include <unistd.h>

using testing::HasSubstr;

namespace recflex {
namespace {

/// The first feature's body says what becomes of a run.
enum Behaviour { works, dies, hangs, reports, losesDevice };

class ActingBench final : public PaletteBench {
public:
  Benched<BenchDevice> describe() override {
    BenchDevice device;
    device.name = "Acting GPU";
    device.chip = "sm_90";
    device.driver = "13.0";
    device.multiprocessors = 132;
    device.sharedBytes = int64_t{1} << 40;
    return device;
  }
  Benched<PaletteFigures> load(int64_t palette,
                               const PaletteImage &image) override {
    if (image.code == "bad")
      return BenchFailure{BenchFailure::refused, "no such instruction"};
    if (image.code == "deadly")
      abort();
    lengths[palette] = image.code.size() + (image.hasForward ? 1000 : 0);
    return PaletteFigures{image.tileCuts.back(), image.scratchBytes,
                          image.isCubin};
  }
  void unload(int64_t palette) override { lengths.erase(palette); }
  Benched<std::vector<FeatureProfile>> profile(int64_t palette,
                                               const BodyAssignment &assignment,
                                               int rounds) override {
    if (auto failure = act(palette, assignment))
      return *failure;
    EXPECT_EQ(rounds, 2);
    std::vector<FeatureProfile> profiles(assignment.size());
    for (size_t i = 0; i != assignment.size(); ++i)
      profiles[i] = {double(assignment[i].samplesPerTile),
                     double(assignment[i].rank), double(lengths[palette]),
                     std::numeric_limits<double>::quiet_NaN()};
    return profiles;
  }
  Benched<KernelTiming> time(int64_t palette, const BodyAssignment &assignment,
                             int64_t yardstickPalette,
                             const BodyAssignment &yardstick,
                             int samples) override {
    if (auto failure = act(palette, assignment))
      return *failure;
    if (!lengths.count(yardstickPalette))
      return BenchFailure{BenchFailure::crashed, "no yardstick"};
    return KernelTiming{double(assignment.size()), double(yardstick.size()),
                        double(samples)};
  }

private:
  std::optional<BenchFailure> act(int64_t palette,
                                  const BodyAssignment &assignment) {
    if (!lengths.count(palette))
      return BenchFailure{BenchFailure::crashed, "no palette"};
    switch (assignment.front().body) {
    case dies:
      raise(SIGKILL); // a sanitizer would turn other signals into exit codes
      break;
    case hangs:
      for (;;)
        std::this_thread::sleep_for(std::chrono::seconds(1));
    case reports:
      return BenchFailure{BenchFailure::crashed, "illegal access"};
    case losesDevice:
      return BenchFailure{BenchFailure::deviceLost, "fell off the bus"};
    }
    return std::nullopt;
  }
  std::map<int64_t, size_t> lengths;
};

Result<std::unique_ptr<PaletteBench>> act() {
  return std::unique_ptr<PaletteBench>(std::make_unique<ActingBench>());
}

RemoteBench::Limits limits() {
  RemoteBench::Limits limits;
  limits.run = std::chrono::milliseconds(300);
  return limits;
}

PaletteImage image(const std::string &code) {
  PaletteImage image;
  image.code = code;
  image.isCubin = true;
  image.scratchBytes = 16;
  image.tileCuts = {1, 48};
  return image;
}

BodyAssignment bodies(Behaviour first, size_t count = 1) {
  BodyAssignment assignment(count);
  for (size_t i = 0; i != count; ++i) {
    assignment[i].samplesPerTile = static_cast<int32_t>(i);
    assignment[i].rank = static_cast<int32_t>(count - i);
  }
  assignment.front().body = first;
  return assignment;
}

template <typename T> BenchFailure failureOf(const Benched<T> &benched) {
  auto *failure = std::get_if<BenchFailure>(&benched);
  EXPECT_TRUE(failure);
  return failure ? *failure : BenchFailure();
}

class RemoteBenchTest : public testing::Test {
protected:
  RemoteBenchTest() : bench(act, limits()) {}
  bool worksStill() {
    return std::holds_alternative<std::vector<FeatureProfile>>(
        bench.profile(7, bodies(works), 2));
  }
  RemoteBench bench;
};

TEST_F(RemoteBenchTest, PassesEverythingOn) {
  auto device = std::get<BenchDevice>(bench.describe());
  EXPECT_EQ(device.name, "Acting GPU");
  EXPECT_EQ(device.driver, "13.0");
  EXPECT_EQ(device.multiprocessors, 132);
  EXPECT_EQ(device.sharedBytes, int64_t{1} << 40);
  auto figures =
      std::get<PaletteFigures>(bench.load(7, image(std::string(1 << 22, 'x'))));
  EXPECT_EQ(figures.registers, 48);
  EXPECT_EQ(figures.spilledBytes, 16);
  EXPECT_EQ(figures.blocks, 1);
  auto profiles = std::get<std::vector<FeatureProfile>>(
      bench.profile(7, bodies(works, 10000), 2));
  ASSERT_EQ(profiles.size(), 10000u);
  EXPECT_EQ(profiles[9999].blockSeconds, 9999);
  EXPECT_EQ(profiles[9999].spread, 1);
  EXPECT_EQ(profiles[3].longestBlock, 1 << 22);
  EXPECT_TRUE(std::isnan(profiles[3].error));
  PaletteImage withForward = image("");
  withForward.hasForward = true;
  ASSERT_TRUE(
      std::holds_alternative<PaletteFigures>(bench.load(8, withForward)));
  profiles = std::get<std::vector<FeatureProfile>>(
      bench.profile(8, bodies(works, 1), 2));
  EXPECT_EQ(profiles[0].longestBlock, 1000);
  auto timing = std::get<KernelTiming>(
      bench.time(7, bodies(works, 3), 8, bodies(works, 2), 5));
  EXPECT_EQ(timing.ratio, 3);
  EXPECT_EQ(timing.spread, 2);
  EXPECT_EQ(timing.yardstick, 5);
  EXPECT_EQ(bench.starts(), 1);
}

TEST_F(RemoteBenchTest, StartsAnewAfterADeath) {
  ASSERT_TRUE(
      std::holds_alternative<PaletteFigures>(bench.load(7, image("x"))));
  BenchFailure failure = failureOf(bench.profile(7, bodies(dies), 2));
  EXPECT_EQ(failure.kind, BenchFailure::crashed);
  EXPECT_THAT(failure.message, HasSubstr("Killed"));
  EXPECT_TRUE(worksStill()); // the palette was loaded again
  EXPECT_EQ(bench.starts(), 2);
}

TEST_F(RemoteBenchTest, KillsWhatHangs) {
  ASSERT_TRUE(
      std::holds_alternative<PaletteFigures>(bench.load(7, image("x"))));
  BenchFailure failure =
      failureOf(bench.time(7, bodies(hangs), 7, bodies(works), 5));
  EXPECT_EQ(failure.kind, BenchFailure::timedOut);
  EXPECT_THAT(failure.message, HasSubstr("0.3"));
  EXPECT_TRUE(worksStill());
  EXPECT_EQ(bench.starts(), 2);
}

TEST_F(RemoteBenchTest, DoesNotTrustADeviceAfterAFailure) {
  ASSERT_TRUE(
      std::holds_alternative<PaletteFigures>(bench.load(7, image("x"))));
  EXPECT_EQ(failureOf(bench.profile(7, bodies(reports), 2)).message,
            "illegal access");
  EXPECT_TRUE(worksStill());
  EXPECT_EQ(bench.starts(), 2);
  EXPECT_EQ(failureOf(bench.profile(7, bodies(losesDevice), 2)).kind,
            BenchFailure::deviceLost);
}

TEST_F(RemoteBenchTest, PassesARefusalOnAndStays) {
  EXPECT_EQ(failureOf(bench.load(7, image("bad"))).kind, BenchFailure::refused);
  ASSERT_TRUE(
      std::holds_alternative<PaletteFigures>(bench.load(7, image("x"))));
  EXPECT_TRUE(worksStill());
  EXPECT_EQ(bench.starts(), 1);
}

TEST_F(RemoteBenchTest, SurvivesADriverThatDiesOfAnImage) {
  EXPECT_EQ(failureOf(bench.load(7, image("deadly"))).kind,
            BenchFailure::crashed);
  ASSERT_TRUE(
      std::holds_alternative<PaletteFigures>(bench.load(7, image("x"))));
  EXPECT_TRUE(worksStill());
}

TEST_F(RemoteBenchTest, ForgetsWhatIsUnloaded) {
  ASSERT_TRUE(
      std::holds_alternative<PaletteFigures>(bench.load(7, image("x"))));
  bench.unload(7);
  EXPECT_EQ(failureOf(bench.profile(7, bodies(works), 2)).message,
            "no palette");
  bench.unload(7);
}

TEST(RemoteBench, SaysWhyThereIsNoDevice) {
  RemoteBench bench(
      []() -> Result<std::unique_ptr<PaletteBench>> {
        return Error{"no CUDA driver"};
      },
      limits());
  BenchFailure failure = failureOf(bench.describe());
  EXPECT_EQ(failure.kind, BenchFailure::deviceLost);
  EXPECT_EQ(failure.message, "no CUDA driver");
}

TEST(RemoteBench, SaysThatTheProcessEndedAtOnce) {
  RemoteBench bench([]() -> Result<std::unique_ptr<PaletteBench>> { _exit(3); },
                    limits());
  BenchFailure failure = failureOf(bench.describe());
  EXPECT_EQ(failure.kind, BenchFailure::deviceLost);
  EXPECT_THAT(failure.message, HasSubstr("exit code 3"));
}

TEST(RemoteBench, SaysThatTheDeviceIsNotReady) {
  RemoteBench::Limits limits;
  limits.start = std::chrono::milliseconds(100);
  RemoteBench bench(
      []() -> Result<std::unique_ptr<PaletteBench>> {
        std::this_thread::sleep_for(std::chrono::seconds(60));
        return act();
      },
      limits);
  EXPECT_EQ(failureOf(bench.describe()).kind, BenchFailure::deviceLost);
}

} // namespace
} // namespace recflex
