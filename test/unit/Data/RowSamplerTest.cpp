//===- RowSamplerTest.cpp - Which rows are looked up ----------------------===//

#include "RowSampler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

using namespace recflex;

namespace {

/// How far draws are from what was expected of them: Pearson's statistic minus
/// its mean, in standard deviations. Beyond 5, something is wrong.
double surprise(const std::vector<int64_t> &counts,
                const std::vector<double> &weights) {
  double draws = 0, total = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    draws += counts[i];
    total += weights[i];
  }
  double chiSquare = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    double expected = draws * weights[i] / total;
    chiSquare += (counts[i] - expected) * (counts[i] - expected) / expected;
  }
  double freedom = counts.size() - 1;
  return (chiSquare - freedom) / std::sqrt(2 * freedom);
}

TEST(CubeRootSampler, drawsInProportionToTheWeights) {
  constexpr int64_t rows = 200;
  CubeRootSampler sampler(77, rows);
  RandomStream stream(5);
  std::vector<int64_t> counts(rows);
  for (int i = 0; i < 400000; ++i) {
    int64_t row = sampler.draw(stream);
    ASSERT_TRUE(row >= 0 && row < rows);
    ++counts[row];
  }
  std::vector<double> weights, even(rows, 1.0);
  for (int64_t row = 0; row < rows; ++row)
    weights.push_back(std::cbrt(sampler.cubedWeight(row)));
  EXPECT_LT(std::fabs(surprise(counts, weights)), 5);
  EXPECT_GT(surprise(counts, even), 100);
}

TEST(CubeRootSampler, givesTablesWeightsOfTheirOwn) {
  CubeRootSampler a(1, 10), b(2, 10);
  EXPECT_NE(a.cubedWeight(3), b.cubedWeight(3));
  CubeRootSampler huge(1, int64_t(1) << 40);
  RandomStream stream(5);
  int64_t largest = 0;
  for (int i = 0; i < 1000; ++i)
    largest = std::max(largest, huge.draw(stream));
  EXPECT_GT(largest, (int64_t(1) << 40) / 100 * 95);
  CubeRootSampler single(1, 1);
  EXPECT_EQ(single.draw(stream), 0);
}

TEST(Permutation, isOne) {
  for (int64_t size : {1, 2, 3, 4, 5, 7, 8, 9, 31, 64, 100, 1000, 4097}) {
    for (uint64_t key : {1, 2, 3}) {
      Permutation permutation(key, size);
      std::vector<bool> seen(size);
      for (int64_t i = 0; i < size; ++i) {
        uint64_t x = permutation(i);
        ASSERT_LT(x, uint64_t(size));
        EXPECT_FALSE(seen[x]) << size << " " << i;
        seen[x] = true;
      }
    }
  }
}

TEST(Permutation, scattersNeighbours) {
  for (int64_t size : {1000, 4096, 100000}) {
    Permutation permutation(9, size);
    double distance = 0;
    int64_t near = 0;
    for (int64_t i = 0; i + 1 < size; ++i) {
      int64_t gap =
          std::llabs(int64_t(permutation(i)) - int64_t(permutation(i + 1)));
      distance += gap;
      near += gap <= 4;
    }
    // Two random numbers below n are n / 3 apart on average, and within four
    // of each other in 8 of n cases.
    EXPECT_NEAR(distance / size, size / 3.0, size / 10.0);
    EXPECT_LT(near, 40);
  }
}

TEST(ZipfSampler, ranksFollowThePowerLaw) {
  for (double exponent : {0.0, 0.3, 0.99, 1.0, 1.01, 1.5, 3.0}) {
    constexpr int64_t rows = 50;
    ZipfSampler sampler(3, rows, exponent);
    RandomStream stream(11);
    std::vector<int64_t> counts(rows);
    std::vector<double> weights;
    for (int i = 0; i < 200000; ++i) {
      int64_t rank = sampler.drawRank(stream);
      ASSERT_TRUE(rank >= 1 && rank <= rows) << exponent;
      ++counts[rank - 1];
    }
    for (int64_t rank = 1; rank <= rows; ++rank)
      weights.push_back(std::pow(rank, -exponent));
    EXPECT_LT(std::fabs(surprise(counts, weights)), 5) << exponent;
  }
}

TEST(ZipfSampler, staysInRangeAtTheExtremes) {
  RandomStream stream(4);
  for (double exponent : {0.0, 1.0, 20.0}) {
    for (int64_t rows : {int64_t(1), int64_t(2), int64_t(1) << 40}) {
      ZipfSampler sampler(3, rows, exponent);
      for (int i = 0; i < 2000; ++i) {
        int64_t row = sampler.draw(stream);
        ASSERT_TRUE(row >= 0 && row < rows) << exponent << " " << rows;
      }
    }
  }
  // A steep law draws hardly anything but rank 1.
  ZipfSampler steep(3, 1000, 20.0);
  int first = 0;
  for (int i = 0; i < 2000; ++i)
    first += steep.drawRank(stream) == 1;
  EXPECT_GE(first, 1998);
}

TEST(ZipfSampler, spreadsHotRows) {
  constexpr int64_t rows = 100000;
  ZipfSampler sampler(3, rows, 1.2);
  RandomStream stream(4);
  int64_t lowHalf = 0;
  std::vector<int64_t> counts(rows);
  for (int i = 0; i < 20000; ++i) {
    int64_t row = sampler.draw(stream);
    ++counts[row];
    lowHalf += row < rows / 2;
  }
  // The three most popular rows are not neighbours.
  std::vector<int64_t> hot;
  for (int64_t row = 0; row < rows; ++row)
    if (counts[row] > 600)
      hot.push_back(row);
  ASSERT_GE(hot.size(), 3u);
  for (size_t i = 0; i + 1 < hot.size(); ++i)
    EXPECT_GT(hot[i + 1] - hot[i], 16);
  EXPECT_GT(lowHalf, 0);
  EXPECT_LT(lowHalf, 20000);
}

} // namespace
