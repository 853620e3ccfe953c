//===- RandomTest.cpp - Reproducible pseudo-random numbers ----------------===//

#include "recflex/Data/Random.h"

#include "ExactMath.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

using namespace recflex;

namespace {

TEST(Random, mixIsSplitmix64) {
  // The generator's published first outputs for the seed 1234567.
  const uint64_t expected[] = {6457827717110365317u, 3203168211198807973u,
                               9817491932198370423u, 4593380528125082431u,
                               16408922859458223821u};
  uint64_t state = 1234567;
  for (uint64_t output : expected) {
    EXPECT_EQ(mix(state), output);
    state += goldenStep;
  }
}

TEST(Random, streamIsXoshiro256StarStar) {
  // The published algorithm, on a state from the published seeding.
  uint64_t s[4];
  uint64_t seed = 42;
  for (uint64_t &word : s) {
    word = mix(seed);
    seed += goldenStep;
  }
  auto rotl = [](uint64_t x, int k) { return (x << k) | (x >> (64 - k)); };
  RandomStream stream(42);
  for (int i = 0; i < 1000; ++i) {
    uint64_t expected = rotl(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotl(s[3], 45);
    EXPECT_EQ(stream.next(), expected);
  }
}

TEST(Random, keysCountInTheirOrder) {
  std::set<uint64_t> keys;
  for (uint64_t a = 0; a < 30; ++a)
    for (uint64_t b = 0; b < 30; ++b)
      for (uint64_t c = 0; c < 30; ++c)
        keys.insert(mixKeys(a, b, c));
  EXPECT_EQ(keys.size(), 27000u);
}

TEST(Random, unitsStayBelowOne) {
  EXPECT_EQ(unitDouble(0), 0.0);
  EXPECT_EQ(unitDouble(UINT64_MAX), 1 - 0x1p-53);
  EXPECT_EQ(unitFloat(0), 0.0f);
  EXPECT_EQ(unitFloat(UINT64_MAX), 1 - 0x1p-24f);
}

TEST(Random, belowIsUniform) {
  RandomStream stream(1);
  EXPECT_EQ(stream.below(1), 0u);
  std::vector<int> counts(7);
  for (int i = 0; i < 70000; ++i)
    ++counts[stream.below(7)];
  double chiSquare = 0;
  for (int count : counts)
    chiSquare += (count - 10000.0) * (count - 10000.0) / 10000.0;
  EXPECT_LT(chiSquare, 22.5); // 6 degrees of freedom, p = 0.001
  // Three halves of 2^63 in a row of 2^64: plain scaling would draw the lower
  // half of the numbers twice as often.
  uint64_t bound = uint64_t(3) << 62;
  int low = 0;
  for (int i = 0; i < 30000; ++i) {
    uint64_t x = stream.below(bound);
    ASSERT_LT(x, bound);
    low += x < bound / 2;
  }
  EXPECT_NEAR(low, 15000, 500);
}

TEST(ExactMath, agreesWithTheLibrary) {
  constexpr double tolerance = 4e-16; // about four units in the last place
  for (double x = 1e-300; x < 1e300; x *= 1.7) {
    double expected = std::log(x);
    EXPECT_NEAR(exact::log(x), expected,
                tolerance * std::max(1.0, std::fabs(expected)));
  }
  for (double x = 0.3; x < 3; x += 0.0007)
    EXPECT_NEAR(exact::log(x), std::log(x), tolerance);
  EXPECT_EQ(exact::log(1.0), 0.0);
  for (double x = -600; x < 600; x += 0.37)
    EXPECT_NEAR(exact::exp(x) / std::exp(x), 1, 4 * tolerance);
  EXPECT_EQ(exact::exp(0.0), 1.0);
  for (double x = -0.999; x < 5; x += 0.0013)
    EXPECT_NEAR(exact::log1pOverX(x) * x, std::log1p(x),
                tolerance * std::max(1.0, std::fabs(std::log1p(x))));
  for (double x = -30; x < 30; x += 0.011)
    EXPECT_NEAR(exact::expm1OverX(x) * x / std::expm1(x), 1, 8 * tolerance);
  EXPECT_EQ(exact::log1pOverX(0.0), 1.0);
  EXPECT_EQ(exact::expm1OverX(0.0), 1.0);
  EXPECT_NEAR(exact::expm1OverX(1e-12), 1 + 5e-13, 1e-16);
}

TEST(ExactMath, hasTheSameBitsEverywhere) {
  // Sums over many arguments, to the last bit; other numbers here mean that
  // generated data differ between builds.
  double logs = 0, exps = 0;
  for (int i = 1; i < 2000; ++i) {
    logs += exact::log(i * 0.37);
    exps += exact::exp(-i * 0.01) + exact::expm1OverX(i * 0.003) +
            exact::log1pOverX(i * 0.004);
  }
  EXPECT_EQ(logs, 0x1.5e5b4e237edbdp+13);
  EXPECT_EQ(exps, 0x1.c2ef6d0c8b2fbp+14);
}

} // namespace
