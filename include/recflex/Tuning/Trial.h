//===- Trial.h - What came of trying a schedule -----------------*- C++ -*-===//

#ifndef RECFLEX_TUNING_TRIAL_H
#define RECFLEX_TUNING_TRIAL_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace recflex {

enum class Outcome : uint8_t {
  ok,             ///< ran, and the output matched the reference
  compileFailed,  ///< no PTX came out
  assembleFailed, ///< ptxas or the driver refused the PTX
  wrongResult,    ///< the output differs from the reference
  crashed,        ///< an illegal access, a trap
  timedOut,       ///< not done within the time limit
  deviceLost,     ///< the device is gone: says nothing of the schedule
};

std::string_view toString(Outcome outcome);
std::optional<Outcome> parseOutcome(std::string_view name);

/// Whether the schedule's code is not to be trusted: at no occupancy, for the
/// next batch may be the one that it goes wrong on.
constexpr bool isDangerous(Outcome outcome) {
  return outcome == Outcome::wrongResult || outcome == Outcome::crashed ||
         outcome == Outcome::timedOut;
}

/// One candidate of a class under interference, or one fused kernel. Figures
/// mean something only if the outcome is ok.
struct Trial {
  Outcome outcome = Outcome::ok;
  /// Of a candidate: block-seconds a batch, the sum of the durations of its
  /// blocks. They add up: a fused kernel takes about the sum over its features
  /// / (multiprocessors x blocks a multiprocessor). Of a kernel: seconds a
  /// batch, the median.
  double cost = 0;
  double spread = 0;       ///< of the cost: 90th less 10th percentile
  double longestBlock = 0; ///< seconds of the longest block
  int64_t registers = 0;   ///< a thread
  int64_t spilledBytes = 0;
  /// Of a kernel: the share of each class in the block-seconds.
  std::vector<double> shares;
  std::string message; ///< why not ok

  bool isOk() const { return outcome == Outcome::ok; }
  /// "timed-out: not done after 20 s"; of one that is not ok.
  std::string failure() const;
};

/// Whether `trial` went well and gains, over `best`, more than the part `gain`
/// of its cost and more than the part `noise` of the larger spread.
bool isFaster(const Trial &trial, const Trial &best, double gain, double noise);

} // namespace recflex

#endif // RECFLEX_TUNING_TRIAL_H
