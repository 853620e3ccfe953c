//===- Server.h - A model that many threads launch --------------*- C++ -*-===//
//
// What load and endurance tests run on, whatever the device: an artifact with
// its tables and some batches, loaded once, and workers that launch them.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_SERVING_SERVER_H
#define RECFLEX_SERVING_SERVER_H

#include "recflex/Runtime/FaultReport.h"
#include "recflex/Support/Result.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace recflex {

/// A context, the stream that it launches in, and an output of its own. One
/// thread uses it at a time. What is enqueued runs in order.
class Worker {
public:
  virtual ~Worker() = default;

  /// Enqueues: all of the output becomes NaN, so that what a launch does not
  /// write shows.
  virtual Status poison() = 0;
  /// Enqueues batch number `batch`.
  virtual Status launch(size_t batch) = 0;
  /// Enqueues: counts the words of the output that are not, bit for bit, those
  /// that Server::expect() was given for `batch`.
  virtual Status compare(size_t batch) = 0;
  /// Waits for all that this worker has enqueued.
  virtual Status wait() = 0;

  /// Words that have differed so far; waits.
  virtual Result<int64_t> differences() = 0;
  /// The output of the last launch, which was of `batch`: [samples,
  /// outputWidth]; waits.
  virtual Result<std::vector<float>> output(size_t batch) = 0;

  /// What the context's checks have found since the last call; waits.
  virtual Result<FaultReport> takeFaults() = 0;
};

/// A loaded model, which outlives its workers. The workers of one server may
/// run at the same time; its own functions are called from one thread.
class Server {
public:
  virtual ~Server() = default;

  /// A worker in stream `stream`, counted from 0; the server makes those that
  /// it does not have yet, and workers of one number share one.
  virtual Result<std::unique_ptr<Worker>> createWorker(int64_t stream) = 0;

  /// A worker that replays one captured launch: launch() changes the contents
  /// of the arrays that it reads, whose addresses stay the same. All batches
  /// have equally many samples. An error where there are no graphs.
  virtual Result<std::unique_ptr<Worker>> createReplayer() = 0;

  /// Loads the artifact once more, with a context, and drops both.
  virtual Status reload() = 0;

  /// Says what each batch's output must be; called before any compare().
  virtual Status expect(const std::vector<std::vector<float>> &outputs) = 0;

  /// Bytes of the device's memory that nobody has allocated; on the CPU minus
  /// the memory that this process holds.
  virtual Result<int64_t> freeMemory() const = 0;

  /// One line on where it runs, for people.
  virtual std::string describe() const = 0;
};

} // namespace recflex

#endif // RECFLEX_SERVING_SERVER_H
