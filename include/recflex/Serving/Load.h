//===- Load.h - A server under load -----------------------------*- C++ -*-===//

#ifndef RECFLEX_SERVING_LOAD_H
#define RECFLEX_SERVING_LOAD_H

#include "recflex/Runtime/Timing.h"
#include "recflex/Serving/Server.h"

namespace recflex {

struct LoadOptions {
  int64_t threads = 1;
  int64_t streams = 1; ///< thread i launches in stream i modulo this
  /// When to stop: after so many launches, of all threads together, or else
  /// (0) after so many seconds.
  int64_t launches = 0;
  double seconds = 5;
  /// Every n-th launch of a thread is compared, and not timed; 0: none is.
  int64_t compareEvery = 16;
};

/// What a batch asks for.
struct BatchCost {
  int64_t samples = 0;
  int64_t lookups = 0;
};

/// What the threads saw together.
struct LoadReport {
  Latency latency; ///< of a batch: from before its launch until it is done
  Latency launch;  ///< of the call alone that enqueues it
  double seconds = 0;
  int64_t batches = 0, samples = 0, lookups = 0; ///< done in that time
  int64_t compared = 0;       ///< batches whose output was looked at
  int64_t differingWords = 0; ///< of all outputs compared
  int64_t errors = 0;         ///< threads that gave up
  std::string firstError;     ///< what the first of them had to say

  bool passed() const {
    return errors == 0 && differingWords == 0 && batches > 0;
  }
};

/// Runs `server`'s batches, one of `costs` each, from many threads. A thread
/// has one batch under way at a time and begins with another one than its
/// neighbours. The first error stops all. Errors: options that make no sense;
/// a worker that cannot be made.
Result<LoadReport> runLoad(Server &server, const std::vector<BatchCost> &costs,
                           const LoadOptions &options);

/// Runs every batch once, alone: the outputs that a loaded server must repeat.
Result<std::vector<std::vector<float>>> runAlone(Worker &worker,
                                                 size_t batches);

} // namespace recflex

#endif // RECFLEX_SERVING_LOAD_H
