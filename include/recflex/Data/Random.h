//===- Random.h - Reproducible pseudo-random numbers ------------*- C++ -*-===//
//
// The same numbers on every platform: 64-bit integer arithmetic, and doubles
// only where each step is exact or correctly rounded by IEEE 754. The standard
// library's distributions differ from library to library and are not used.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_DATA_RANDOM_H
#define RECFLEX_DATA_RANDOM_H

#include <cstdint>

namespace recflex {

/// 2^64 divided by the golden ratio: splitmix64's step.
constexpr uint64_t goldenStep = 0x9e3779b97f4a7c15;

/// The output of splitmix64 at state `x`: a bijection that scatters
/// neighbouring numbers (Steele, Lea, Flood: Fast Splittable Pseudorandom
/// Number Generators, OOPSLA 2014; constants of
/// https://prng.di.unimi.it/splitmix64.c).
constexpr uint64_t mix(uint64_t x) {
  x += goldenStep;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

/// One key from several: each place counts, and so does their order.
template <typename... Keys>
constexpr uint64_t mixKeys(uint64_t seed, Keys... keys) {
  uint64_t key = mix(seed);
  ((key = mix(key ^ static_cast<uint64_t>(keys))), ...);
  return key;
}

/// The 53 high bits of `bits` as a number in [0, 1).
constexpr double unitDouble(uint64_t bits) {
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

/// The 24 high bits of `bits` as a number in [0, 1).
constexpr float unitFloat(uint64_t bits) {
  return static_cast<float>(bits >> 40) * 0x1p-24f;
}

/// xoshiro256** 1.0 by Blackman and Vigna
/// (https://prng.di.unimi.it/xoshiro256starstar.c), seeded by splitmix64.
class RandomStream {
public:
  explicit RandomStream(uint64_t key) {
    for (uint64_t &word : state) {
      word = mix(key);
      key += goldenStep;
    }
  }

  /// 64 random bits.
  uint64_t next() {
    uint64_t result = rotate(state[1] * 5, 7) * 9;
    uint64_t shifted = state[1] << 17;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotate(state[3], 45);
    return result;
  }

  /// Uniform in [0, 1).
  double unit() { return unitDouble(next()); }

  /// Uniform in [0, bound), bound at least 1, without bias (Lemire: Fast
  /// Random Integer Generation in an Interval, TOMACS 2019).
  uint64_t below(uint64_t bound) {
    __uint128_t product = static_cast<__uint128_t>(next()) * bound;
    if (static_cast<uint64_t>(product) < bound) {
      uint64_t threshold = -bound % bound;
      while (static_cast<uint64_t>(product) < threshold)
        product = static_cast<__uint128_t>(next()) * bound;
    }
    return static_cast<uint64_t>(product >> 64);
  }

private:
  static constexpr uint64_t rotate(uint64_t x, int k) {
    return (x << k) | (x >> (64 - k));
  }

  uint64_t state[4];
};

} // namespace recflex

#endif // RECFLEX_DATA_RANDOM_H
