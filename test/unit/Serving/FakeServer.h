//===- FakeServer.h - A server that computes nothing ------------*- C++ -*-===//

#ifndef RECFLEX_TEST_UNIT_SERVING_FAKESERVER_H
#define RECFLEX_TEST_UNIT_SERVING_FAKESERVER_H

#include "recflex/Serving/Server.h"

#include <atomic>
#include <functional>
#include <map>

namespace recflex {

/// Batch b gives {b, b}. Hooks may spoil what they are asked about.
class FakeServer final : public Server {
public:
  std::atomic<int64_t> launches{0};
  std::map<int64_t, int64_t> workersOfStream;
  int64_t free = 1000000000, reloads = 0;
  int64_t lostPerReload = 0;
  /// What launch number n, of batch b, does wrong.
  std::function<Status(int64_t n, size_t b)> failLaunch;
  std::function<float(int64_t n, size_t b)> spoil;
  /// Faults that batch b reports.
  std::function<FaultReport(size_t b)> faults;
  std::vector<std::vector<float>> expected;

  Result<std::unique_ptr<Worker>> createWorker(int64_t stream) override {
    ++workersOfStream[stream];
    return std::unique_ptr<Worker>(std::make_unique<FakeWorker>(*this));
  }
  Result<std::unique_ptr<Worker>> createReplayer() override {
    return createWorker(-1);
  }
  Status reload() override {
    ++reloads;
    free -= lostPerReload;
    return {};
  }
  Status expect(const std::vector<std::vector<float>> &outputs) override {
    expected = outputs;
    return {};
  }
  Result<int64_t> freeMemory() const override { return free; }
  std::string describe() const override { return "fake"; }

private:
  class FakeWorker final : public Worker {
  public:
    explicit FakeWorker(FakeServer &server) : server(server) {}
    Status poison() override {
      pooled = {-1, -1};
      return {};
    }
    Status launch(size_t batch) override {
      int64_t number = server.launches++;
      if (server.failLaunch)
        if (Status status = server.failLaunch(number, batch); !status)
          return status;
      float value = static_cast<float>(batch);
      if (server.spoil)
        value = server.spoil(number, batch);
      pooled = {value, value};
      if (server.faults) {
        FaultReport report = server.faults(batch);
        seen.total += report.total;
        seen.faults.insert(seen.faults.end(), report.faults.begin(),
                           report.faults.end());
      }
      return {};
    }
    Status compare(size_t batch) override {
      for (size_t i = 0; i != pooled.size(); ++i)
        differing += pooled[i] != server.expected[batch][i];
      return {};
    }
    Status wait() override { return {}; }
    Result<int64_t> differences() override { return differing; }
    Result<std::vector<float>> output(size_t) override { return pooled; }
    Result<FaultReport> takeFaults() override {
      return std::exchange(seen, FaultReport());
    }

  private:
    FakeServer &server;
    std::vector<float> pooled;
    FaultReport seen;
    int64_t differing = 0;
  };
};

/// A server that expects what its batches give.
inline void expectRight(FakeServer &server, size_t batches) {
  std::vector<std::vector<float>> outputs;
  for (size_t b = 0; b != batches; ++b)
    outputs.push_back({static_cast<float>(b), static_cast<float>(b)});
  (void)server.expect(outputs);
}

} // namespace recflex

#endif // RECFLEX_TEST_UNIT_SERVING_FAKESERVER_H
