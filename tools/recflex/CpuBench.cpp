//===- CpuBench.cpp - Times on the CPU ------------------------------------===//

#include "CpuBench.h"

#include "CpuSetup.h"

#include "recflex/Runtime/Reference.h"

#include "llvm/TargetParser/Host.h"

#include <chrono>
#include <ctime>

namespace recflex {

using Clock = std::chrono::steady_clock;

static double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Processor time of the whole process: on a host that does other things too it
/// says more than the clock.
static double busySeconds() {
  timespec time;
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * time.tv_nsec;
}

/// What is timed at least, and how many launches of each batch.
constexpr double kSeconds = 1.5;
constexpr size_t kLaunches = 11;

Result<CpuMeasurement> benchOnCpu(const Manifest &manifest, HostTables &tables,
                                  const std::vector<Batch> &batches,
                                  int32_t threads) {
  for (const Batch &batch : batches)
    if (Status status = tables.prepare(manifest, batch); !status)
      return status.error();
  auto loaded = LoadedCpuModel::load(manifest, tables, threads);
  if (!loaded)
    return loaded.error();
  const CpuModel &model = loaded->context->model();
  CpuMeasurement result;
  result.processor = llvm::sys::getHostCPUName().str();
  result.instructions = model.instructions();
  result.threads = model.threads();

  // Correct first: one batch against the reference.
  std::vector<float> output;
  if (Status status = loaded->pool(batches.front(), output); !status)
    return status.error();
  auto expected =
      poolReference(manifest, tables.addresses(), batches.front());
  if (!expected)
    return expected.error();
  Comparison difference = compare(output, *expected);
  result.maxRelativeError = difference.maxRelativeError;
  result.relativeNorm = difference.relativeNorm;
  if (!(difference.relativeNorm <= kRoundingTolerance))
    return makeError("verification failed: relative norm ",
                     difference.relativeNorm, ", ", difference.mismatches,
                     " elements differ; nothing was timed");

  for (const Batch &batch : batches) // warm up
    if (Status status = loaded->pool(batch, output); !status)
      return status.error();
  std::vector<double> seconds, busy;
  Clock::time_point start = Clock::now();
  while (seconds.size() < kLaunches * batches.size() ||
         secondsSince(start) < kSeconds) {
    Clock::time_point launch = Clock::now();
    double busyBefore = busySeconds();
    if (Status status =
            loaded->pool(batches[seconds.size() % batches.size()], output);
        !status)
      return status.error();
    seconds.push_back(secondsSince(launch));
    busy.push_back(busySeconds() - busyBefore);
  }
  result.time = summarize(std::move(seconds));
  result.busy = summarize(std::move(busy));
  return result;
}

} // namespace recflex
