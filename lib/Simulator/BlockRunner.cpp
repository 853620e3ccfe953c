//===- BlockRunner.cpp - Runs the threads of one block at a time ----------===//

#include "BlockRunner.h"

#include "WarpOperations.h"

#include <algorithm>

namespace recflex::sim {

namespace {
/// What the simulator's own functions may need on top of generated code's
/// frames: message formatting, the dynamic linker's register save area, a
/// signal frame.
constexpr size_t stackReserve = 48 * 1024;

uint32_t lowBits(uint32_t count) {
  return count >= 32 ? ~0u : (1u << count) - 1;
}
} // namespace

BlockRunner::BlockRunner(const Program &program, const MemoryMap &memory,
                         size_t stackBytes, const SimulatorOptions &options)
    : program(program), memory(memory), stackBytes(stackBytes + stackReserve),
      maxIterations(options.maxIterations),
      shared(options.detectRaces, options.detectUninitialized),
      caches(std::max<size_t>(program.sites.size(), 1)) {
  state.runner = this;
  state.caches = caches.data();
  forgetMemory();
}

void BlockRunner::forgetMemory() {
  // No kernel has a pointer into the simulator's own memory, so its address
  // serves as one that never comes.
  auto nowhere = reinterpret_cast<uint64_t>(caches.data());
  for (AccessCache &cache : caches)
    cache = {nowhere, 0, 0};
}

Status BlockRunner::prepare(const Launch &next) {
  launch = next;
  auto threads = static_cast<uint32_t>(launch.shape.threads);
  state.threads = threads;
  state.blocks = static_cast<uint32_t>(launch.shape.blocks);
  state.dynamicSharedBytes = static_cast<uint32_t>(launch.shape.sharedBytes);
  shared.prepare(program, state.dynamicSharedBytes);
  state.shared = shared.data();
  warpCount = (threads + warpSize - 1) / warpSize;

  size_t fibers = launch.kernel->synchronizes ? threads : 1;
  if (!stacks.reserve(fibers, stackBytes))
    return makeError("no memory for ", fibers, " stacks of ", stackBytes,
                     " bytes: launch smaller blocks");
  lanes.assign(warpCount * warpSize, LaneContext());
  for (uint32_t t = 0; t < lanes.size(); ++t) {
    lanes[t].block = &state;
    lanes[t].thread = t;
    lanes[t].lane = t % warpSize;
  }
  return {};
}

Status BlockRunner::run(uint32_t block) {
  state.index = block;
  shared.startBlock();
  failed = false;
  iterationsLeft = maxIterations;
  currentWarp = currentLane = 0;
  void *first = nullptr;
  if (launch.kernel->synchronizes) {
    std::fill(std::begin(barriers), std::end(barriers), Barrier());
    liveThreads = state.threads;
    for (uint32_t w = 0; w < warpCount; ++w) {
      warps[w] = Warp();
      warps[w].ready = lowBits(state.threads - w * warpSize);
    }
    for (uint32_t t = 0; t < state.threads; ++t) {
      lanes[t].status = LaneStatus::Ready;
      lanes[t].stackPointer = stacks.prepare(t, &runThread, &lanes[t]);
    }
    warps[0].ready &= ~1u;
    first = lanes[0].stackPointer;
  } else {
    first = stacks.prepare(0, &runThreadsInTurn, this);
  }
  recflexSwitchStack(&scheduler, first);
  if (failed)
    return makeError(failure);
  return {};
}

void BlockRunner::runThread(void *argument) {
  auto &lane = *static_cast<LaneContext *>(argument);
  BlockRunner &runner = *lane.block->runner;
  runner.launch.kernel->entry(&lane, runner.launch.arguments);
  lane.status = LaneStatus::Exited;
  --runner.liveThreads;
  runner.switchFrom(lane);
}

void BlockRunner::runThreadsInTurn(void *argument) {
  auto &runner = *static_cast<BlockRunner *>(argument);
  KernelFunction entry = runner.launch.kernel->entry;
  for (uint32_t t = 0; t < runner.state.threads; ++t)
    entry(&runner.lanes[t], runner.launch.arguments);
  runner.abandon();
}

LaneContext *BlockRunner::nextReady() {
  // The lanes above come first, so that those of a warp take turns; then the
  // warps above.
  uint32_t warp = currentWarp;
  uint32_t ready = warps[warp].ready;
  if (uint32_t above = ready & ~lowBits(currentLane + 1))
    ready = above;
  for (uint32_t visited = 1; ready == 0; ++visited) {
    if (visited == warpCount)
      return nullptr;
    warp = warp + 1 == warpCount ? 0 : warp + 1;
    ready = warps[warp].ready;
  }
  currentWarp = warp;
  currentLane = static_cast<uint32_t>(__builtin_ctz(ready));
  warps[warp].ready &= ~(1u << currentLane);
  return &lanes[warp * warpSize + currentLane];
}

void BlockRunner::switchFrom(LaneContext &lane) {
  LaneContext *next = nextReady();
  if (!next) {
    if (liveThreads != 0)
      for (LaneContext &stuck : lanes)
        if (stuck.status != LaneStatus::Exited) {
          report(stuck, describeDeadlock(stuck));
          break;
        }
    abandon();
  }
  if (next != &lane)
    recflexSwitchStack(&lane.stackPointer, next->stackPointer);
}

void BlockRunner::abandon() {
  void *unused = nullptr;
  recflexSwitchStack(&unused, scheduler);
}

size_t BlockRunner::stackOf(const LaneContext &lane) const {
  return launch.kernel->synchronizes ? lane.thread : 0;
}

uint32_t BlockRunner::warpOperation(LaneContext &lane, WarpOperation operation,
                                    uint32_t mask) {
  uint32_t warpIndex = lane.thread / warpSize;
  Warp &warp = warps[warpIndex];
  LaneContext *members = &lanes[warpIndex * warpSize];
  lane.operation = operation;
  lane.mask = mask;
  if (!(mask >> lane.lane & 1)) {
    report(lane, std::string(nameOf(operation)) + " with mask " +
                     hexadecimal(mask) + ", which leaves out lane " +
                     std::to_string(lane.lane) + ", the one that executes it");
    abandon();
  }
  lane.status = LaneStatus::AtWarpOperation;
  warp.waiting |= 1u << lane.lane;
  bool complete = (warp.waiting & mask) == mask;
  for (uint32_t rest = complete ? mask : 0; rest != 0; rest &= rest - 1) {
    const LaneContext &other = members[__builtin_ctz(rest)];
    complete &= other.operation == operation && other.mask == mask;
  }
  if (!complete) {
    switchFrom(lane);
    return lane.result;
  }
  resolveWarpOperation(members, mask);
  if (operation == WarpOperation::Synchronize)
    shared.warpBarrier(warpIndex, mask);
  warp.waiting &= ~mask;
  for (uint32_t rest = mask; rest != 0; rest &= rest - 1)
    members[__builtin_ctz(rest)].status = LaneStatus::Ready;
  // This lane simply goes on.
  warp.ready |= mask & ~(1u << lane.lane);
  return lane.result;
}

uint32_t BlockRunner::barrier(LaneContext &lane, uint32_t site, uint32_t id,
                              uint32_t count, BarrierResult result,
                              bool predicate) {
  if (id >= barriersPerBlock)
    fail(lane, "barrier number out of range (0 to 15)", site);
  uint32_t expected = count == wholeBlock ? state.threads : count;
  if (expected > state.threads || expected == 0 ||
      (count != wholeBlock && count % warpSize != 0))
    fail(lane,
         "barrier for a number of threads that is 0, no multiple of 32 or more "
         "than the block has",
         site);
  Barrier &barrier = barriers[id];
  if (barrier.arrived == 0)
    barrier.expected = expected;
  if (barrier.expected != expected)
    fail(lane,
         "barrier for another number of threads than those that wait at it "
         "gave",
         site);
  uint32_t warp = lane.thread / warpSize;
  if (program.sites[site].convergent && barrier.lanes[warp] != 0) {
    const LaneContext &other =
        lanes[warp * warpSize + __builtin_ctz(barrier.lanes[warp])];
    if (other.barrierSite != site)
      fail(lane,
           "divergent barrier: other lanes of the warp wait at another "
           "instruction, and this barrier is one that a warp must execute "
           "together",
           site);
  }
  barrier.lanes[warp] |= 1u << lane.lane;
  ++barrier.arrived;
  barrier.trueVotes += predicate;
  lane.barrier = id;
  lane.barrierSite = site;
  lane.status = LaneStatus::AtBarrier;
  if (barrier.arrived == barrier.expected)
    releaseBarrier(barrier);
  switchFrom(lane);
  switch (result) {
  case BarrierResult::None:
    return 0;
  case BarrierResult::CountTrue:
    return lane.result;
  case BarrierResult::AllTrue:
    return lane.result == expected;
  case BarrierResult::AnyTrue:
    return lane.result != 0;
  }
  return 0;
}

void BlockRunner::releaseBarrier(Barrier &barrier) {
  for (uint32_t w = 0; w < warpCount; ++w) {
    for (uint32_t rest = barrier.lanes[w]; rest != 0; rest &= rest - 1) {
      LaneContext &lane = lanes[w * warpSize + __builtin_ctz(rest)];
      lane.status = LaneStatus::Ready;
      lane.result = barrier.trueVotes;
    }
    warps[w].ready |= barrier.lanes[w];
  }
  // The lowest thread goes first, so that messages name threads in order.
  currentWarp = 0;
  currentLane = warpSize - 1;
  // A barrier of some warps orders those alone; counting it for all misses a
  // race at worst.
  shared.blockBarrier();
  barrier = Barrier();
}

} // namespace recflex::sim
