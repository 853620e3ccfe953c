//===- Timing.h - What a set of samples says --------------------*- C++ -*-===//

#ifndef RECFLEX_RUNTIME_TIMING_H
#define RECFLEX_RUNTIME_TIMING_H

#include <cstdint>
#include <vector>

namespace recflex {

/// Quantiles of measured times, in seconds.
struct Timing {
  double median = 0;
  double p10 = 0;
  double p90 = 0;
  int64_t samples = 0;

  /// (p90 - p10) / median: how far to trust the median.
  double spread() const { return median > 0 ? (p90 - p10) / median : 0; }
};

/// The quantiles of `seconds`, interpolated linearly between neighbours; all
/// zero when it is empty.
Timing summarize(std::vector<double> seconds);

/// How long requests took, in seconds.
struct Latency {
  double p50 = 0, p90 = 0, p99 = 0, p999 = 0, max = 0;
  int64_t samples = 0;
};

/// The same quantiles of `seconds`; all zero when it is empty. Those past
/// 1 - 1/samples lie between the two largest.
Latency summarizeLatency(std::vector<double> seconds);

} // namespace recflex

#endif // RECFLEX_RUNTIME_TIMING_H
