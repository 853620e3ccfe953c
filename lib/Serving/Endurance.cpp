//===- Endurance.cpp - The same, very often -------------------------------===//

#include "recflex/Serving/Endurance.h"

#include <algorithm>
#include <chrono>
#include <sstream>
#include <thread>

namespace recflex {

/// Launches that a worker enqueues before it waits: enough that the device
/// does not run dry, few enough that the driver's queue does not fill up.
constexpr int64_t kQueuedLaunches = 32;

/// Loads after which a driver has taken the memory that it keeps for itself.
constexpr int64_t kWarmUpLoads = 3;

/// Memory that may be gone at the end: what the driver hands out at once, a
/// page of 2 MiB. One lost workspace a load would be past it by far.
constexpr int64_t kFlatBytes = int64_t{2} << 20;

namespace {

class Stopwatch {
public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() -
                                         start)
        .count();
  }

private:
  std::chrono::steady_clock::time_point start =
      std::chrono::steady_clock::now();
};

/// What one worker did.
struct WorkerReport {
  int64_t launches = 0;
  int64_t differingWords = 0;
  Status outcome;
};

} // namespace

static Status launchCompared(Worker &worker, size_t batch) {
  if (Status status = worker.poison(); !status)
    return status;
  if (Status status = worker.launch(batch); !status)
    return status;
  return worker.compare(batch);
}

/// `count` batches, beginning with number `first`.
static WorkerReport launchMany(Worker &worker, size_t batches, size_t first,
                               int64_t count) {
  WorkerReport report;
  for (; report.launches != count; ++report.launches) {
    size_t batch = (first + static_cast<size_t>(report.launches)) % batches;
    report.outcome = launchCompared(worker, batch);
    if (report.outcome && (report.launches + 1) % kQueuedLaunches == 0)
      report.outcome = worker.wait();
    if (!report.outcome)
      return report;
  }
  Result<int64_t> differences = worker.differences();
  if (differences)
    report.differingWords = *differences;
  else
    report.outcome = differences.error();
  return report;
}

/// Sums the workers' reports up.
static EnduranceReport sumUp(const std::vector<WorkerReport> &workers,
                             double seconds) {
  EnduranceReport report;
  report.seconds = seconds;
  int64_t differing = 0;
  for (const WorkerReport &worker : workers) {
    report.count += worker.launches;
    differing += worker.differingWords;
    if (!worker.outcome && report.problem.empty())
      report.problem = worker.outcome.error().message;
  }
  std::ostringstream os;
  os << "every output compared, " << differing << " words differ, "
     << static_cast<int64_t>(static_cast<double>(report.count) / seconds)
     << " a second";
  report.detail = os.str();
  if (report.problem.empty() && differing > 0)
    report.problem = std::to_string(differing) +
                     " words differ from the results of one thread";
  return report;
}

EnduranceReport enduranceLaunches(Server &server, size_t batches, int64_t count,
                                  int64_t threads, int64_t streams) {
  EnduranceReport report;
  std::vector<std::unique_ptr<Worker>> workers;
  for (int64_t i = 0; i != threads; ++i) {
    auto worker = server.createWorker(i % streams);
    if (!worker) {
      report.problem = worker.error().message;
      return report;
    }
    workers.push_back(std::move(*worker));
  }

  Stopwatch watch;
  std::vector<WorkerReport> reports(workers.size());
  std::vector<std::thread> running;
  for (int64_t i = 0; i != threads; ++i)
    running.emplace_back([&, i] {
      int64_t share = count / threads + (i < count % threads);
      reports[i] =
          launchMany(*workers[i], batches, static_cast<size_t>(i), share);
    });
  for (std::thread &thread : running)
    thread.join();
  return sumUp(reports, watch.seconds());
}

EnduranceReport enduranceReplays(Server &server, size_t batches,
                                 int64_t count) {
  EnduranceReport report;
  auto replayer = server.createReplayer();
  if (!replayer) {
    report.problem = replayer.error().message;
    return report;
  }
  Stopwatch watch;
  WorkerReport done = launchMany(**replayer, batches, /*first=*/0, count);
  return sumUp({done}, watch.seconds());
}

/// Loads `count` times; lowers `least` to the least free memory seen.
static Status reloadMany(Server &server, int64_t count, int64_t &done,
                         int64_t &least) {
  for (; done != count; ++done) {
    if (Status status = server.reload(); !status)
      return status;
    auto free = server.freeMemory();
    if (!free)
      return free.error();
    least = std::min(least, *free);
  }
  return {};
}

EnduranceReport enduranceReloads(Server &server, int64_t count) {
  EnduranceReport report;
  int64_t warm = std::min(kWarmUpLoads, count), least = INT64_MAX;
  Stopwatch watch;
  Status status = reloadMany(server, warm, report.count, least);
  auto before = server.freeMemory();
  least = INT64_MAX;
  if (status && before)
    status = reloadMany(server, count, report.count, least);
  auto after = server.freeMemory();
  report.seconds = watch.seconds();
  if (!status)
    report.problem = status.error().message;
  else if (!before || !after)
    report.problem = (before ? after : before).error().message;
  if (!report.problem.empty())
    return report;

  int64_t lost = *before - *after;
  std::ostringstream os;
  os << "free memory " << *before << " bytes after " << warm << " loads, "
     << *after << " at the end, drift " << -lost << ", "
     << report.seconds * 1e3 / static_cast<double>(report.count)
     << " ms a load";
  if (least != INT64_MAX)
    os << ", at least " << least << " throughout";
  report.detail = os.str();
  if (lost > kFlatBytes)
    report.problem = std::to_string(lost) + " bytes were lost over " +
                     std::to_string(report.count - warm) + " loads";
  return report;
}

/// Launches a batch, compares it, and judges what is reported.
static Status launchChecked(Worker &worker, size_t batch,
                            const std::vector<Fault> &expected,
                            int64_t capacity) {
  if (Status status = launchCompared(worker, batch); !status)
    return status;
  auto report = worker.takeFaults();
  if (!report)
    return report.error();
  int64_t total = static_cast<int64_t>(expected.size());
  if (report->total != total)
    return makeError("batch ", batch, " has ", total, " faults, ",
                     report->total, " were counted");
  size_t kept = static_cast<size_t>(std::min(total, capacity));
  if (report->faults.size() != kept)
    return makeError("batch ", batch, " has ", total, " faults, ",
                     report->faults.size(), " instead of ", kept,
                     " were listed");
  // Both are sorted, and no two faults of a batch are the same.
  std::vector<Fault> listed = report->faults;
  sortFaults(listed);
  auto next = expected.begin();
  for (const Fault &fault : listed) {
    while (next != expected.end() && !(*next == fault))
      ++next;
    if (next == expected.end())
      return makeError("batch ", batch,
                       ": a fault that is not in it was "
                       "listed, or twice: feature ",
                       fault.feature, ", sample ", fault.sample, ", position ",
                       fault.position, ", value ", fault.value);
    ++next;
  }
  return {};
}

EnduranceReport enduranceFaults(Server &server, size_t rightBatches,
                                const std::vector<std::vector<Fault>> &faults,
                                int64_t capacity, int64_t count) {
  EnduranceReport report;
  auto worker = server.createWorker(/*stream=*/0);
  if (!worker) {
    report.problem = worker.error().message;
    return report;
  }
  Stopwatch watch;
  Status status;
  int64_t planted = 0;
  for (; report.count != count && status; ++report.count) {
    size_t bad = static_cast<size_t>(report.count) % faults.size();
    size_t right = static_cast<size_t>(report.count) % rightBatches;
    status = launchChecked(**worker, rightBatches + bad, faults[bad], capacity);
    if (status)
      status = launchChecked(**worker, right, {}, capacity);
    planted += static_cast<int64_t>(faults[bad].size());
  }
  auto differences = (*worker)->differences();
  report.seconds = watch.seconds();
  if (!status)
    report.problem = status.error().message;
  else if (!differences)
    report.problem = differences.error().message;
  else if (*differences > 0)
    report.problem = std::to_string(*differences) +
                     " words of outputs differ from what was expected";
  std::ostringstream os;
  os << faults.size() << " different malformed batches, " << planted
     << " faults, each followed by a right batch, every output compared";
  report.detail = os.str();
  return report;
}

} // namespace recflex
