//===- DeviceBenchTest.cpp - Quantiles and replays ------------------------===//

#include "recflex/Runtime/DeviceBench.h"

#include "FakeCuda.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace recflex {
namespace {

TEST(Timing, Quantiles) {
  std::vector<double> seconds;
  for (int i = 10; i >= 0; --i)
    seconds.push_back(i);
  Timing t = summarize(seconds);
  EXPECT_DOUBLE_EQ(t.median, 5);
  EXPECT_DOUBLE_EQ(t.p10, 1);
  EXPECT_DOUBLE_EQ(t.p90, 9);
  EXPECT_DOUBLE_EQ(t.spread(), 8.0 / 5);
  EXPECT_EQ(t.samples, 11);
  EXPECT_DOUBLE_EQ(summarize({1, 2}).median, 1.5);
  EXPECT_DOUBLE_EQ(summarize({7}).p90, 7);
  EXPECT_EQ(summarize({}).samples, 0);
  EXPECT_EQ(summarize({}).spread(), 0);
}

TEST(Timing, LatencyHasTheTail) {
  std::vector<double> seconds;
  for (int i = 1000; i >= 0; --i)
    seconds.push_back(i);
  Latency l = summarizeLatency(seconds);
  EXPECT_DOUBLE_EQ(l.p50, 500);
  EXPECT_DOUBLE_EQ(l.p90, 900);
  EXPECT_DOUBLE_EQ(l.p99, 990);
  EXPECT_DOUBLE_EQ(l.p999, 999);
  EXPECT_DOUBLE_EQ(l.max, 1000);
  EXPECT_EQ(l.samples, 1001);
  // Past the second largest, between the two.
  l = summarizeLatency({0, 1});
  EXPECT_DOUBLE_EQ(l.p999, 0.999);
  EXPECT_DOUBLE_EQ(l.max, 1);
  EXPECT_EQ(summarizeLatency({}).samples, 0);
  EXPECT_EQ(summarizeLatency({}).max, 0);
}

struct Bench : testing::Test {
  FakeCuda cuda;
  Result<DevicePointer> device = Device::open(cuda.driver());

  int64_t count(const char *call) const {
    return std::count(cuda.calls.begin(), cuda.calls.end(), call);
  }
};

TEST_F(Bench, TheRotationIsCapturedOnceAndReplayed) {
  ASSERT_TRUE(device);
  Result<Stream> stream = Stream::create(*device);
  ASSERT_TRUE(stream);
  std::vector<int> order;
  BenchOptions options;
  options.samples = 5;
  options.sampleSeconds = 3.5e-3; // the fake's replays last 1 ms together
  options.warmupSeconds = 2e-3;
  auto launch = [&order](int i) {
    return [&order, i]() -> Status {
      order.push_back(i);
      return {};
    };
  };
  Result<Timing> timing =
      timeRotation(*stream, {launch(0), launch(1)}, options);
  ASSERT_TRUE(timing) << timing.error().message;
  EXPECT_EQ(order, (std::vector<int>{0, 1}));
  EXPECT_EQ(timing->samples, 5);
  // 1 ms over 4 replays of 2 launches.
  EXPECT_NEAR(timing->median, 1e-3 / 8, 1e-12);
  EXPECT_EQ(count("cuStreamBeginCapture"), 1);
  EXPECT_EQ(count("cuGraphInstantiate"), 1);
  EXPECT_EQ(count("cuGraphLaunch"), 2 + 2 + 5 * 4);
  EXPECT_TRUE(cuda.misuse.empty());
}

TEST_F(Bench, NothingToTimeIsRefused) {
  ASSERT_TRUE(device);
  Result<Stream> stream = Stream::create(*device);
  ASSERT_TRUE(stream);
  EXPECT_FALSE(timeRotation(*stream, {}));
  BenchOptions options;
  options.samples = 0;
  EXPECT_FALSE(timeRotation(*stream, {[]() -> Status { return {}; }}, options));
}

TEST_F(Bench, TheCopyRateCountsReadsAndWrites) {
  ASSERT_TRUE(device);
  Result<Stream> stream = Stream::create(*device);
  ASSERT_TRUE(stream);
  BenchOptions options;
  options.sampleSeconds = options.warmupSeconds = 1e-3; // one replay each
  Result<double> rate = measureCopyRate(*stream, options);
  ASSERT_TRUE(rate) << rate.error().message;
  // A quarter of the fake's 1 MiB, copied in 1 ms.
  EXPECT_NEAR(*rate, 2 * 262144 / 1e-3, 10);
  EXPECT_TRUE(cuda.misuse.empty());
}

TEST_F(Bench, TheL2KernelReadsAPowerOfTwoOfTheCache) {
  ASSERT_TRUE(device);
  Result<Stream> stream = Stream::create(*device);
  ASSERT_TRUE(stream);
  BenchOptions options;
  options.sampleSeconds = options.warmupSeconds = 1e-3;
  Result<double> rate = measureL2ReadRate(*stream, options);
  ASSERT_TRUE(rate) << rate.error().message;
  ASSERT_EQ(cuda.launches.size(), 1u);
  const FakeLaunch &launch = cuda.launches[0];
  EXPECT_EQ(launch.kernel, "recflex_read_l2");
  EXPECT_EQ(launch.blocks, 2u * 132);
  EXPECT_EQ(launch.threads, 1024u);
  // 16 MiB of the fake's 50 MiB, in vectors of 16 bytes.
  EXPECT_EQ(launch.arguments[1], (16u << 20) / 16 - 1);
  double bytes = 264.0 * 1024 * static_cast<double>(launch.arguments[2]) * 64;
  EXPECT_NEAR(*rate, bytes / 1e-3, 1e-6 * bytes / 1e-3);
  EXPECT_TRUE(cuda.misuse.empty());
}

} // namespace
} // namespace recflex
