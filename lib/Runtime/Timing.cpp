//===- Timing.cpp - What a set of samples says ----------------------------===//

#include "recflex/Runtime/Timing.h"

#include <algorithm>

namespace recflex {

static double quantile(const std::vector<double> &sorted, double q) {
  double position = q * static_cast<double>(sorted.size() - 1);
  size_t below = static_cast<size_t>(position);
  size_t above = std::min(below + 1, sorted.size() - 1);
  double share = position - static_cast<double>(below);
  return sorted[below] + share * (sorted[above] - sorted[below]);
}

Timing summarize(std::vector<double> seconds) {
  if (seconds.empty())
    return {};
  std::sort(seconds.begin(), seconds.end());
  return {quantile(seconds, 0.5), quantile(seconds, 0.1),
          quantile(seconds, 0.9), static_cast<int64_t>(seconds.size())};
}

Latency summarizeLatency(std::vector<double> seconds) {
  if (seconds.empty())
    return {};
  std::sort(seconds.begin(), seconds.end());
  return {quantile(seconds, 0.5),   quantile(seconds, 0.9),
          quantile(seconds, 0.99),  quantile(seconds, 0.999),
          seconds.back(),           static_cast<int64_t>(seconds.size())};
}

} // namespace recflex
