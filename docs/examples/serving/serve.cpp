// A serving loop in C++: several workers, each with a thread, a stream and a
// context of its own, over one module and its tables.
//
//   serve-cpp ARTIFACT [DEVICE [REQUESTS [BATCH [WORKERS]]]]
//
// DEVICE is a GPU's number, or -1 for the CPU. Exit code 0 only if every answer
// was right.

#include "device.h"
#include "recflex.hpp"
#include "request.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <thread>

namespace {

using namespace recflex_cpp;

/// Throws unless a function of device.h or request.h, which has said why,
/// succeeded.
void require(bool succeeded) {
  if (!succeeded)
    throw std::runtime_error("cannot go on");
}

/// Memory of the device.
class Buffer {
public:
  Buffer(const Device *device, size_t bytes)
      : device(device), memory(deviceAllocate(device, bytes)) {
    require(memory);
  }
  Buffer(Buffer &&other) : device(other.device), memory(other.memory) {
    other.memory = nullptr;
  }
  ~Buffer() {
    if (memory)
      deviceFree(device, memory);
  }
  void *get() const { return memory; }

private:
  const Device *device;
  void *memory;
};

class Stream {
public:
  explicit Stream(const Device *device) : device(device) {
    require(streamCreate(device, &stream));
  }
  Stream(const Stream &) = delete;
  ~Stream() { streamDestroy(device, stream); }
  void *get() const { return stream; }

private:
  const Device *device;
  void *stream = nullptr;
};

/// What all workers share; none of it changes after the start.
struct Model {
  Model(const char *path, int number)
      : device(deviceOpen(number), deviceClose) {
    require(device && deviceUse(device.get()));
    module = load(path, number);
    info = describe(module);
    Stream stream(device.get());
    std::vector<const void *> addresses;
    for (int32_t i = 0; i < info.tables; ++i) {
      RecflexTableInfo table = describeTable(module, i);
      std::unique_ptr<void, void (*)(void *)> rows(onesCreate(&table), free);
      require(rows != nullptr);
      memory.emplace_back(device.get(), table.bytes);
      require(deviceWrite(device.get(), memory.back().get(), rows.get(),
                          table.bytes, stream.get()));
      addresses.push_back(memory.back().get());
    }
    tables = attach(module, addresses);
  }

  std::unique_ptr<Device, void (*)(Device *)> device;
  Module module;
  RecflexModuleInfo info;
  std::vector<Buffer> memory; // destroyed after `tables`, which point there
  Tables tables;
};

struct RequestOwner : Request {
  RequestOwner(const Module &module, int64_t batchSize, uint64_t seed) {
    require(requestCreate(this, module.get(), batchSize, seed));
  }
  RequestOwner(const RequestOwner &) = delete;
  ~RequestOwner() { requestDestroy(this); }
};

class Worker {
public:
  Worker(const Model &model, int64_t batchSize, uint64_t seed)
      : model(model), device(model.device.get()), stream(device),
        context(createContext(model.tables, RECFLEX_CHECKS_ZERO_ROW)),
        request(model.module, batchSize, seed),
        bags(model.info.keys * batchSize),
        values(device, requestBytes(&request, request.mostLookups)),
        offsets(device, requestBytes(&request, bags + 1)),
        weights(device, request.mostLookups * sizeof(float)),
        answer(batchSize * model.info.outputWidth),
        output(device, answer.size() * sizeof(float)) {
    std::vector<float> ones(request.mostLookups, 1);
    require(deviceWrite(device, weights.get(), ones.data(),
                        ones.size() * sizeof(float), stream.get()));
  }

  /// Answers one request and returns the seconds that it took.
  double serve(bool wrong) {
    requestDraw(&request, wrong);
    auto begin = std::chrono::steady_clock::now();
    require(deviceWrite(device, values.get(), request.values,
                        requestBytes(&request, request.lookups), stream.get()));
    require(deviceWrite(device, offsets.get(), request.offsets,
                        requestBytes(&request, bags + 1), stream.get()));
    RecflexBatch batch = RECFLEX_INIT(batch);
    batch.batchSize = request.batchSize;
    batch.values = values.get();
    batch.offsets = offsets.get();
    batch.weights = static_cast<const float *>(weights.get());
    batch.lookups = request.lookups;
    batch.output = output.get();
    check(recflexLaunch(context.get(), &batch, stream.get()));
    require(deviceRead(device, answer.data(), output.get(),
                       answer.size() * sizeof(float), stream.get()));
    std::chrono::duration<double> taken =
        std::chrono::steady_clock::now() - begin;
    require(requestCheck(&request, answer.data()));
    return taken.count();
  }

  std::vector<std::string> takeFaults(int64_t &total) {
    return recflex_cpp::takeFaults(model.module, context, stream.get(), total);
  }

private:
  const Model &model;
  const Device *device;
  Stream stream;
  Context context;
  RequestOwner request;
  int64_t bags;
  Buffer values, offsets, weights;
  std::vector<float> answer;
  Buffer output;
};

/// What the workers report.
struct Results {
  std::mutex mutex;
  std::vector<double> seconds;
  int64_t faults = 0;
  std::string firstFault;
  std::exception_ptr error;
};

/// A thread: takes requests until there are none left.
void work(const Model &model, std::atomic<int> &left, int batchSize, int seed,
          Results &results) try {
  require(deviceUse(model.device.get()));
  Worker worker(model, batchSize, seed);
  std::vector<double> seconds;
  for (int i; (i = left--) > 0;)
    seconds.push_back(worker.serve(/*wrong=*/i % 16 == 7));
  int64_t total = 0;
  std::vector<std::string> faults = worker.takeFaults(total);

  std::lock_guard<std::mutex> lock(results.mutex);
  results.seconds.insert(results.seconds.end(), seconds.begin(), seconds.end());
  results.faults += total;
  if (!faults.empty())
    results.firstFault = faults.front();
} catch (...) {
  std::lock_guard<std::mutex> lock(results.mutex);
  results.error = std::current_exception();
}

void serve(const char *path, int device, int requests, int batchSize,
           int workers) {
  Model model(path, device);
  std::printf("model '%s': %d features, %d tables, %d columns\n",
              model.info.name, model.info.features, model.info.tables,
              static_cast<int>(model.info.outputWidth));
  std::atomic<int> left(requests);
  Results results;
  std::vector<std::thread> threads;
  for (int i = 0; i < workers; ++i)
    threads.emplace_back(work, std::cref(model), std::ref(left), batchSize,
                         i + 1, std::ref(results));
  for (std::thread &thread : threads)
    thread.join();
  if (results.error)
    std::rethrow_exception(results.error);

  if (results.faults != 0)
    std::printf("%d faults, such as %s\n", static_cast<int>(results.faults),
                results.firstFault.c_str());
  std::vector<double> &seconds = results.seconds;
  std::sort(seconds.begin(), seconds.end());
  std::printf("%d requests answered rightly by %d workers; p50 %.1f us, "
              "p99 %.1f us\n",
              static_cast<int>(seconds.size()), workers,
              seconds[seconds.size() / 2] * 1e6,
              seconds[seconds.size() * 99 / 100] * 1e6);
}

} // namespace

int main(int argc, char **argv) try {
  auto number = [&](int position, int otherwise) {
    return argc > position ? std::atoi(argv[position]) : otherwise;
  };
  int requests = number(3, 1000), batchSize = number(4, 128);
  int workers = number(5, 4);
  if (argc < 2 || argc > 6 || requests < 1 || batchSize < 1 || workers < 1) {
    std::fprintf(
        stderr,
        "usage: serve-cpp ARTIFACT [DEVICE [REQUESTS [BATCH [WORKERS]]]]\n");
    return 2;
  }
  serve(argv[1], number(2, 0), requests, batchSize, workers);
  return 0;
} catch (const std::exception &error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
