//===- KillTest.cpp - Killed at any moment, resumed, the same result ------===//

#include "ScriptedMeasurer.h"
#include "TemporaryFolder.h"

#include <atomic>
#include <chrono>
#include <random>
#include <sys/mman.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace recflex {
namespace {

using Clock = std::chrono::steady_clock;

/// Counts that a child process leaves behind.
struct Shared {
  std::atomic<size_t> begun;    ///< calls of the measurer
  std::atomic<size_t> finished; ///< steps that the tuner reported
};

struct CountSteps final : TuningObserver {
  explicit CountSteps(Shared *shared) : shared(shared) {}
  void onStep(const TuningStep &step) override {
    // Of what is known there is no call.
    if (shared && step.measured != measured)
      ++shared->finished;
    measured = step.measured;
  }
  Shared *shared;
  size_t measured = 0;
};

/// A file system in memory, if there is one: a kill leaves to the next process
/// all that was written, whether a disk has it or not, and syncs are quick.
std::string quickFolder() {
  return ::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : testing::TempDir();
}

class KillTest : public testing::Test {
protected:
  KillTest() : problem(makeLookups(6)) {
    options.only = {"sub_warp"};
    options.refineCandidates = 1;
    options.orderTrials = 20;
    shared = static_cast<Shared *>(::mmap(nullptr, sizeof(Shared),
                                          PROT_READ | PROT_WRITE,
                                          MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  }
  ~KillTest() override { ::munmap(shared, sizeof(Shared)); }

  /// Tunes with a record in a file; the result as text, or the error.
  std::string tune(const std::string &path, Shared *counts, size_t *calls) {
    ScriptedMeasurer measurer;
    measurer.offered = {{128, 10}, {128, 8}};
    measurer.ordered = [](llvm::ArrayRef<int64_t> ranks, const Trial &byStats) {
      Trial trial;
      std::string text;
      for (int64_t rank : ranks)
        text += std::to_string(rank) + " ";
      trial.cost = byStats.cost * (0.9 + 0.2 * noiseOf(text));
      return trial;
    };
    measurer.beforeCall = [&] {
      if (counts)
        ++counts->begun;
    };
    Result<TrialRecord> record = TrialRecord::open(path);
    if (!record)
      return record.error().message;
    CountSteps observer(counts);
    Budget budget([] { return 0.0; });
    auto result = Tuner(context.get(), problem, measurer, *record, budget,
                        observer, options)
                      .run();
    if (calls)
      *calls = measurer.calls;
    return result ? toText(*result) : result.error().message;
  }

  std::unique_ptr<mlir::MLIRContext> context = makeTuningContext();
  TuningProblem problem;
  TuningOptions options;
  Shared *shared;
};

TEST_F(KillTest, FiveHundredKillsLoseAtMostTheTrialInFlight) {
  constexpr int kKills = 500;
  TemporaryFolder folder(quickFolder());
  size_t allCalls = 0;
  std::string whole = tune(folder.file("whole.db"), nullptr, &allCalls);
  // How long it takes once all has been loaded.
  Clock::time_point start = Clock::now();
  EXPECT_EQ(tune(folder.file("again.db"), nullptr, nullptr), whole);
  auto duration = Clock::now() - start;
  ASSERT_GT(allCalls, 10u);

  std::mt19937 random(1);
  int kills = 0, early = 0, late = 0;
  for (int attempt = 0; kills != kKills; ++attempt) {
    ASSERT_LT(attempt, 20 * kKills) << "children end before they are killed";
    std::string path = folder.file(std::to_string(attempt) + ".db");
    shared->begun = shared->finished = 0;
    pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      (void)tune(path, shared, nullptr);
      ::_exit(0);
    }
    // A child takes longer: it copies the memory that it changes.
    std::this_thread::sleep_for(
        duration * std::uniform_real_distribution<>(0, 1.5)(random));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (!WIFSIGNALED(status))
      continue; // it was done before
    ++kills;
    early += shared->begun == 0;
    late += shared->begun > allCalls / 2;

    // What was begun is recorded, but for the last.
    size_t calls = 0;
    EXPECT_EQ(tune(path, nullptr, &calls), whole) << "kill " << kills;
    size_t kept = shared->begun == 0 ? 0 : shared->begun - 1;
    EXPECT_LE(calls, allCalls - kept) << "kill " << kills;
    EXPECT_LE(calls, allCalls - shared->finished) << "kill " << kills;
    for (const char *suffix : {"", "-wal", "-shm"})
      ::unlink((path + suffix).c_str());
  }
  // Kills came at all times.
  RecordProperty("early", early);
  RecordProperty("late", late);
  EXPECT_LT(early, kKills / 2);
  EXPECT_GT(late, kKills / 20);
}

} // namespace
} // namespace recflex
