//===- RankCorrelation.cpp - Do two figures rank alike? -------------------===//

#include "recflex/Tuning/Explain/RankCorrelation.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace recflex {

std::vector<double> ranksOf(const std::vector<double> &values) {
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (size_t begin = 0, end = 0; begin != order.size(); begin = end) {
    while (end != order.size() && values[order[end]] == values[order[begin]])
      ++end;
    // Of the ranks begin + 1 to end, the mean.
    for (size_t i = begin; i != end; ++i)
      ranks[order[i]] = static_cast<double>(begin + 1 + end) / 2;
  }
  return ranks;
}

void RankCorrelation::addGroup(const Pairs &pairs) {
  if (pairs.size() < kLeastPairs)
    return;
  std::vector<double> first, second;
  for (auto [one, other] : pairs) {
    first.push_back(one);
    second.push_back(other);
  }
  first = ranksOf(first);
  second = ranksOf(second);
  // As parts of the group's size: a group counts by its pairs, not their cube.
  double count = static_cast<double>(pairs.size());
  for (size_t i = 0; i != pairs.size(); ++i) {
    double one = first[i] / count - (count + 1) / (2 * count);
    double other = second[i] / count - (count + 1) / (2 * count);
    covariance += one * other;
    firstVariance += one * one;
    secondVariance += other * other;
  }
}

std::optional<double> RankCorrelation::value() const {
  double scale = std::sqrt(firstVariance * secondVariance);
  if (!(scale > 0))
    return std::nullopt;
  return std::clamp(covariance / scale, -1.0, 1.0);
}

std::optional<double> spearman(const Pairs &pairs) {
  RankCorrelation correlation;
  correlation.addGroup(pairs);
  return correlation.value();
}

std::optional<double> medianOf(std::vector<double> values) {
  if (values.empty())
    return std::nullopt;
  std::sort(values.begin(), values.end());
  size_t middle = values.size() / 2;
  if (values.size() % 2)
    return values[middle];
  return (values[middle - 1] + values[middle]) / 2;
}

} // namespace recflex
