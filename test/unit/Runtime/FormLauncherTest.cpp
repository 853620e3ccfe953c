//===- FormLauncherTest.cpp - Batches in every form, on the fake GPU ------===//

#include "recflex/Serving/FormLauncher.h"

#include "FakeContext.h"

#include <algorithm>
#include <cstring>
#include <gtest/gtest.h>

namespace recflex {
namespace {

constexpr ContextOptions kOptions = {InputChecks::zeroRow, /*faultCapacity=*/8,
                                     /*maxBatch=*/2, /*maxLookups=*/20};

Batch makeInput() {
  Batch batch =
      makeBatch(4, 2, {2, 1, 1, 0, 1, 0, 2, 0}, {5, 6, 7, 1, 3, 4, 5});
  batch.weights.assign(7, 1.0f);
  return batch;
}

Result<std::unique_ptr<FormLauncher>> makeLauncher(const FakeCuda &cuda) {
  auto tables = makeTables(cuda);
  if (!tables)
    return tables.error();
  return createFormLauncher(*tables, kOptions);
}

bool isForward(const FakeLaunch &launch) {
  return launch.kernel.find("recflex_forward") == 0;
}

TEST(FormLauncher, LaunchesEachFormAndBringsTheOutputBack) {
  for (InputForm form : kInputForms)
    for (RowType type : {RowType::f32, RowType::f16, RowType::bf16})
      for (bool odd : {false, true}) {
        SCOPED_TRACE(nameOf(form));
        FakeCuda cuda;
        OutputLayout layout = {type, odd};
        // Writes the first byte of the output, and finds a fault.
        cuda.onLaunch = [&](const FakeLaunch &launch) {
          if (!isForward(launch))
            return;
          uint64_t output = launch.arguments[7];
          EXPECT_EQ(output % 16, odd ? byteSize(type) : 0);
          EXPECT_EQ(launch.arguments[8], odd ? 13u : 12u);
          *reinterpret_cast<char *>(output) = 42;
          ++reinterpret_cast<abi::CheckState *>(launch.arguments[12])->total;
        };
        auto launcher = makeLauncher(cuda);
        ASSERT_TRUE(launcher) << launcher.error().message;
        size_t alive = cuda.alive.size();
        for (int repeat = 0; repeat != 2; ++repeat) {
          cuda.launches.clear();
          auto result =
              (*launcher)->launch(formBatch(makeInput(), form), layout);
          ASSERT_TRUE(result) << result.error().message;
          ASSERT_EQ(result->block.size(), size_t(layout.bytes(12, 2)));
          for (int64_t i = 0; i != layout.bytes(12, 2); ++i)
            ASSERT_EQ(result->block[i],
                      std::byte(i == layout.begin() ? 42 : 0xFF));
          EXPECT_EQ(result->faults.total, 1) << "those of before are forgotten";
          EXPECT_EQ(cuda.alive.size(), alive);
          EXPECT_EQ(cuda.launches.size() > 3, form != InputForm::offsets);
          EXPECT_EQ(cuda.launches.back().kernel, type == RowType::f32 && !odd
                                                     ? "recflex_forward_checked"
                                                     : "recflex_forward_any");
        }
        EXPECT_TRUE(cuda.misuse.empty());
      }
}

TEST(FormLauncher, CopiesTheArraysToWhereTheArgumentsSay) {
  Batch batch = makeInput();
  FakeCuda cuda;
  int64_t seen = 0;
  cuda.onLaunch = [&](const FakeLaunch &launch) {
    if (!isForward(launch))
      return;
    auto *values = reinterpret_cast<const char *>(launch.arguments[4]);
    auto *offsets = reinterpret_cast<const char *>(launch.arguments[5]);
    seen += std::memcmp(values, batch.values.bytes.data(),
                        batch.values.bytes.size()) == 0 &&
            std::memcmp(offsets, batch.offsets.bytes.data(),
                        batch.offsets.bytes.size()) == 0;
  };
  auto launcher = makeLauncher(cuda);
  ASSERT_TRUE(launcher);
  for (bool odd : {false, true})
    ASSERT_TRUE((*launcher)->launch(formBatch(batch, InputForm::offsets),
                                    {RowType::f32, odd}));
  EXPECT_EQ(seen, 2);
}

TEST(FormLauncher, AFailingCallIsReportedAndNothingIsLeft) {
  int64_t failed = 0;
  for (int k = 0;; ++k) {
    FakeCuda cuda;
    cuda.failAt = k;
    {
      auto launcher = makeLauncher(cuda);
      if (launcher) {
        auto result =
            (*launcher)->launch(formBatch(makeInput(), InputForm::views),
                                {RowType::f16, /*odd=*/true});
        failed += !result;
      }
    }
    EXPECT_TRUE(cuda.alive.empty()) << "call " << k;
    EXPECT_EQ(cuda.contextDepth, 0);
    if (k >= static_cast<int>(cuda.calls.size()))
      break;
  }
  EXPECT_GT(failed, 8);
}

} // namespace
} // namespace recflex
