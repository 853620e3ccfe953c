//===- LoadTest.cpp - A fake server under load ----------------------------===//

#include "recflex/Serving/Load.h"

#include "FakeServer.h"

#include <gtest/gtest.h>

namespace recflex {
namespace {

const std::vector<BatchCost> kCosts = {{10, 100}, {20, 300}};

LoadOptions makeOptions() {
  LoadOptions options;
  options.threads = 4;
  options.streams = 3;
  options.launches = 100;
  options.compareEvery = 5;
  return options;
}

TEST(Load, RunsWhatItIsTold) {
  FakeServer server;
  expectRight(server, 2);
  Result<LoadReport> report = runLoad(server, kCosts, makeOptions());
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->passed());
  EXPECT_EQ(report->batches, 100);
  EXPECT_EQ(server.launches, 100);
  EXPECT_EQ(report->lookups % 100, 0);
  EXPECT_GE(report->samples, 1000);
  EXPECT_LE(report->samples, 2000);
  EXPECT_EQ(report->latency.samples + report->compared, 100);
  EXPECT_EQ(report->launch.samples, report->latency.samples);
  EXPECT_GE(report->latency.max, report->launch.p50);
  // Threads 0 and 3 share stream 0.
  EXPECT_EQ(server.workersOfStream,
            (std::map<int64_t, int64_t>{{0, 2}, {1, 1}, {2, 1}}));
}

TEST(Load, StopsAfterATime) {
  FakeServer server;
  expectRight(server, 2);
  LoadOptions options = makeOptions();
  options.launches = 0;
  options.seconds = 0.05;
  Result<LoadReport> report = runLoad(server, kCosts, options);
  ASSERT_TRUE(report);
  EXPECT_GE(report->seconds, 0.05);
  EXPECT_LT(report->seconds, 20);
  EXPECT_GT(report->batches, 0);
}

TEST(Load, FindsOutputsThatDiffer) {
  FakeServer server;
  expectRight(server, 2);
  LoadOptions options = makeOptions();
  options.compareEvery = 1;
  server.spoil = [](int64_t number, size_t batch) {
    return number == 42 ? 7.0f : static_cast<float>(batch);
  };
  Result<LoadReport> report = runLoad(server, kCosts, options);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->compared, 100);
  EXPECT_EQ(report->differingWords, 2);
  EXPECT_FALSE(report->passed());
}

TEST(Load, StopsAtTheFirstError) {
  FakeServer server;
  expectRight(server, 2);
  server.failLaunch = [](int64_t number, size_t) -> Status {
    if (number == 10)
      return makeError("the device is gone");
    return {};
  };
  LoadOptions options = makeOptions();
  options.launches = 1000000000; // would take minutes
  Result<LoadReport> report = runLoad(server, kCosts, options);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->errors, 1);
  EXPECT_EQ(report->firstError, "the device is gone");
  EXPECT_FALSE(report->passed());
}

TEST(Load, RefusesNonsense) {
  FakeServer server;
  LoadOptions options = makeOptions();
  EXPECT_FALSE(runLoad(server, {}, options));
  options.threads = 0;
  EXPECT_FALSE(runLoad(server, kCosts, options));
  options = makeOptions();
  options.streams = 0;
  EXPECT_FALSE(runLoad(server, kCosts, options));
  options = makeOptions();
  options.launches = 0;
  options.seconds = 0;
  Result<LoadReport> report = runLoad(server, kCosts, options);
  ASSERT_FALSE(report);
  EXPECT_NE(report.error().message.find("0 seconds"), std::string::npos);
}

TEST(Load, AloneGivesEveryBatch) {
  FakeServer server;
  auto worker = server.createWorker(0);
  ASSERT_TRUE(worker);
  auto outputs = runAlone(**worker, 2);
  ASSERT_TRUE(outputs);
  EXPECT_EQ(*outputs, (std::vector<std::vector<float>>{{0, 0}, {1, 1}}));
  server.failLaunch = [](int64_t, size_t) -> Status { return makeError("no"); };
  outputs = runAlone(**worker, 2);
  ASSERT_FALSE(outputs);
  EXPECT_EQ(outputs.error().message, "batch 0: no");
}

} // namespace
} // namespace recflex
