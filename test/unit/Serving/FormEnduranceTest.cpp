//===- FormEnduranceTest.cpp - What the test of forms finds ---------------===//

#include "recflex/Serving/FormEndurance.h"

#include "CpuTestModel.h"

#include <gtest/gtest.h>

namespace recflex {
namespace {

/// Changes what launch number `n`, of all launches, has left.
using Hook = std::function<Status(int64_t n, const OutputLayout &layout,
                                  FormResult &result)>;

/// The CPU, but for what the hook changes.
class HookedLauncher final : public FormLauncher {
public:
  HookedLauncher(std::unique_ptr<FormLauncher> cpu, const Hook &hook,
                 int64_t &launches)
      : cpu(std::move(cpu)), hook(hook), launches(launches) {}

  Result<FormResult> launch(const FormedBatch &batch,
                            const OutputLayout &layout) override {
    auto result = cpu->launch(batch, layout);
    if (result && hook)
      if (Status status = hook(launches, layout, *result); !status)
        return status.error();
    ++launches;
    return result;
  }

private:
  std::unique_ptr<FormLauncher> cpu;
  const Hook &hook;
  int64_t &launches;
};

/// Runs the test with a device that does as the CPU does, and then what
/// `device` says; `cpu` is for the CPU that it is compared with.
EnduranceReport runForms(int64_t count, const Hook &device = {},
                         const Hook &cpu = {}) {
  Manifest manifest = makeTestManifest();
  Tables tables;
  auto attached = tables.attach(manifest);
  EXPECT_TRUE(attached);
  int64_t onDevice = 0, onCpu = 0, prepared = 0;
  auto hooked = [&](const Hook &hook, int64_t &launches) {
    return [&](const ContextOptions &options)
               -> Result<std::unique_ptr<FormLauncher>> {
      auto launcher = createFormLauncher(*attached, options);
      if (!launcher)
        return launcher.error();
      return std::unique_ptr<FormLauncher>(std::make_unique<HookedLauncher>(
          std::move(*launcher), hook, launches));
    };
  };
  std::vector<Batch> batches = {generateFor(manifest, 9),
                                generateFor(manifest, 5, 1)};
  EnduranceReport report = enduranceForms(
      {manifest, batches, hooked(device, onDevice), hooked(cpu, onCpu),
       [&](const Batch &) {
         ++prepared;
         return Status();
       }},
      count);
  if (report.problem.empty()) {
    EXPECT_EQ(onDevice, 7 * count); // six outputs and what they must be
    EXPECT_EQ(onCpu, count);
    EXPECT_EQ(prepared, count);
  }
  return report;
}

void expectProblem(const EnduranceReport &report, const std::string &text) {
  EXPECT_NE(report.problem.find(text), std::string::npos) << report.problem;
}

TEST(FormEndurance, TheCpuAgreesWithItself) {
  EnduranceReport report = runForms(4 * kFormsOfARound);
  EXPECT_EQ(report.problem, "");
  EXPECT_EQ(report.count, 4 * kFormsOfARound);
  EXPECT_NE(report.detail.find("5 forms"), std::string::npos);
  // Of 10 a round that are spoiled, most have faults.
  int64_t faulty = 0;
  size_t at = report.detail.find("each, ");
  ASSERT_NE(at, std::string::npos);
  faulty = std::stoll(report.detail.substr(at + 6));
  EXPECT_GT(faulty, 20);
  EXPECT_LE(faulty, 40);
}

TEST(FormEndurance, FindsAWrongBit) {
  auto spoil = [](int64_t n, const OutputLayout &layout, FormResult &result) {
    if (n == 3) // f16, aligned, of the first batch
      result.block[layout.begin() + 5 * 2] ^= std::byte{1};
    return Status();
  };
  EnduranceReport report = runForms(1, spoil);
  expectProblem(report, "batch 0: offsets, no checks: aligned f16: sample 0, "
                        "column 5 is ");
}

TEST(FormEndurance, FindsWhatIsWrittenBesideTheRows) {
  auto behind = [](int64_t n, const OutputLayout &layout, FormResult &result) {
    if (n == 2) // f32, odd: 13 elements a row of which 12 are written
      result.block[layout.begin() + 12 * 4] = std::byte{0};
    return Status();
  };
  expectProblem(runForms(1, behind), "odd f32: byte 48 of the output, which "
                                     "is in no row, was written");
  auto ahead = [](int64_t n, const OutputLayout &layout, FormResult &result) {
    if (n == 6)
      result.block[layout.begin() - 1] = std::byte{0};
    return Status();
  };
  expectProblem(runForms(1, ahead), "odd bf16: byte -1 of the output");
}

TEST(FormEndurance, FindsAnOutputThatNobodyWrote) {
  auto forget = [](int64_t, const OutputLayout &, FormResult &result) {
    std::fill(result.block.begin(), result.block.end(), std::byte{0xFF});
    return Status();
  };
  expectProblem(runForms(1, forget), "on the CPU: 108 elements differ");
}

TEST(FormEndurance, FindsWrongFaults) {
  auto oneMore = [](int64_t n, const OutputLayout &, FormResult &result) {
    result.faults.total += n == 8;
    return Status();
  };
  expectProblem(runForms(2, oneMore),
                "batch 1: lengths, no checks: aligned f32: 1 faults were "
                "found, the CPU found 0");
  auto another = [](int64_t, const OutputLayout &, FormResult &result) {
    if (!result.faults.faults.empty())
      ++result.faults.faults.back().value;
    return Status();
  };
  EnduranceReport report = runForms(kFormsOfARound, another);
  expectProblem(report, "is not that which the CPU found: ");
  expectProblem(report, "malformed, zero rows");
  auto unlisted = [](int64_t, const OutputLayout &, FormResult &result) {
    result.faults.faults.clear();
    return Status();
  };
  expectProblem(runForms(kFormsOfARound, unlisted), "fault 0 is not that");
}

TEST(FormEndurance, FindsACpuThatSeesFaultsInARightBatch) {
  auto ghost = [](int64_t, const OutputLayout &, FormResult &result) {
    result.faults = {1, {{FaultKind::index, 0, 3, 0, 0, 99}}};
    return Status();
  };
  expectProblem(runForms(1, {}, ghost),
                "offsets, no checks: on the CPU: 1 faults in a right batch");
}

TEST(FormEndurance, SaysWhatALaunchSays) {
  auto fail = [](int64_t n, const OutputLayout &, FormResult &) {
    return n == 11 ? Status(makeError("lost")) : Status();
  };
  EnduranceReport report = runForms(kFormsOfARound, fail);
  EXPECT_EQ(report.problem, "batch 1: lengths, no checks: odd f16: lost");
  EXPECT_EQ(report.count, 2);
}

} // namespace
} // namespace recflex
