//===- RowSampler.h - Which rows of a table are looked up -------*- C++ -*-===//
//
// Two ways to draw rows that need no memory, however many rows there are.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_LIB_DATA_ROWSAMPLER_H
#define RECFLEX_LIB_DATA_ROWSAMPLER_H

#include "recflex/Data/Random.h"

#include <cstdint>

namespace recflex {

/// Draws row r in proportion to a weight of its own: the cube root of a number
/// uniform in [0, 1), as the original RecFlex has it.
class CubeRootSampler {
public:
  /// `key` tells tables apart.
  CubeRootSampler(uint64_t key, int64_t rows) : key(key), rows(rows) {}

  /// Exact, by rejection: a row drawn uniformly is taken with a probability of
  /// its weight. u < cbrt(w) is u^3 < w, so no root is drawn. Three of four
  /// rows are taken.
  int64_t draw(RandomStream &stream) const {
    for (;;) {
      uint64_t row = stream.below(rows);
      double u = stream.unit();
      if (u * u * u < cubedWeight(row))
        return row;
    }
  }

  /// The third power of a row's weight.
  double cubedWeight(uint64_t row) const {
    return unitDouble(mix(key ^ (row * goldenStep)));
  }

private:
  uint64_t key;
  uint64_t rows;
};

/// A pseudo-random permutation of the numbers below `size`.
class Permutation {
public:
  Permutation(uint64_t key, int64_t size);

  uint64_t operator()(uint64_t x) const {
    // Bijections of the next power of two, applied until the number is below
    // the size again (cycle walking): a bijection of the numbers below it.
    do {
      for (const Round &round : rounds) {
        x = (x * round.factor + round.summand) & mask;
        x ^= x >> shift;
      }
    } while (x >= size);
    return x;
  }

private:
  struct Round {
    uint64_t factor; ///< odd
    uint64_t summand;
  };
  Round rounds[4];
  uint64_t size;
  uint64_t mask;
  int shift;
};

/// Draws the row of popularity rank k = 1, 2, ... in proportion to
/// k^-exponent; ranks are scattered over the rows, so that popular rows are
/// not neighbours. Rejection-inversion: Hormann and Derflinger,
/// Rejection-inversion to generate variates from monotone discrete
/// distributions, TOMACS 1996.
class ZipfSampler {
public:
  /// `key` tells tables apart; `exponent` is at least 0.
  ZipfSampler(uint64_t key, int64_t rows, double exponent);

  int64_t draw(RandomStream &stream) const {
    return permutation(drawRank(stream) - 1);
  }

  /// A rank from 1 to `rows`.
  int64_t drawRank(RandomStream &stream) const;

private:
  double density(double x) const;  ///< x^-exponent
  double integral(double x) const; ///< of the density, from 1 to x
  double inverseIntegral(double area) const;

  Permutation permutation;
  double rows;
  double exponent;
  double low;  ///< the area at which rank 1 begins
  double high; ///< the area at which the last rank ends
  double safe; ///< this close below its rank, a number needs no further test
};

} // namespace recflex

#endif // RECFLEX_LIB_DATA_ROWSAMPLER_H
