//===- EnduranceTest.cpp - What endurance tests must notice ---------------===//

#include "recflex/Serving/Endurance.h"

#include "FakeServer.h"

#include <gtest/gtest.h>

namespace recflex {
namespace {

TEST(Endurance, LaunchesFromAllThreads) {
  FakeServer server;
  expectRight(server, 3);
  EnduranceReport report = enduranceLaunches(server, 3, /*count=*/1001,
                                             /*threads=*/4, /*streams=*/2);
  EXPECT_EQ(report.problem, "");
  EXPECT_EQ(report.count, 1001);
  EXPECT_EQ(server.launches, 1001);
  EXPECT_EQ(server.workersOfStream,
            (std::map<int64_t, int64_t>{{0, 2}, {1, 2}}));
}

TEST(Endurance, NoticesOneWrongOutput) {
  for (bool replays : {false, true}) {
    FakeServer server;
    expectRight(server, 3);
    server.spoil = [](int64_t number, size_t batch) {
      return number == 499 ? -1.0f : static_cast<float>(batch);
    };
    EnduranceReport report =
        replays ? enduranceReplays(server, 3, 500)
                : enduranceLaunches(server, 3, 500, /*threads=*/4,
                                    /*streams=*/2);
    EXPECT_NE(report.problem.find("2 words differ"), std::string::npos);
  }
}

TEST(Endurance, NoticesAnError) {
  FakeServer server;
  expectRight(server, 1);
  server.failLaunch = [](int64_t number, size_t) -> Status {
    if (number == 7)
      return makeError("lost");
    return {};
  };
  EnduranceReport report = enduranceReplays(server, 1, 500);
  EXPECT_EQ(report.problem, "lost");
  EXPECT_EQ(report.count, 7);
}

TEST(Endurance, NoticesLostMemory) {
  FakeServer server;
  EnduranceReport report = enduranceReloads(server, 100);
  EXPECT_EQ(report.problem, "");
  EXPECT_EQ(report.count, 100);
  EXPECT_EQ(server.reloads, 100);

  server.lostPerReload = 100000;
  report = enduranceReloads(server, 100);
  EXPECT_EQ(report.problem, "9700000 bytes were lost over 97 loads");
}

Fault makeFault(int32_t feature, int64_t value) {
  Fault fault;
  fault.feature = feature;
  fault.value = value;
  return fault;
}

/// Batch 0 is right, batch 1 has three faults, of which two are kept.
const std::vector<std::vector<Fault>> kFaults = {
    {makeFault(0, -1), makeFault(1, 5), makeFault(2, 9)}};

EnduranceReport runFaults(std::vector<Fault> listed, int64_t total,
                          int64_t afterwards = 0) {
  FakeServer server;
  expectRight(server, 2);
  server.faults = [=](size_t batch) {
    FaultReport report;
    report.total = batch == 1 ? total : afterwards;
    if (batch == 1)
      report.faults = listed;
    return report;
  };
  return enduranceFaults(server, /*rightBatches=*/1, kFaults, /*capacity=*/2,
                         /*count=*/10);
}

TEST(Endurance, WantsEveryFaultReported) {
  EnduranceReport right = runFaults({makeFault(2, 9), makeFault(0, -1)}, 3);
  EXPECT_EQ(right.problem, "");
  EXPECT_EQ(right.count, 10);

  auto problem = [](EnduranceReport report) { return report.problem; };
  std::vector<Fault> two = {makeFault(0, -1), makeFault(1, 5)};
  EXPECT_EQ(problem(runFaults(two, 2)), "batch 1 has 3 faults, 2 were counted");
  EXPECT_EQ(problem(runFaults({makeFault(0, -1)}, 3)),
            "batch 1 has 3 faults, 1 instead of 2 were listed");
  EXPECT_NE(problem(runFaults({makeFault(0, -1), makeFault(1, 6)}, 3))
                .find("not in it"),
            std::string::npos);
  EXPECT_NE(problem(runFaults({makeFault(1, 5), makeFault(1, 5)}, 3))
                .find("or twice"),
            std::string::npos);
  EXPECT_EQ(problem(runFaults(two, 3, /*afterwards=*/1)),
            "batch 0 has 0 faults, 1 were counted");
}

} // namespace
} // namespace recflex
