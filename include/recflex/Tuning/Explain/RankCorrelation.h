//===- RankCorrelation.h - Do two figures rank alike? -----------*- C++ -*-===//

#ifndef RECFLEX_TUNING_EXPLAIN_RANKCORRELATION_H
#define RECFLEX_TUNING_EXPLAIN_RANKCORRELATION_H

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace recflex {

/// Pairs of figures of the same things: an estimate and a measurement.
using Pairs = std::vector<std::pair<double, double>>;

/// Pairs from which on a correlation says anything: two always rank alike, or
/// the other way round.
constexpr size_t kLeastPairs = 3;

/// The rank of each value, from 1 on; equal ones share the mean of their ranks.
std::vector<double> ranksOf(const std::vector<double> &values);

/// Correlations of the ranks that pairs have within their groups, so that a
/// group of small figures counts as one of large ones. One group gives
/// Spearman's coefficient.
class RankCorrelation {
public:
  /// A group of less than kLeastPairs is left out.
  void addGroup(const Pairs &pairs);

  /// From -1 (the other way round) to 1 (alike). None if no group was large
  /// enough or all figures of one side were equal.
  std::optional<double> value() const;

private:
  double covariance = 0, firstVariance = 0, secondVariance = 0;
};

/// Spearman's rank correlation coefficient.
std::optional<double> spearman(const Pairs &pairs);

/// The value in the middle, or the mean of the two there; none of none.
std::optional<double> medianOf(std::vector<double> values);

} // namespace recflex

#endif // RECFLEX_TUNING_EXPLAIN_RANKCORRELATION_H
