//===- ExactMath.cpp - log and exp with the same bits everywhere ----------===//

#include "ExactMath.h"

#include <cmath>
#include <cstdint>
#include <cstring>

// A fused multiply-add rounds once where the formulas below round twice. Other
// compilers do not contract in standard C++ mode.
#ifdef __clang__
#pragma clang fp contract(off)
#endif

namespace recflex::exact {

// log(2) as a sum: the high part has 21 trailing zero bits, so that small
// multiples of it are exact.
static constexpr double log2High = 0x1.62e42feep-1;
static constexpr double log2Low = 0x1.a39ef35793c76p-33;

/// atanh(s) / s from s squared, at most 1/16: the series' first 13 terms leave
/// an error below 2^-56.
static double atanhOverS(double squared) {
  double sum = 0;
  for (int k = 12; k >= 0; --k)
    sum = sum * squared + 1.0 / (2 * k + 1);
  return sum;
}

/// (exp(r) - 1) / r for |r| at most 0.36: the series' first 14 terms leave an
/// error below 2^-58.
static double shortExpm1OverX(double r) {
  double sum = 1;
  for (int k = 14; k >= 2; --k)
    sum = 1 + sum * (r * (1.0 / k));
  return sum;
}

double log(double x) {
  uint64_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  // The significand in [sqrt(1/2), sqrt(2)) and the exponent that goes with it.
  constexpr uint64_t sqrtHalf = 0x3fe6a09e667f3bcd;
  int64_t exponent = static_cast<int64_t>(bits - sqrtHalf) >> 52;
  bits -= static_cast<uint64_t>(exponent) << 52;
  double m;
  std::memcpy(&m, &bits, sizeof m);
  double s = (m - 1) / (m + 1);
  double small = 2 * s * atanhOverS(s * s);
  return exponent * log2High + (small + exponent * log2Low);
}

double exp(double x) {
  double multiple = std::floor(x * (1 / (log2High + log2Low)) + 0.5);
  double r = (x - multiple * log2High) - multiple * log2Low;
  uint64_t bits = static_cast<uint64_t>(static_cast<int64_t>(multiple) + 1023)
                  << 52;
  double power;
  std::memcpy(&power, &bits, sizeof power);
  return power * (1 + r * shortExpm1OverX(r));
}

double log1pOverX(double x) {
  if (std::fabs(x) > 0.4)
    return log(1 + x) / x;
  double s = x / (2 + x);
  return 2 / (2 + x) * atanhOverS(s * s);
}

double expm1OverX(double x) {
  if (std::fabs(x) > 0.35)
    return (exp(x) - 1) / x;
  return shortExpm1OverX(x);
}

} // namespace recflex::exact
