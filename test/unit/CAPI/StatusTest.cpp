//===- StatusTest.cpp - Statuses, versions, the last error ----------------===//

#include "LastError.h"

#include "recflex/Runtime/Artifact.h"

#include <gtest/gtest.h>
#include <new>
#include <stdexcept>
#include <thread>

namespace recflex::capi {
namespace {

TEST(CStatus, Names) {
  EXPECT_STREQ(recflexStatusName(RECFLEX_OK), "RECFLEX_OK");
  EXPECT_STREQ(recflexStatusName(RECFLEX_BAD_ARTIFACT), "RECFLEX_BAD_ARTIFACT");
  for (int i = 0; i <= RECFLEX_INTERNAL_ERROR; ++i)
    EXPECT_EQ(
        std::string(recflexStatusName(static_cast<RecflexStatus>(i))).find("R"),
        0u)
        << i;
  EXPECT_STREQ(recflexStatusName(static_cast<RecflexStatus>(11)),
               "unknown status");
}

TEST(CStatus, Versions) {
  EXPECT_EQ(recflexApiVersion(), static_cast<uint32_t>(RECFLEX_API_VERSION));
  EXPECT_EQ(recflexArtifactFormat(), kArtifactFormat);
  EXPECT_EQ(recflexKernelABI(), abi::kVersion);
  EXPECT_EQ(std::string(recflexVersion()).find("0."), 0u);
}

TEST(CStatus, ErrorsBecomeStatuses) {
  EXPECT_EQ(guarded([]() -> Status {
              return makeError(ErrorCode::limitExceeded, "too much");
            }),
            RECFLEX_LIMIT_EXCEEDED);
  EXPECT_STREQ(recflexLastError(), "too much");
  // Success leaves the last error as it is.
  EXPECT_EQ(guarded([]() -> Status { return {}; }), RECFLEX_OK);
  EXPECT_STREQ(recflexLastError(), "too much");
}

TEST(CStatus, NothingThatIsThrownGetsOut) {
  EXPECT_EQ(guarded([]() -> Status { throw std::bad_alloc(); }),
            RECFLEX_OUT_OF_MEMORY);
  EXPECT_STREQ(recflexLastError(), "out of host memory");
  EXPECT_EQ(guarded([]() -> Status { throw std::runtime_error("a bug"); }),
            RECFLEX_INTERNAL_ERROR);
  EXPECT_STREQ(recflexLastError(), "a bug");
  EXPECT_EQ(guarded([]() -> Status { throw 7; }), RECFLEX_INTERNAL_ERROR);
  EXPECT_STREQ(recflexLastError(), "an unknown exception was thrown");
}

TEST(CStatus, EveryThreadHasItsOwnError) {
  fail(RECFLEX_IO_ERROR, "mine");
  std::thread([] {
    EXPECT_STREQ(recflexLastError(), "");
    fail(RECFLEX_IO_ERROR, "yours");
    EXPECT_STREQ(recflexLastError(), "yours");
  }).join();
  EXPECT_STREQ(recflexLastError(), "mine");
}

TEST(CStatus, OtherLibrariesSetIt) {
  std::string message = "theirs, and more";
  EXPECT_EQ(recflexSetLastError(RECFLEX_IO_ERROR, message.data(), 6),
            RECFLEX_IO_ERROR);
  EXPECT_STREQ(recflexLastError(), "theirs");
  EXPECT_EQ(recflexSetLastError(RECFLEX_DRIVER_ERROR, nullptr, 6),
            RECFLEX_DRIVER_ERROR);
  EXPECT_STREQ(recflexLastError(), "");
}

TEST(CStatus, LongMessagesAreCutOff) {
  fail(RECFLEX_IO_ERROR, std::string(10000, 'x'));
  EXPECT_EQ(recflexLastError(), std::string(4095, 'x'));
  // The message may be the last one itself.
  fail(RECFLEX_IO_ERROR, recflexLastError());
  EXPECT_EQ(recflexLastError(), std::string(4095, 'x'));
}

} // namespace
} // namespace recflex::capi
