//===- PtxHeaderTest.cpp - What PTX says of itself ------------------------===//

#include "recflex/Runtime/PtxHeader.h"

#include <gtest/gtest.h>

namespace recflex {
namespace {

TEST(PtxHeader, FindsVersionAndTarget) {
  for (const char *ptx :
       {".version 8.6\n.target sm_100f\n", ".version\t8.6 .target sm_100f",
        "//\n// by LLVM\n//\n\n.version 8.6\n.target sm_100f, debug\n",
        "/* .version 1.0 */ .version 8.6 // x\n/**/.target sm_100f"}) {
    Result<PtxHeader> header = readPtxHeader(ptx);
    ASSERT_TRUE(header) << ptx;
    EXPECT_EQ(header->version, "8.6") << ptx;
    EXPECT_EQ(header->target, "sm_100f") << ptx;
  }
}

TEST(PtxHeader, OtherTextIsRefused) {
  for (const char *ptx : {"", "//", "/*", "// .version 8.6", ".version",
                          ".version 8.6", ".version 8.6\n.func f",
                          ".target sm_90\n.version 8.6", "x.version 8.6"})
    EXPECT_FALSE(readPtxHeader(ptx)) << ptx;
}

TEST(PtxHeader, VersionsAreWellFormed) {
  for (const char *version : {"7.0", "8.6", "12.10"})
    EXPECT_TRUE(isPtxVersion(version)) << version;
  for (const char *version :
       {"", "8", "8.", ".6", "8.6.1", "8.x", "-8.6", "8.123", "8 6", " 8.6"})
    EXPECT_FALSE(isPtxVersion(version)) << version;
}

TEST(PtxHeader, DriversAreKnown) {
  EXPECT_EQ(leastDriverFor("7.0"), 11000);
  EXPECT_EQ(leastDriverFor("7.8"), 11080);
  EXPECT_EQ(leastDriverFor("8.5"), 12050);
  EXPECT_EQ(leastDriverFor("8.6"), 12070);
  EXPECT_EQ(leastDriverFor("9.0"), 13000);
  EXPECT_FALSE(leastDriverFor("99.0"));
  EXPECT_FALSE(leastDriverFor(""));
  EXPECT_EQ(cudaVersionName(12040), "12.4");
}

TEST(PtxHeader, DriversTakeAllUpToOneVersion) {
  EXPECT_EQ(newestPtxFor(11040), "7.4");
  EXPECT_EQ(newestPtxFor(12060), "8.5"); // there is no PTX version of its own
  EXPECT_EQ(newestPtxFor(12070), "8.6");
  EXPECT_EQ(newestPtxFor(99000), newestPtxFor(13010));
  EXPECT_FALSE(newestPtxFor(10020));
}

} // namespace
} // namespace recflex
