//===- Load.cpp - A server under load -------------------------------------===//

#include "recflex/Serving/Load.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace recflex {

namespace {

using Clock = std::chrono::steady_clock;

double secondsBetween(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

/// Tells threads when to begin and when to stop.
class Schedule {
public:
  explicit Schedule(const LoadOptions &options)
      : options(options), left(options.launches) {}

  /// All threads wait here until begin().
  void await() {
    std::unique_lock<std::mutex> lock(mutex);
    started.wait(lock, [this] { return begun; });
  }

  Clock::time_point begin() {
    std::lock_guard<std::mutex> lock(mutex);
    begun = true;
    start = Clock::now();
    started.notify_all();
    return start;
  }

  /// Whether the calling thread may launch once more.
  bool next() {
    if (stopped.load(std::memory_order_relaxed))
      return false;
    if (options.launches > 0)
      return left.fetch_sub(1, std::memory_order_relaxed) > 0;
    return secondsBetween(start, Clock::now()) < options.seconds;
  }

  void stop() { stopped = true; }

private:
  const LoadOptions &options;
  std::mutex mutex;
  std::condition_variable started;
  bool begun = false;
  Clock::time_point start;
  std::atomic<int64_t> left;
  std::atomic<bool> stopped{false};
};

/// One thread's part of a report.
struct ThreadReport {
  std::vector<double> latency, launch;
  int64_t batches = 0, samples = 0, lookups = 0, compared = 0;
  int64_t differingWords = 0;
  Status outcome;
};

/// One thread of the load.
class Client {
public:
  Client(Worker &worker, const std::vector<BatchCost> &costs,
         const LoadOptions &options, Schedule &schedule, size_t number)
      : worker(worker), costs(costs), options(options), schedule(schedule),
        number(number) {}

  void run() {
    schedule.await();
    report.outcome = work();
    if (!report.outcome)
      schedule.stop();
  }

  const ThreadReport &result() const { return report; }

private:
  Status work() {
    for (size_t turn = 1; schedule.next(); ++turn) {
      size_t batch = (number + turn) % costs.size();
      bool compares = options.compareEvery > 0 &&
                      turn % static_cast<size_t>(options.compareEvery) == 0;
      if (Status status = compares ? runCompared(batch) : runTimed(batch);
          !status)
        return status;
      ++report.batches;
      report.samples += costs[batch].samples;
      report.lookups += costs[batch].lookups;
    }
    Result<int64_t> differences = worker.differences();
    if (!differences)
      return differences.error();
    report.differingWords = *differences;
    return {};
  }

  Status runTimed(size_t batch) {
    Clock::time_point begin = Clock::now();
    if (Status status = worker.launch(batch); !status)
      return status;
    Clock::time_point enqueued = Clock::now();
    if (Status status = worker.wait(); !status)
      return status;
    report.latency.push_back(secondsBetween(begin, Clock::now()));
    report.launch.push_back(secondsBetween(begin, enqueued));
    return {};
  }

  Status runCompared(size_t batch) {
    if (Status status = worker.poison(); !status)
      return status;
    if (Status status = worker.launch(batch); !status)
      return status;
    if (Status status = worker.compare(batch); !status)
      return status;
    ++report.compared;
    return worker.wait();
  }

  Worker &worker;
  const std::vector<BatchCost> &costs;
  const LoadOptions &options;
  Schedule &schedule;
  size_t number;
  ThreadReport report;
};

} // namespace

static Status checkOptions(const LoadOptions &options, size_t batches) {
  if (batches == 0)
    return makeError("there is no batch to run; give at least one");
  if (options.threads < 1 || options.streams < 1)
    return makeError(options.threads, " threads and ", options.streams,
                     " streams; both must be at least 1");
  if (options.launches < 0 || options.compareEvery < 0)
    return makeError(options.launches, " launches, every ",
                     options.compareEvery,
                     "th compared; neither may be negative");
  if (options.launches == 0 && !(options.seconds > 0))
    return makeError("the load lasts ", options.seconds,
                     " seconds; give more than 0, or a number of launches");
  return {};
}

static LoadReport gather(const std::vector<Client> &clients, double seconds) {
  LoadReport total;
  total.seconds = seconds;
  std::vector<double> latency, launch;
  for (const Client &client : clients) {
    const ThreadReport &part = client.result();
    latency.insert(latency.end(), part.latency.begin(), part.latency.end());
    launch.insert(launch.end(), part.launch.begin(), part.launch.end());
    total.batches += part.batches;
    total.samples += part.samples;
    total.lookups += part.lookups;
    total.compared += part.compared;
    total.differingWords += part.differingWords;
    if (part.outcome)
      continue;
    if (total.errors++ == 0)
      total.firstError = part.outcome.error().message;
  }
  total.latency = summarizeLatency(std::move(latency));
  total.launch = summarizeLatency(std::move(launch));
  return total;
}

Result<LoadReport> runLoad(Server &server, const std::vector<BatchCost> &costs,
                           const LoadOptions &options) {
  if (Status status = checkOptions(options, costs.size()); !status)
    return status.error();
  std::vector<std::unique_ptr<Worker>> workers;
  for (int64_t i = 0; i != options.threads; ++i) {
    auto worker = server.createWorker(i % options.streams);
    if (!worker)
      return worker.error().in("thread " + std::to_string(i));
    workers.push_back(std::move(*worker));
  }

  Schedule schedule(options);
  std::vector<Client> clients;
  for (size_t i = 0; i != workers.size(); ++i)
    clients.emplace_back(*workers[i], costs, options, schedule, i);
  std::vector<std::thread> threads;
  for (Client &client : clients)
    threads.emplace_back([&client] { client.run(); });
  Clock::time_point begin = schedule.begin();
  for (std::thread &thread : threads)
    thread.join();
  return gather(clients, secondsBetween(begin, Clock::now()));
}

Result<std::vector<std::vector<float>>> runAlone(Worker &worker,
                                                 size_t batches) {
  std::vector<std::vector<float>> outputs;
  for (size_t batch = 0; batch != batches; ++batch) {
    Status status = worker.poison();
    if (status)
      status = worker.launch(batch);
    if (!status)
      return status.error().in("batch " + std::to_string(batch));
    auto output = worker.output(batch);
    if (!output)
      return output.error().in("batch " + std::to_string(batch));
    outputs.push_back(std::move(*output));
  }
  return outputs;
}

} // namespace recflex
