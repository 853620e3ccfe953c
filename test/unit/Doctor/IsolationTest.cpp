//===- IsolationTest.cpp - Probes that misbehave --------------------------===//

#include "Isolation.h"

#include <csignal>
#include <cstdio>
#include <functional>
#include <gtest/gtest.h>
#include <unistd.h>

namespace recflex {
namespace {

class FunctionProbe final : public Probe {
public:
  explicit FunctionProbe(std::function<void(Report)> function)
      : Probe("thing"), function(std::move(function)) {}
  void run(Report report) const override { function(report); }

private:
  std::function<void(Report)> function;
};

Finding makeFinding(std::string detail) {
  Finding finding;
  finding.name = "thing";
  finding.detail = std::move(detail);
  return finding;
}

std::vector<Finding> runProbe(std::function<void(Probe::Report)> function,
                              int milliseconds = 30000) {
  return runIsolated(FunctionProbe(std::move(function)),
                     std::chrono::milliseconds(milliseconds));
}

TEST(Isolation, BringsFindingsBack) {
  auto findings = runProbe([](Probe::Report report) {
    std::puts("drivers may print; nobody minds");
    Finding finding = makeFinding("line\nbreak \xff and \"quotes\"");
    finding.health = Health::missing;
    finding.remedy = "install it";
    finding.facts = llvm::json::Object{{"gpus", 2}};
    report(std::move(finding));
    report(makeFinding("second"));
  });
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].name, "thing");
  EXPECT_EQ(findings[0].health, Health::missing);
  EXPECT_EQ(findings[0].detail, "line\nbreak \xef\xbf\xbd and \"quotes\"");
  EXPECT_EQ(findings[0].remedy, "install it");
  EXPECT_EQ(findings[0].facts.getInteger("gpus"), 2);
  EXPECT_EQ(findings[1].detail, "second");
  EXPECT_EQ(findings[1].health, Health::ok);
}

TEST(Isolation, SaysThatAProbeCrashed) {
  auto findings = runProbe([](Probe::Report report) {
    report(makeFinding("so far so good"));
    raise(SIGSEGV);
  });
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].detail, "so far so good");
  EXPECT_EQ(findings[1].name, "thing");
  EXPECT_EQ(findings[1].health, Health::failed);
  EXPECT_EQ(findings[1].detail, "crashed: Segmentation fault");
  EXPECT_FALSE(findings[1].remedy.empty());
}

TEST(Isolation, SaysThatAProbeGaveUp) {
  auto findings = runProbe([](Probe::Report) { _exit(3); });
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].health, Health::failed);
  EXPECT_EQ(findings[0].detail, "ended early with exit code 3");
}

TEST(Isolation, DoesNotWaitForAProbeThatHangs) {
  auto begin = std::chrono::steady_clock::now();
  auto findings = runProbe(
      [](Probe::Report report) {
        report(makeFinding("before"));
        for (;;)
          pause();
      },
      /*milliseconds=*/300);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].detail, "before");
  EXPECT_EQ(findings[1].health, Health::failed);
  EXPECT_EQ(findings[1].detail.substr(0, 14), "not done after");
}

TEST(Finding, IsReadOnlyAsWritten) {
  llvm::json::Object object = makeFinding("x").toJson();
  EXPECT_TRUE(Finding::fromJson(object));
  object["health"] = "splendid";
  EXPECT_FALSE(Finding::fromJson(object));
  EXPECT_FALSE(Finding::fromJson(llvm::json::Object()));
}

} // namespace
} // namespace recflex
