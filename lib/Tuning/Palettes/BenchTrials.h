//===- BenchTrials.h - What a bench says, as trials -------------*- C++ -*-===//

#ifndef RECFLEX_LIB_TUNING_PALETTES_BENCHTRIALS_H
#define RECFLEX_LIB_TUNING_PALETTES_BENCHTRIALS_H

#include "recflex/Profiling/PaletteBench.h"
#include "recflex/Tuning/Trial.h"

#include <chrono>

namespace recflex {

/// Calls `work`, and adds the seconds that it takes.
template <typename Work>
decltype(auto) timed(double &seconds, const Work &work) {
  struct Watch {
    explicit Watch(double &seconds) : seconds(seconds) {}
    ~Watch() {
      seconds += std::chrono::duration<double>(
                     std::chrono::steady_clock::now() - start)
                     .count();
    }
    double &seconds;
    std::chrono::steady_clock::time_point start =
        std::chrono::steady_clock::now();
  } watch(seconds);
  return work();
}

inline Trial failedTrial(Outcome outcome, std::string message) {
  Trial trial;
  trial.outcome = outcome;
  trial.message = std::move(message);
  return trial;
}

inline Trial toTrial(const BenchFailure &failure) {
  switch (failure.kind) {
  case BenchFailure::refused:
    return failedTrial(Outcome::assembleFailed, failure.message);
  case BenchFailure::crashed:
    return failedTrial(Outcome::crashed, failure.message);
  case BenchFailure::timedOut:
    return failedTrial(Outcome::timedOut, failure.message);
  case BenchFailure::deviceLost:
    break;
  }
  return failedTrial(Outcome::deviceLost, failure.message);
}

} // namespace recflex

#endif // RECFLEX_LIB_TUNING_PALETTES_BENCHTRIALS_H
