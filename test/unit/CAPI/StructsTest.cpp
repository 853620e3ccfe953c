//===- StructsTest.cpp - Structures of older and newer headers ------------===//

#include "Structs.h"

#include <cstring>
#include <gtest/gtest.h>

namespace recflex::capi {
namespace {

/// A structure as its first header had it, as this library knows it, and as a
/// later header may have it.
struct First {
  size_t structSize;
  int64_t a;
};
struct Known {
  size_t structSize;
  int64_t a, b;
};
struct Later {
  size_t structSize;
  int64_t a, b, c;
};
constexpr StructSpec kSpec = {"Example", sizeof(First), sizeof(Known)};

std::string errorOf(const Status &status) {
  return status ? "none" : status.error().message;
}

TEST(Structs, OlderOnesEndInZeros) {
  First first = {sizeof first, 5};
  Known known = {9, 9, 9};
  ASSERT_EQ(errorOf(readStruct(&first, &known, kSpec)), "none");
  EXPECT_EQ(known.a, 5);
  EXPECT_EQ(known.b, 0);
}

TEST(Structs, TheSameOnesAreCopied) {
  Known given = {sizeof given, 5, 6}, known = {};
  ASSERT_EQ(errorOf(readStruct(&given, &known, kSpec)), "none");
  EXPECT_EQ(known.a, 5);
  EXPECT_EQ(known.b, 6);
}

TEST(Structs, NewerOnesMustNotAskForMore) {
  Later later = {sizeof later, 5, 6, 0};
  Known known = {};
  ASSERT_EQ(errorOf(readStruct(&later, &known, kSpec)), "none");
  EXPECT_EQ(known.b, 6);
  later.c = int64_t{1} << 40;
  EXPECT_EQ(errorOf(readStruct(&later, &known, kSpec))
                .find("Example has a field at byte 29 that is not zero"),
            0u);
}

TEST(Structs, SizesThatWereNeverSetAreRefused) {
  Known known = {};
  for (size_t size : {size_t{0}, size_t{1}, sizeof(First) - 1, size_t{1025},
                      SIZE_MAX, size_t{0xCDCDCDCDCDCDCDCD}}) {
    Known given = {size, 5, 6};
    std::string error = errorOf(readStruct(&given, &known, kSpec));
    EXPECT_EQ(error.find("Example.structSize is " + std::to_string(size)), 0u);
    EXPECT_NE(error.find("RECFLEX_INIT"), std::string::npos);
  }
  EXPECT_EQ(known.a, 0);
  EXPECT_EQ(errorOf(checkStruct(nullptr, kSpec)).find("Example is null"), 0u);
}

TEST(Structs, AsMuchIsWrittenAsThereIsRoomFor) {
  const Known known = {sizeof known, 5, 6};
  struct {
    First first;
    int64_t behind;
  } older = {{sizeof(First), 0}, 77};
  writeStruct(&known, &older.first, kSpec);
  EXPECT_EQ(older.first.structSize, sizeof(First));
  EXPECT_EQ(older.first.a, 5);
  EXPECT_EQ(older.behind, 77);

  Later later = {sizeof later, 0, 0, 77};
  writeStruct(&known, &later, kSpec);
  EXPECT_EQ(later.structSize, sizeof later);
  EXPECT_EQ(later.b, 6);
  EXPECT_EQ(later.c, 0);
}

/// Structures only grow, and as long as they have not they are as at first.
template <typename T> void expectFirstSize() {
  StructSpec spec = specOf<T>();
  EXPECT_GE(spec.size, spec.firstSize) << spec.name;
  if (RECFLEX_API_VERSION <= 2) // no field has been added until now
    EXPECT_EQ(spec.size, spec.firstSize) << spec.name;
}
TEST(Structs, FirstSizesAreRight) {
  expectFirstSize<RecflexLoadOptions>();
  expectFirstSize<RecflexModuleInfo>();
  expectFirstSize<RecflexTableInfo>();
  expectFirstSize<RecflexFeatureInfo>();
  expectFirstSize<RecflexContextOptions>();
  expectFirstSize<RecflexBatch>();
}

} // namespace
} // namespace recflex::capi
