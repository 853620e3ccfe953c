//===- FaultsTest.cpp - Faults of a GPU over the C API --------------------===//

#include "Loaded.h"

#include "../Runtime/FakeCuda.h"

#include <cstring>
#include <gtest/gtest.h>

namespace recflex {
namespace {

constexpr RecflexFault kBadIndex = {RECFLEX_FAULT_INDEX, 2, 0, 7, 120, 1000};
constexpr RecflexFault kBadOffset = {RECFLEX_FAULT_OFFSETS, 0, 3, 1, 0, -5};

RecflexContextOptions makeOptions() {
  RecflexContextOptions options = RECFLEX_INIT(options);
  options.checks = RECFLEX_CHECKS_ZERO_ROW;
  options.faultCapacity = 2;
  return options;
}

/// A context with room for two faults, whose launch finds three.
class CFaults : public testing::Test {
protected:
  CFaults() {
    cuda.onLaunch = [](const FakeLaunch &launch) {
      // Either of the forward kernels that check.
      if (launch.kernel != abi::kForwardCheckedKernel &&
          launch.kernel != abi::kForwardAnyKernel)
        return;
      auto *state = reinterpret_cast<abi::CheckState *>(launch.arguments[12]);
      state->total += 3;
      std::memcpy(state + 1, &kBadIndex, sizeof kBadIndex);
      std::memcpy(reinterpret_cast<RecflexFault *>(state + 1) + 1, &kBadOffset,
                  sizeof kBadOffset);
    };
    RecflexBatch batch = Loaded::batch();
    EXPECT_EQ(recflexLaunch(loaded.context, &batch, nullptr), RECFLEX_OK)
        << recflexLastError();
  }

  FakeCuda cuda;
  const RecflexContextOptions options = makeOptions();
  Loaded loaded{cuda.driver(), &options};
};

TEST_F(CFaults, AreListedInOrder) {
  RecflexFault faults[3] = {};
  int64_t count = -1, total = -1;
  ASSERT_EQ(
      recflexContextFaults(loaded.context, nullptr, faults, 3, &count, &total),
      RECFLEX_OK)
      << recflexLastError();
  EXPECT_EQ(count, 2);
  EXPECT_EQ(total, 3);
  EXPECT_EQ(std::memcmp(&faults[0], &kBadOffset, sizeof kBadOffset), 0);
  EXPECT_EQ(std::memcmp(&faults[1], &kBadIndex, sizeof kBadIndex), 0);
  EXPECT_EQ(faults[2].kind, 0);
}

TEST_F(CFaults, AsManyAsThereIsRoomFor) {
  RecflexFault faults[2] = {};
  int64_t count = -1, total = -1;
  ASSERT_EQ(
      recflexContextFaults(loaded.context, nullptr, faults, 1, &count, nullptr),
      RECFLEX_OK);
  EXPECT_EQ(count, 1);
  EXPECT_EQ(faults[0].kind, RECFLEX_FAULT_OFFSETS);
  EXPECT_EQ(faults[1].kind, 0);
  ASSERT_EQ(
      recflexContextFaults(loaded.context, nullptr, nullptr, 9, &count, &total),
      RECFLEX_OK);
  EXPECT_EQ(count, 0);
  EXPECT_EQ(total, 3);
  EXPECT_EQ(recflexContextFaults(loaded.context, nullptr, nullptr, 0, nullptr,
                                 nullptr),
            RECFLEX_OK);
}

TEST_F(CFaults, AreForgotten) {
  ASSERT_EQ(recflexContextClearFaults(loaded.context, nullptr), RECFLEX_OK);
  int64_t count = -1, total = -1;
  ASSERT_EQ(
      recflexContextFaults(loaded.context, nullptr, nullptr, 0, &count, &total),
      RECFLEX_OK);
  EXPECT_EQ(count, 0);
  EXPECT_EQ(total, 0);
}

TEST_F(CFaults, ErrorsWriteNothing) {
  int64_t count = -1, total = -1;
  auto ask = [&](RecflexContext *context, int64_t capacity) {
    return recflexContextFaults(context, nullptr, nullptr, capacity, &count,
                                &total);
  };
  EXPECT_EQ(ask(nullptr, 0), RECFLEX_INVALID_ARGUMENT);
  EXPECT_EQ(ask(loaded.context, -1), RECFLEX_INVALID_ARGUMENT);
  EXPECT_EQ(recflexContextClearFaults(nullptr, nullptr),
            RECFLEX_INVALID_ARGUMENT);
  cuda.failName = "cuMemcpyDtoHAsync";
  cuda.failCode = 719;
  EXPECT_EQ(ask(loaded.context, 0), RECFLEX_DRIVER_ERROR);
  EXPECT_EQ(count, -1);
  EXPECT_EQ(total, -1);
}

TEST_F(CFaults, InWords) {
  const std::string expected =
      "feature 'c' (2), sample 7, position 120: index 1000 is outside the 20 "
      "rows of table 'items'";
  EXPECT_EQ(recflexFaultText(loaded.module, &kBadIndex, nullptr, 0),
            expected.size());
  std::string text(expected.size() + 1, '#');
  EXPECT_EQ(recflexFaultText(loaded.module, &kBadIndex, &text[0], text.size()),
            expected.size());
  EXPECT_EQ(text, expected + '\0');

  char cut[9] = "########";
  EXPECT_EQ(recflexFaultText(loaded.module, &kBadIndex, cut, 8),
            expected.size());
  EXPECT_STREQ(cut, "feature");
  EXPECT_EQ(recflexFaultText(nullptr, &kBadIndex, cut, 8), 0u);
  EXPECT_STREQ(cut, "");
  EXPECT_EQ(recflexFaultText(loaded.module, nullptr, cut, 8), 0u);
}

} // namespace
} // namespace recflex
