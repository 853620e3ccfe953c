//===- BlockRunner.h - Runs the threads of one block at a time --*- C++ -*-===//
//
// One a worker. The threads of a block take turns on one OS thread: a lane runs
// until it waits for others or exits, then the next lane that can run goes on,
// its warp's lanes first. A kernel that never waits runs its threads as plain
// calls.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_LIB_SIMULATOR_BLOCKRUNNER_H
#define RECFLEX_LIB_SIMULATOR_BLOCKRUNNER_H

#include "Fiber.h"
#include "MemoryMap.h"
#include "Program.h"
#include "SharedMemory.h"

#include "recflex/Simulator/Simulator.h"

#include <memory>
#include <string>
#include <vector>

namespace recflex::sim {

/// What all blocks of a launch have in common.
struct Launch {
  const Kernel *kernel = nullptr;
  const uint64_t *arguments = nullptr;
  LaunchShape shape;
};

class BlockRunner {
public:
  /// `stackBytes`: what generated code needs of a stack.
  BlockRunner(const Program &program, const MemoryMap &memory,
              size_t stackBytes, const SimulatorOptions &options);
  BlockRunner(const BlockRunner &) = delete;
  BlockRunner &operator=(const BlockRunner &) = delete;

  /// Forgets which memory was seen to be valid: call it when the memory map
  /// changed.
  void forgetMemory();
  /// Readies the runner for blocks of `launch`, which must outlive them.
  Status prepare(const Launch &launch);
  /// Runs one block to its end or to its first error.
  Status run(uint32_t block);

  // What generated code asks for, by way of EntryPoints.cpp. Each may leave the
  // calling thread for good.

  /// Checks an access that the site's cache does not cover.
  void checkAccess(LaneContext &lane, uint64_t address, uint32_t site);
  void checkShared(LaneContext &lane, uint64_t address, uint32_t site);
  void checkLocal(LaneContext &lane, uint64_t address, uint64_t base,
                  uint64_t bytes, uint32_t site);
  void checkRange(LaneContext &lane, uint64_t address, uint64_t bytes,
                  uint32_t site);
  uint32_t warpOperation(LaneContext &lane, WarpOperation operation,
                         uint32_t mask);
  uint32_t barrier(LaneContext &lane, uint32_t site, uint32_t id,
                   uint32_t count, BarrierResult result, bool predicate);
  /// Counts a turn of a loop.
  void iterate(LaneContext &lane) {
    if (--iterationsLeft < 0)
      failEndlessLoop(lane);
  }
  void fail(LaneContext &lane, const char *what, uint32_t site);
  /// `message`: the address of a string, in registered memory or not.
  void failAssertion(LaneContext &lane, uint64_t message, uint32_t site);

private:
  struct Warp {
    uint32_t ready = 0;   ///< lanes that can run
    uint32_t waiting = 0; ///< lanes at a warp operation
  };
  struct Barrier {
    uint32_t arrived = 0;
    uint32_t expected = 0;
    uint32_t trueVotes = 0;
    uint32_t lanes[maxWarps] = {};
  };
  static constexpr uint32_t barriersPerBlock = 16; // PTX ISA, "bar"

  static void runThread(void *lane);
  static void runThreadsInTurn(void *runner);

  /// Leaves `lane`, which waits or has exited, for one that can run.
  void switchFrom(LaneContext &lane);
  LaneContext *nextReady();
  void releaseBarrier(Barrier &barrier);

  void report(const LaneContext &lane, const std::string &what);
  /// Goes back to `run` for good. Not [[noreturn]]: AddressSanitizer would then
  /// look for the end of a stack that it does not know.
  void abandon();
  void failEndlessLoop(LaneContext &lane);
  std::string describeSite(uint32_t site, uint64_t bytes) const;
  std::string describePlace(uint32_t site) const;
  std::string describeDeadlock(const LaneContext &lane) const;
  std::string describeAbsent(uint32_t thread) const;
  /// The stack that `lane` runs on.
  size_t stackOf(const LaneContext &lane) const;

  const Program &program;
  const MemoryMap &memory;
  const size_t stackBytes;
  const int64_t maxIterations;
  SharedMemory shared;
  FiberStacks stacks;
  std::vector<AccessCache> caches;
  Launch launch;
  BlockState state;

  std::vector<LaneContext> lanes;
  Warp warps[maxWarps];
  Barrier barriers[barriersPerBlock];
  uint32_t warpCount = 0;
  uint32_t currentWarp = 0;
  uint32_t currentLane = 0;
  uint32_t liveThreads = 0;
  int64_t iterationsLeft = 0;
  void *scheduler = nullptr; ///< where `run` waits

  bool failed = false;
  std::string failure;
};

} // namespace recflex::sim

#endif // RECFLEX_LIB_SIMULATOR_BLOCKRUNNER_H
