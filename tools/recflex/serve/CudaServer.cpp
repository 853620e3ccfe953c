//===- CudaServer.cpp - A model on a GPU, launched by many threads --------===//

#include "Servers.h"

#include "../CudaSetup.h"

#include "recflex/Runtime/DeviceBatch.h"
#include "recflex/Runtime/DeviceCompare.h"

#include <algorithm>
#include <optional>

namespace recflex {
namespace {

/// What all workers read.
struct Shared {
  DevicePointer device;
  std::shared_ptr<const AttachedTables> attached;
  DeviceTables tables;
  std::vector<DeviceBatch> batches; ///< some may be malformed
  std::vector<DeviceBuffer> expected; ///< output of each batch
  std::optional<DeviceCompare> comparer;
  int64_t largestOutput = 0; ///< bytes
  ServerOptions options;

  const Manifest &manifest() const { return attached->module().manifest(); }
  int64_t bytesOf(size_t batch) const {
    // upload() found that it fits.
    return *outputBytes(manifest(), batches[batch].batchSize());
  }
};

/// What a worker has for itself.
struct WorkerParts {
  ExecutionContext context;
  DeviceBuffer output;
  DeviceBuffer counter; ///< u64: words that differ
  Event done;

  static Result<WorkerParts> make(const Shared &shared, const Stream &stream);
};

Result<WorkerParts> WorkerParts::make(const Shared &shared,
                                      const Stream &stream) {
  auto context =
      ExecutionContext::create(shared.attached, shared.options.context);
  if (!context)
    return context.error();
  auto output = DeviceBuffer::allocate(shared.device, shared.largestOutput);
  if (!output)
    return output.error().in("output");
  auto counter = DeviceBuffer::allocate(shared.device, sizeof(uint64_t));
  if (!counter)
    return counter.error();
  if (Status status =
          fillBytes(stream, counter->address(), 0, sizeof(uint64_t));
      !status)
    return status.error();
  auto done =
      Event::create(shared.device, /*timed=*/false, shared.options.sleeps);
  if (!done)
    return done.error();
  return WorkerParts{std::move(*context), std::move(*output),
                     std::move(*counter), std::move(*done)};
}

class CudaWorker : public Worker {
public:
  CudaWorker(const Shared &shared, std::shared_ptr<const Stream> stream,
             WorkerParts parts)
      : shared(shared), stream(std::move(stream)), parts(std::move(parts)) {}

  static Result<std::unique_ptr<CudaWorker>>
  create(const Shared &shared, std::shared_ptr<const Stream> stream) {
    auto parts = WorkerParts::make(shared, *stream);
    if (!parts)
      return parts.error();
    return std::make_unique<CudaWorker>(shared, std::move(stream),
                                        std::move(*parts));
  }

  Status poison() override {
    return fillBytes(*stream, parts.output.address(), 0xFF,
                     shared.largestOutput);
  }

  Status launch(size_t batch) override {
    return parts.context.launch(argumentsOf(batch), stream->get());
  }

  Status compare(size_t batch) override {
    return shared.comparer->enqueue(
        stream->get(), parts.output.address(), shared.expected[batch].address(),
        shared.bytesOf(batch), parts.counter.address());
  }

  Status wait() override {
    if (Status status = parts.done.record(*stream); !status)
      return status;
    return parts.done.synchronize();
  }

  Result<int64_t> differences() override {
    int64_t count = 0;
    if (Status status =
            copyToHost(*stream, &count, parts.counter.address(), sizeof count);
        !status)
      return status.error();
    return count;
  }

  Result<std::vector<float>> output(size_t batch) override {
    std::vector<float> result(shared.bytesOf(batch) / sizeof(float));
    if (Status status =
            copyToHost(*stream, result.data(), parts.output.address(),
                       shared.bytesOf(batch));
        !status)
      return status.error();
    return result;
  }

  Result<FaultReport> takeFaults() override {
    auto report = parts.context.faults(stream->get());
    if (!report)
      return report;
    if (Status status = parts.context.clearFaults(stream->get()); !status)
      return status.error();
    return report;
  }

protected:
  BatchArguments argumentsOf(size_t batch) const {
    return shared.batches[batch].arguments(shared.manifest(),
                                           parts.output.address());
  }

  const Shared &shared;
  std::shared_ptr<const Stream> stream;
  WorkerParts parts;
};

/// Replays one graph; the contents of its arrays change from batch to batch.
class CudaReplayer final : public CudaWorker {
public:
  static Result<std::unique_ptr<CudaReplayer>>
  create(const Shared &shared, std::shared_ptr<const Stream> stream) {
    auto parts = WorkerParts::make(shared, *stream);
    if (!parts)
      return parts.error();
    auto replayer = std::make_unique<CudaReplayer>(shared, std::move(stream),
                                                   std::move(*parts));
    if (Status status = replayer->capture(); !status)
      return status.error();
    return replayer;
  }

  using CudaWorker::CudaWorker;

  Status launch(size_t batch) override {
    const DeviceBatch &from = shared.batches[batch];
    for (auto [to, source] : {std::pair{&values, &from.valuesBuffer()},
                              std::pair{&offsets, &from.offsetsBuffer()},
                              std::pair{&weights, &from.weightsBuffer()}})
      if (Status status = copyOnDevice(*stream, to->address(),
                                       source->address(), source->size());
          !status)
        return status;
    return graph->launch(*stream);
  }

private:
  Status allocate(DeviceBuffer &buffer, int64_t bytes) {
    auto memory = DeviceBuffer::allocate(shared.device, bytes);
    if (!memory)
      return memory.error();
    buffer = std::move(*memory);
    return {};
  }

  Status capture() {
    int64_t samples = shared.batches.front().batchSize();
    size_t longest = 0;
    for (size_t i = 0; i != shared.batches.size(); ++i) {
      if (shared.batches[i].batchSize() != samples)
        return makeError("batch ", i, " has ", shared.batches[i].batchSize(),
                         " samples, batch 0 has ", samples,
                         "; a graph is replayed for batches of one size");
      if (shared.batches[i].lookups() > shared.batches[longest].lookups())
        longest = i;
    }
    const DeviceBatch &largest = shared.batches[longest];
    for (auto [buffer, bytes] :
         {std::pair{&values, largest.valuesBuffer().size()},
          std::pair{&offsets, largest.offsetsBuffer().size()},
          std::pair{&weights, largest.weightsBuffer().size()}})
      if (Status status = allocate(*buffer, bytes); !status)
        return status;

    BatchArguments arguments = argumentsOf(longest);
    arguments.values = values.address();
    arguments.offsets = offsets.address();
    arguments.weights = weights.address();
    auto captured = Graph::capture(*stream, [&] {
      return parts.context.launch(arguments, stream->get());
    });
    if (!captured)
      return captured.error();
    graph = std::move(*captured);
    return {};
  }

  DeviceBuffer values, offsets, weights;
  std::optional<Graph> graph;
};

class CudaServer final : public Server {
public:
  CudaServer(Artifact artifact, Shared shared, std::shared_ptr<Stream> first)
      : artifact(std::move(artifact)),
        shared(std::move(shared)), streams{std::move(first)} {}

  Result<std::unique_ptr<Worker>> createWorker(int64_t stream) override {
    while (static_cast<int64_t>(streams.size()) <= stream) {
      auto made = Stream::create(shared.device);
      if (!made)
        return made.error();
      streams.push_back(std::make_shared<Stream>(std::move(*made)));
    }
    auto worker = CudaWorker::create(shared, streams[stream]);
    if (!worker)
      return worker.error();
    return std::unique_ptr<Worker>(std::move(*worker));
  }

  Result<std::unique_ptr<Worker>> createReplayer() override {
    auto replayer = CudaReplayer::create(shared, streams.front());
    if (!replayer)
      return replayer.error();
    return std::unique_ptr<Worker>(std::move(*replayer));
  }

  Status reload() override {
    auto loaded = LoadedModel::load(shared.device, artifact, shared.tables,
                                    shared.options.context);
    if (!loaded)
      return loaded.error();
    return {};
  }

  Status expect(const std::vector<std::vector<float>> &outputs) override {
    std::vector<DeviceBuffer> expected;
    for (const std::vector<float> &output : outputs) {
      int64_t bytes = static_cast<int64_t>(output.size() * sizeof(float));
      auto buffer = DeviceBuffer::allocate(shared.device, bytes);
      if (!buffer)
        return buffer.error().in("expected output");
      if (Status status = copyToDevice(*streams.front(), buffer->address(),
                                       output.data(), bytes);
          !status)
        return status;
      expected.push_back(std::move(*buffer));
    }
    shared.expected = std::move(expected);
    return {};
  }

  Result<int64_t> freeMemory() const override {
    return shared.device->freeMemory();
  }

  std::string describe() const override {
    return shared.device->properties().name + " (" +
           shared.device->properties().chip() + ")";
  }

private:
  Artifact artifact;
  Shared shared;
  std::vector<std::shared_ptr<const Stream>> streams;
};

} // namespace

/// Copies batches to the GPU and notes what workers need of them.
static Status uploadBatches(Shared &shared, const Stream &stream,
                            const std::vector<Batch> &batches) {
  for (size_t i = 0; i != batches.size(); ++i) {
    std::string where = "batch " + std::to_string(i);
    auto uploaded = DeviceBatch::uploadUnchecked(stream, batches[i]);
    if (!uploaded)
      return uploaded.error().in(where);
    auto bytes = outputBytes(shared.manifest(), batches[i].batchSize);
    if (!bytes)
      return bytes.error().in(where);
    shared.batches.push_back(std::move(*uploaded));
    shared.largestOutput = std::max(shared.largestOutput, *bytes);
  }
  return {};
}

Result<std::unique_ptr<Server>>
createCudaServer(const Artifact &artifact, const HostTables &tables,
                 const std::vector<Batch> &batches,
                 const ServerOptions &options) {
  auto device = Device::open(options.ordinal);
  if (!device)
    return device.error();
  auto stream = Stream::create(*device);
  if (!stream)
    return stream.error();
  Shared shared;
  shared.device = *device;
  shared.options = options;
  auto uploaded = DeviceTables::upload(*stream, artifact.manifest, tables);
  if (!uploaded)
    return uploaded.error();
  shared.tables = std::move(*uploaded);
  auto module = DeviceModule::load(*device, artifact);
  if (!module)
    return module.error();
  auto attached = AttachedTables::attach(*module, shared.tables.addresses());
  if (!attached)
    return attached.error();
  shared.attached = *attached;
  auto comparer = DeviceCompare::create(*device);
  if (!comparer)
    return comparer.error();
  shared.comparer = std::move(*comparer);
  if (Status status = uploadBatches(shared, *stream, batches); !status)
    return status.error();
  return std::unique_ptr<Server>(std::make_unique<CudaServer>(
      artifact, std::move(shared),
      std::make_shared<Stream>(std::move(*stream))));
}

} // namespace recflex
