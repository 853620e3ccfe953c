//===- BagSampler.cpp - How many rows a sample looks up -------------------===//

#include "BagSampler.h"

#include "ExactMath.h"
#include "recflex/Data/ModelLimits.h"

#include <algorithm>
#include <cmath>

#ifdef __clang__
#pragma clang fp contract(off) // see ExactMath.cpp
#endif

namespace recflex {

/// A number of the standard normal distribution, by Marsaglia's polar method.
static double drawNormal(RandomStream &stream) {
  for (;;) {
    double x = 2 * stream.unit() - 1;
    double y = 2 * stream.unit() - 1;
    double square = x * x + y * y;
    if (square < 1 && square > 0)
      return x * std::sqrt(-2 * exact::log(square) / square);
  }
}

/// normal(mean, stddev) truncated to [0, max], rounded to the nearest integer.
static int64_t drawTruncated(double mean, double stddev, int64_t max,
                             RandomStream &stream) {
  // Far out in a tail no number may ever fall into the range: the last one
  // then counts as the range's nearer end. A range that holds one number in
  // fifty is missed a thousand times with a probability of 2e-9.
  constexpr int maxTries = 1000;
  double limit = static_cast<double>(max);
  double x = mean;
  for (int i = 0; i < maxTries; ++i) {
    x = mean + stddev * drawNormal(stream);
    if (x >= 0 && x <= limit)
      break;
  }
  return static_cast<int64_t>(std::min(std::max(x, 0.0), limit) + 0.5);
}

int64_t drawBagLength(const BagDistribution &bags, RandomStream &stream) {
  if (!(stream.unit() < bags.coverage))
    return 0;
  int64_t length = 1;
  switch (bags.kind) {
  case BagDistribution::Kind::oneHot:
    break;
  case BagDistribution::Kind::fixed:
    length = bags.hotness;
    break;
  case BagDistribution::Kind::normal:
    length =
        drawTruncated(bags.mean, bags.stddev,
                      std::clamp<int64_t>(bags.max, 0, maxHotness), stream);
    break;
  case BagDistribution::Kind::normalOneSide:
    length = drawTruncated(bags.mean, bags.stddev, maxHotness, stream);
    break;
  }
  return std::clamp<int64_t>(length, 0, maxHotness);
}

} // namespace recflex
