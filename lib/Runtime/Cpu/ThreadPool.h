//===- ThreadPool.h - Threads that callers share ----------------*- C++ -*-===//

#ifndef RECFLEX_LIB_RUNTIME_CPU_THREADPOOL_H
#define RECFLEX_LIB_RUNTIME_CPU_THREADPOOL_H

#include "recflex/Support/Result.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <pthread.h>
#include <vector>

namespace recflex {

/// Threads for any number of callers at once. A caller always works on its own
/// job; threads of the pool help while fewer than threads() work in all, and
/// go to the job with the fewest helpers. So callers share the pool evenly, and
/// with as many callers as threads each does its own work.
class CpuThreadPool {
public:
  /// A pool in which `threads` threads work at once, at least 1: it starts one
  /// fewer, for a caller is the other. Errors: the host cannot start them.
  static Result<std::unique_ptr<CpuThreadPool>> create(int32_t threads);
  ~CpuThreadPool();

  int32_t threads() const { return limit; }

  /// Calls work(piece) for each piece in [0, pieces), in any order, `claim`
  /// neighbouring ones at a time on one thread; returns when all are done.
  /// Allocates nothing; `work` must not throw.
  template <typename Work>
  void run(int64_t pieces, int64_t claim, const Work &work) {
    Job job;
    job.context = &work;
    job.call = [](const void *context, int64_t piece) {
      (*static_cast<const Work *>(context))(piece);
    };
    job.pieces = pieces;
    job.claim = claim;
    run(job);
  }

private:
  /// One call of run(), on the caller's stack.
  struct Job {
    const void *context = nullptr;
    void (*call)(const void *context, int64_t piece) = nullptr;
    int64_t pieces = 0;
    int64_t claim = 1;
    std::atomic<int64_t> next{0}; ///< the first piece that nobody has taken

    // Under the pool's mutex.
    int32_t helpers = 0;
    std::condition_variable left; ///< the last helper has gone
    Job *before = nullptr, *after = nullptr;
  };

  explicit CpuThreadPool(int32_t threads) : limit(threads) {}
  void run(Job &job);
  void help();
  bool takePieces(Job &job);
  Job *pickJob();
  void wakeIfUseful();

  const int32_t limit;
  std::vector<pthread_t> workers;

  std::mutex mutex;
  std::condition_variable wake;
  bool stopping = false;
  int32_t working = 0; ///< callers and helpers
  int32_t idle = 0;    ///< threads of the pool that wait
  Job *first = nullptr, *last = nullptr;
  /// Raised with every new job: helpers then look where they are needed most.
  std::atomic<uint64_t> arrivals{0};
};

} // namespace recflex

#endif // RECFLEX_LIB_RUNTIME_CPU_THREADPOOL_H
