//===- DeviceBench.cpp - Times on the GPU ---------------------------------===//

#include "recflex/Runtime/DeviceBench.h"

#include "CopyPtx.h"
#include "L2ReadPtx.h"
#include "recflex/Runtime/PtxModule.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace recflex {

namespace {
/// Replays one graph between two events.
class ReplayTimer {
public:
  static Result<ReplayTimer> create(const Stream &stream, Graph graph) {
    Result<Event> begin = Event::create(stream.device(), /*timed=*/true);
    if (!begin)
      return begin.error();
    Result<Event> end = Event::create(stream.device(), /*timed=*/true);
    if (!end)
      return end.error();
    return ReplayTimer(stream, std::move(graph), std::move(*begin),
                       std::move(*end));
  }

  /// Seconds of `replays` replays together.
  Result<double> time(int64_t replays) const {
    if (Status status = begin.record(stream); !status)
      return status.error();
    for (int64_t i = 0; i != replays; ++i)
      if (Status status = graph.launch(stream); !status)
        return status.error();
    if (Status status = end.record(stream); !status)
      return status.error();
    if (Status status = end.synchronize(); !status)
      return status.error();
    return begin.elapsedSeconds(end);
  }

private:
  ReplayTimer(const Stream &stream, Graph graph, Event begin, Event end)
      : stream(stream), graph(std::move(graph)), begin(std::move(begin)),
        end(std::move(end)) {}
  const Stream &stream;
  Graph graph;
  Event begin, end;
};
} // namespace

/// Replays that last `seconds` when one lasts `oneReplay`; 1 to a million.
static int64_t countReplays(double seconds, double oneReplay) {
  if (!(oneReplay > 0))
    return 1;
  return static_cast<int64_t>(
      std::clamp(std::ceil(seconds / oneReplay), 1.0, 1e6));
}

namespace {
/// A rotation, captured and warm, and how often it fits a sample.
struct WarmRotation {
  ReplayTimer timer;
  int64_t replays = 1;
  size_t pieces = 1;

  static Result<WarmRotation> create(const Stream &stream,
                                     const Rotation &rotation,
                                     const BenchOptions &options);

  /// Seconds of one piece.
  Result<double> sample() const {
    Result<double> seconds = timer.time(replays);
    if (!seconds)
      return seconds.error();
    return *seconds / static_cast<double>(replays) /
           static_cast<double>(pieces);
  }
};
} // namespace

Result<WarmRotation> WarmRotation::create(const Stream &stream,
                                          const Rotation &rotation,
                                          const BenchOptions &options) {
  if (rotation.empty() || options.samples < 1)
    return makeError("nothing to time: ", rotation.size(), " launches, ",
                     options.samples, " samples; give at least one of each");
  Result<Graph> graph = Graph::capture(stream, [&]() -> Status {
    for (const std::function<Status()> &launch : rotation)
      if (Status status = launch(); !status)
        return status;
    return {};
  });
  if (!graph)
    return graph.error();
  Result<ReplayTimer> timer = ReplayTimer::create(stream, std::move(*graph));
  if (!timer)
    return timer.error();

  // The first replay uploads the graph; the second shows how long one takes.
  double oneReplay = 0;
  for (int i = 0; i != 2; ++i) {
    Result<double> seconds = timer->time(1);
    if (!seconds)
      return seconds.error();
    oneReplay = *seconds;
  }
  Result<double> warm =
      timer->time(countReplays(options.warmupSeconds, oneReplay));
  if (!warm)
    return warm.error();
  return WarmRotation{std::move(*timer),
                      countReplays(options.sampleSeconds, oneReplay),
                      rotation.size()};
}

Result<std::vector<std::vector<double>>>
sampleRotations(const Stream &stream, const std::vector<Rotation> &rotations,
                const BenchOptions &options) {
  std::vector<WarmRotation> warm;
  for (const Rotation &rotation : rotations) {
    Result<WarmRotation> captured =
        WarmRotation::create(stream, rotation, options);
    if (!captured)
      return captured.error();
    warm.push_back(std::move(*captured));
  }
  std::vector<std::vector<double>> samples(rotations.size());
  for (int i = 0; i != options.samples; ++i)
    for (size_t r = 0; r != warm.size(); ++r) {
      Result<double> seconds = warm[r].sample();
      if (!seconds)
        return seconds.error();
      samples[r].push_back(*seconds);
    }
  return samples;
}

Result<Timing> timeRotation(const Stream &stream, const Rotation &rotation,
                            const BenchOptions &options) {
  Result<std::vector<std::vector<double>>> samples =
      sampleRotations(stream, {rotation}, options);
  if (!samples)
    return samples.error();
  return summarize(std::move(samples->front()));
}

/// What the host takes for one launch, into a queue that has room.
static Result<Timing> timeHost(const Stream &stream, const Rotation &rotation,
                               const BenchOptions &options) {
  constexpr int kBurst = 64;
  std::vector<double> seconds;
  for (int i = 0; i != options.samples; ++i) {
    auto begin = std::chrono::steady_clock::now();
    for (int k = 0; k != kBurst; ++k)
      if (Status status = rotation[k % rotation.size()](); !status)
        return status.error();
    std::chrono::duration<double> taken =
        std::chrono::steady_clock::now() - begin;
    if (Status status = stream.synchronize(); !status)
      return status.error();
    seconds.push_back(taken.count() / kBurst);
  }
  return summarize(std::move(seconds));
}

/// Checks that `output` holds every batch's rows.
static Status checkOutput(const Manifest &manifest,
                          const std::vector<DeviceBatch> &batches,
                          const DeviceBuffer &output) {
  for (const DeviceBatch &batch : batches) {
    Result<int64_t> bytes = outputBytes(manifest, batch.batchSize());
    if (!bytes)
      return bytes.error();
    if (output.size() < *bytes)
      return makeError("the output buffer has ", output.size(), " bytes, ",
                       batch.batchSize(), " samples need ", *bytes);
  }
  return {};
}

/// A context for each batch, which binds it: the pooling kernel can then run
/// alone.
static Result<std::vector<ExecutionContext>>
bindEach(const ExecutionContext &context,
         const std::vector<BatchArguments> &batches, const Stream &stream) {
  std::vector<ExecutionContext> contexts;
  ContextOptions options;
  for (const BatchArguments &batch : batches) {
    if (context.module().manifest().scratchBytes != 0)
      options.maxBatch = batch.batchSize;
    Result<ExecutionContext> own =
        ExecutionContext::create(context.sharedTables(), options);
    if (!own)
      return own.error();
    if (Status status = own->launchBinding(batch, stream.get()); !status)
      return status.error();
    contexts.push_back(std::move(*own));
  }
  return contexts;
}

Result<ForwardTimes> timeForward(const ExecutionContext &context,
                                 const ExecutionContext &checkedContext,
                                 const std::vector<DeviceBatch> &batches,
                                 const DeviceBuffer &output,
                                 const Stream &stream,
                                 const BenchOptions &options) {
  const Manifest &manifest = context.module().manifest();
  if (Status status = checkOutput(manifest, batches, output); !status)
    return status.error();
  std::vector<BatchArguments> all;
  for (const DeviceBatch &batch : batches)
    all.push_back(batch.arguments(manifest, output.address()));
  Result<std::vector<ExecutionContext>> bound = bindEach(context, all, stream);
  if (!bound)
    return bound.error();
  Rotation forward, binding, pooling, checked;
  for (size_t i = 0; i != all.size(); ++i) {
    const BatchArguments &arguments = all[i];
    const ExecutionContext &own = (*bound)[i];
    auto launchIn = [&stream, arguments](const ExecutionContext &where) {
      return [&where, &stream, arguments] {
        return where.launch(arguments, stream.get());
      };
    };
    forward.push_back(launchIn(context));
    checked.push_back(launchIn(checkedContext));
    binding.push_back([&context, &stream, arguments] {
      return context.launchBinding(arguments, stream.get());
    });
    pooling.push_back([&own, &stream, arguments] {
      return own.launchPooling(arguments, stream.get());
    });
  }
  auto samples = sampleRotations(stream, {forward, checked, pooling}, options);
  if (!samples)
    return samples.error();
  std::vector<double> ratios;
  for (size_t i = 0; i != (*samples)[0].size(); ++i)
    ratios.push_back((*samples)[1][i] / (*samples)[0][i]);
  Result<Timing> alone{Timing()}; // no kernel, no time
  if (!manifest.fixedBinding)
    alone = timeRotation(stream, binding, options);
  if (!alone)
    return alone.error();
  Result<Timing> host = timeHost(stream, forward, options);
  if (!host)
    return host.error();
  return ForwardTimes{
      summarize(std::move((*samples)[0])), *alone,
      summarize(std::move((*samples)[2])), summarize(std::move((*samples)[1])),
      summarize(std::move(ratios)),        *host};
}

Result<double> measureCopyRate(const Stream &stream,
                               const BenchOptions &options) {
  const DevicePointer &device = stream.device();
  Result<int64_t> free = device->freeMemory();
  if (!free)
    return free.error();
  // A quarter of the free memory for each end; 1 GiB is 20 L2 caches.
  int64_t bytes = std::min(int64_t{1} << 30, *free / 4) & ~int64_t{255};
  Result<DeviceBuffer> from = DeviceBuffer::allocate(device, bytes);
  if (!from)
    return from.error();
  Result<DeviceBuffer> to = DeviceBuffer::allocate(device, bytes);
  if (!to)
    return to.error();
  if (Status status = fillBytes(stream, from->address(), 0x5A, bytes); !status)
    return status.error();
  Result<PtxModule> module = loadPtx(device, kCopyPtx);
  if (!module)
    return module.error();
  constexpr int32_t threads = 1024;
  Result<DeviceKernel> kernel = findKernel(*module, kCopyKernel, threads);
  if (!kernel)
    return kernel.error();

  int64_t blocks =
      2 * static_cast<int64_t>(device->properties().multiprocessors);
  DevicePtr source = from->address(), target = to->address();
  uint32_t count = static_cast<uint32_t>(bytes / kCopyBytes);
  Result<Timing> timing = timeRotation(
      stream, {[&] {
        return launchKernel(device->driver(), *kernel, blocks, threads,
                            stream.get(), source, target, count);
      }},
      options);
  if (!timing)
    return timing.error();
  return 2.0 * static_cast<double>(bytes) / timing->median;
}

Result<double> measureL2ReadRate(const Stream &stream,
                                 const BenchOptions &options) {
  const DevicePointer &device = stream.device();
  const DeviceProperties &gpu = device->properties();
  // All that fits on a multiprocessor: 2048 threads, or one such block a wave.
  constexpr int32_t threads = 1024;
  int64_t blocks = 2 * static_cast<int64_t>(gpu.multiprocessors);
  constexpr uint32_t passes = 256;
  // At most half of the cache, a power of two: on GPUs whose L2 has two halves
  // lines of the far half are kept in the near one too.
  int64_t bytes = int64_t{1} << 20;
  while (bytes * 4 <= gpu.l2Bytes)
    bytes *= 2;

  Result<PtxModule> module = loadPtx(device, kL2ReadPtx);
  if (!module)
    return module.error();
  Result<DeviceKernel> kernel = findKernel(*module, kL2ReadKernel, threads);
  if (!kernel)
    return kernel.error();
  Result<DeviceBuffer> buffer = DeviceBuffer::allocate(device, bytes);
  if (!buffer)
    return buffer.error();
  if (Status status = fillBytes(stream, buffer->address(), 0, bytes); !status)
    return status.error();

  DevicePtr base = buffer->address();
  uint32_t mask = static_cast<uint32_t>(bytes / kL2LoadBytes - 1);
  uint32_t passCount = passes;
  Result<Timing> timing = timeRotation(
      stream, {[&] {
        return launchKernel(device->driver(), *kernel, blocks, threads,
                            stream.get(), base, mask, passCount, base);
      }},
      options);
  if (!timing)
    return timing.error();
  double read = static_cast<double>(blocks) * threads * passes *
                kL2LoadsPerPass * kL2LoadBytes;
  return read / timing->median;
}

} // namespace recflex
