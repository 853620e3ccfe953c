//===- CudaPaletteBenchTest.cpp - Which kernels a bench runs --------------===//

#include "recflex/Profiling/CudaPaletteBench.h"

#include "../Runtime/FakeCuda.h"
#include "../Runtime/TestModel.h"

#include <cmath>
#include <gmock/gmock.h>

using testing::Each;

namespace recflex {
namespace {

constexpr const char *kForward = "recflex_forward";
constexpr const char *kProfiled = "recflex_forward_profiled";

/// A GPU whose forward kernels are off by what a test says.
class CudaPaletteBenchTest : public testing::Test {
protected:
  static constexpr size_t kBatches = 2;

  CudaPaletteBenchTest() {
    cuda.onLaunch = [this](const FakeLaunch &launch) {
      if (launch.kernel == kForward || launch.kernel == kProfiled)
        last = launch.kernel;
      if (launch.kernel == kProfiled && launch.arguments.back())
        writeClocks(launch);
      if (launch.kernel == "recflex_column_errors")
        addErrors(launch);
    };
  }

  static void writeClocks(const FakeLaunch &launch) {
    auto *clocks = reinterpret_cast<int64_t *>(launch.arguments.back());
    for (unsigned block = 0; block != launch.blocks; ++block) {
      clocks[2 * block] = 100;
      clocks[2 * block + 1] = 110;
    }
  }
  /// What that kernel adds: squares of the differences, and of the references.
  void addErrors(const FakeLaunch &launch) {
    auto *sums = reinterpret_cast<float *>(launch.arguments.back());
    for (unsigned feature = 0; feature != launch.blocks; ++feature) {
      float error = errors[last][feature];
      sums[2 * feature] += error * error;
      sums[2 * feature + 1] += 1;
    }
  }

  std::unique_ptr<CudaPaletteBench> create() {
    DevicePointer device = *Device::open(cuda.driver());
    Manifest manifest = makeTestManifest();
    BenchSamples samples;
    for (size_t i = 0; i != kBatches; ++i) {
      samples.batches.push_back(
          makeBatch(4, 2, {1, 0, 2, 1, 0, 1, 1, 1}, {0, 1, 2, 3, 4, 5, 6}));
      samples.batches.back().weights.assign(7, 1.0f);
      samples.references.emplace_back(samples.batches.back().batchSize *
                                      manifest.outputWidth);
    }
    auto bench =
        CudaPaletteBench::create(device, manifest, {4096, 8192}, samples);
    EXPECT_TRUE(bench) << bench.error().message;
    return bench ? std::move(*bench) : nullptr;
  }

  static PaletteImage image(bool hasForward) {
    PaletteImage image;
    image.code = makeTestArtifact().ptx;
    image.threads = 128;
    image.tileCuts = {1, 2, 4};
    image.hasForward = hasForward;
    return image;
  }
  static BodyAssignment assignment() {
    BodyAssignment bodies(3);
    for (auto [i, samples] : {std::pair{0, 4}, {1, 2}, {2, 1}}) {
      bodies[i].body = i;
      bodies[i].samplesPerTile = samples;
      bodies[i].rank = 2 - i;
    }
    return bodies;
  }
  std::vector<std::string> forwards() const {
    std::vector<std::string> names;
    for (const FakeLaunch &launch : cuda.launches)
      if (launch.kernel.find(kForward) == 0)
        names.push_back(launch.kernel);
    return names;
  }
  std::vector<FeatureProfile> profile(CudaPaletteBench &bench, int rounds = 1) {
    auto profiles = bench.profile(7, assignment(), rounds);
    if (auto *failure = std::get_if<BenchFailure>(&profiles)) {
      ADD_FAILURE() << failure->message;
      return std::vector<FeatureProfile>(3);
    }
    return std::get<std::vector<FeatureProfile>>(profiles);
  }

  FakeCuda cuda;
  std::string last;
  std::map<std::string, std::vector<float>> errors = {{kForward, {0, 0, 0}},
                                                      {kProfiled, {0, 0, 0}}};
};

TEST_F(CudaPaletteBenchTest, APaletteHasOneKernel) {
  auto bench = create();
  ASSERT_TRUE(std::holds_alternative<PaletteFigures>(
      bench->load(7, image(/*hasForward=*/false))));
  errors[kProfiled] = {0.25, 0, NAN};
  std::vector<FeatureProfile> profiles = profile(*bench, /*rounds=*/3);
  EXPECT_FLOAT_EQ(profiles[0].error, 0.25);
  EXPECT_EQ(profiles[1].error, 0);
  EXPECT_TRUE(std::isnan(profiles[2].error));
  EXPECT_GT(profiles[0].blockSeconds, 0);
  EXPECT_EQ(forwards(), std::vector<std::string>(3 * kBatches, kProfiled));
  auto timing = bench->time(7, assignment(), 7, assignment(), 5);
  ASSERT_TRUE(std::holds_alternative<KernelTiming>(timing));
  EXPECT_THAT(forwards(), Each(kProfiled));
}

// The deployed kernel is timed, and both are compared: each for itself, so that
// an error of one is not made less by the other.
TEST_F(CudaPaletteBenchTest, AFinalistHasTheDeployedKernelToo) {
  auto bench = create();
  ASSERT_TRUE(std::holds_alternative<PaletteFigures>(
      bench->load(7, image(/*hasForward=*/true))));
  errors[kForward] = {0.5, 0, NAN};
  errors[kProfiled] = {0, 0.25, 0};
  std::vector<FeatureProfile> profiles = profile(*bench);
  EXPECT_FLOAT_EQ(profiles[0].error, 0.5);
  EXPECT_FLOAT_EQ(profiles[1].error, 0.25);
  EXPECT_TRUE(std::isnan(profiles[2].error));
  EXPECT_GT(profiles[0].blockSeconds, 0);
  EXPECT_EQ(forwards(), (std::vector<std::string>{kForward, kForward, kProfiled,
                                                  kProfiled}));
  // Sums are taken anew for the next.
  errors[kForward] = errors[kProfiled] = {0, 0, 0};
  profiles = profile(*bench);
  EXPECT_EQ(profiles[0].error, 0);
  EXPECT_EQ(profiles[2].error, 0);

  cuda.launches.clear();
  auto timing = bench->time(7, assignment(), 7, assignment(), 5);
  ASSERT_TRUE(std::holds_alternative<KernelTiming>(timing));
  EXPECT_GT(std::get<KernelTiming>(timing).ratio, 0);
  EXPECT_GT(std::get<KernelTiming>(timing).yardstick, 0);
  EXPECT_THAT(forwards(), Each(kForward));
  EXPECT_FALSE(forwards().empty());
  EXPECT_TRUE(cuda.misuse.empty());
}

TEST_F(CudaPaletteBenchTest, AKernelThatIsMissingIsAnError) {
  cuda.missingKernel = kForward;
  auto bench = create();
  auto loaded = bench->load(7, image(/*hasForward=*/true));
  ASSERT_TRUE(std::holds_alternative<BenchFailure>(loaded));
  EXPECT_EQ(std::get<BenchFailure>(loaded).kind, BenchFailure::refused);
  EXPECT_TRUE(std::holds_alternative<PaletteFigures>(
      bench->load(7, image(/*hasForward=*/false))));
}

// What was on the device goes with the bench.
TEST_F(CudaPaletteBenchTest, NothingStays) {
  {
    auto bench = create();
    (void)bench->load(7, image(/*hasForward=*/true));
    (void)profile(*bench);
    bench->unload(7);
  }
  EXPECT_TRUE(cuda.alive.empty());
  EXPECT_TRUE(cuda.misuse.empty());
}

} // namespace
} // namespace recflex
