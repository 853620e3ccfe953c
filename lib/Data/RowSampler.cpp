//===- RowSampler.cpp - Which rows of a table are looked up ---------------===//

#include "RowSampler.h"

#include "ExactMath.h"

#include <algorithm>

#ifdef __clang__
#pragma clang fp contract(off) // see ExactMath.cpp
#endif

namespace recflex {

Permutation::Permutation(uint64_t key, int64_t size) : size(size) {
  int bits = 0;
  while (bits < 63 && (uint64_t(1) << bits) < this->size)
    ++bits;
  mask = (uint64_t(1) << bits) - 1;
  // A shift by at least one bit keeps x ^ (x >> shift) a bijection.
  shift = std::max(1, (bits + 1) / 2);
  RandomStream stream(key);
  for (Round &round : rounds) {
    round.factor = stream.next() | 1;
    round.summand = stream.next();
  }
}

ZipfSampler::ZipfSampler(uint64_t key, int64_t rows, double exponent)
    : permutation(key, rows), rows(rows), exponent(exponent) {
  low = integral(1.5) - 1;
  high = integral(this->rows + 0.5);
  safe = 2 - inverseIntegral(integral(2.5) - density(2));
}

double ZipfSampler::density(double x) const {
  return exact::exp(-exponent * exact::log(x));
}

// (x^(1-e) - 1) / (1-e), and log(x) for e = 1, in one formula without
// cancellation.
double ZipfSampler::integral(double x) const {
  double logX = exact::log(x);
  return logX * exact::expm1OverX((1 - exponent) * logX);
}

double ZipfSampler::inverseIntegral(double area) const {
  // Rounding may bring the argument to -1, where the logarithm ends.
  double t = std::max((1 - exponent) * area, -1 + 0x1p-53);
  return exact::exp(area * exact::log1pOverX(t));
}

int64_t ZipfSampler::drawRank(RandomStream &stream) const {
  for (;;) {
    // Between `low` and `high`, rank k has an area of at least its density;
    // what is left over at its lower end is rejected.
    double area = high + stream.unit() * (low - high);
    double x = inverseIntegral(area);
    double rank = std::min(
        std::max(static_cast<double>(static_cast<int64_t>(x + 0.5)), 1.0),
        rows);
    if (rank - x <= safe || area >= integral(rank + 0.5) - density(rank))
      return static_cast<int64_t>(rank);
  }
}

} // namespace recflex
