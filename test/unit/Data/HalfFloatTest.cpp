//===- HalfFloatTest.cpp - f16 and bf16 conversions -----------------------===//

#include "recflex/Support/HalfFloat.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

using namespace recflex;

namespace {

template <typename Narrow, typename Widen>
void expectRoundTrip(Narrow narrow, Widen widen) {
  for (uint32_t bits = 0; bits <= 0xffff; ++bits) {
    float value = widen(bits);
    if (std::isnan(value))
      EXPECT_TRUE(std::isnan(widen(narrow(value)))) << bits;
    else
      EXPECT_EQ(narrow(value), bits);
  }
}

/// Between neighbours, the middle goes to the even one and everything else to
/// the nearer one; `last` is the largest finite number.
template <typename Narrow, typename Widen>
void expectNearestEven(uint16_t last, Narrow narrow, Widen widen) {
  for (uint16_t bits = 0; bits < last; ++bits) {
    float low = widen(bits), high = widen(bits + 1);
    float middle = low + (high - low) / 2; // exact in f32
    uint16_t even = bits % 2 == 0 ? bits : bits + 1;
    EXPECT_EQ(narrow(middle), even);
    EXPECT_EQ(narrow(std::nextafter(middle, low)), bits);
    EXPECT_EQ(narrow(std::nextafter(middle, high)), bits + 1);
    EXPECT_EQ(narrow(-middle), even | 0x8000);
  }
}

TEST(HalfFloat, roundTripsEveryF16) { expectRoundTrip(f32ToF16, f16ToF32); }
TEST(HalfFloat, roundTripsEveryBF16) { expectRoundTrip(f32ToBF16, bf16ToF32); }

TEST(HalfFloat, roundsF16ToNearestEven) {
  expectNearestEven(0x7bff, f32ToF16, f16ToF32);
}
TEST(HalfFloat, roundsBF16ToNearestEven) {
  // bf16's smallest numbers are as small as f32's: start where f32 has bits
  // left below them, which is everywhere, as f32 has 16 more.
  expectNearestEven(0x7f7f, f32ToBF16, bf16ToF32);
}

TEST(HalfFloat, knownF16Values) {
  EXPECT_EQ(f32ToF16(0.0f), 0x0000);
  EXPECT_EQ(f32ToF16(-0.0f), 0x8000);
  EXPECT_EQ(f32ToF16(1.0f), 0x3c00);
  EXPECT_EQ(f32ToF16(-2.0f), 0xc000);
  EXPECT_EQ(f32ToF16(65504.0f), 0x7bff);
  EXPECT_EQ(f16ToF32(0x3555), 0.333251953125f);
  EXPECT_EQ(f16ToF32(0x0001), 0x1p-24f);
  EXPECT_EQ(f16ToF32(0x0400), 0x1p-14f);
}

TEST(HalfFloat, f16OverflowsToInfinity) {
  // 65520 lies in the middle between 65504 and 2^16: ties go to even, up.
  EXPECT_EQ(f32ToF16(std::nextafter(65520.0f, 0.0f)), 0x7bff);
  EXPECT_EQ(f32ToF16(65520.0f), 0x7c00);
  EXPECT_EQ(f32ToF16(1e30f), 0x7c00);
  EXPECT_EQ(f32ToF16(-1e30f), 0xfc00);
  EXPECT_EQ(f32ToF16(std::numeric_limits<float>::infinity()), 0x7c00);
}

TEST(HalfFloat, f16UnderflowsToZero) {
  EXPECT_EQ(f32ToF16(0x1p-25f), 0x0000); // a tie with 2^-24: even is zero
  EXPECT_EQ(f32ToF16(std::nextafter(0x1p-25f, 1.0f)), 0x0001);
  EXPECT_EQ(f32ToF16(-0x1p-26f), 0x8000);
  EXPECT_EQ(f32ToF16(std::numeric_limits<float>::denorm_min()), 0x0000);
}

TEST(HalfFloat, bf16OverflowsToInfinity) {
  EXPECT_EQ(f32ToBF16(std::numeric_limits<float>::max()), 0x7f80);
  EXPECT_EQ(f32ToBF16(-std::numeric_limits<float>::max()), 0xff80);
  EXPECT_EQ(f32ToBF16(1.0f), 0x3f80);
}

TEST(HalfFloat, nanStaysNan) {
  // A NaN whose payload is only in the bits that are cut off.
  float nan = detail::floatOf(0x7f800001);
  EXPECT_TRUE(std::isnan(f16ToF32(f32ToF16(nan))));
  EXPECT_TRUE(std::isnan(bf16ToF32(f32ToBF16(nan))));
  float negative = detail::floatOf(0xffffffff);
  EXPECT_EQ(f32ToF16(negative), 0xffff);
  EXPECT_EQ(f32ToBF16(negative), 0xffff);
}

} // namespace
