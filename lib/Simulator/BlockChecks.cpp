//===- BlockChecks.cpp - Checks of a running block, and their messages ----===//

#include "BlockRunner.h"

#include "WarpOperations.h"

namespace recflex::sim {

namespace {
const char *nameOf(AccessKind kind) {
  switch (kind) {
  case AccessKind::Load:
    return "load";
  case AccessKind::Store:
    return "store";
  case AccessKind::AtomicLoad:
    return "atomic load";
  case AccessKind::AtomicStore:
    return "atomic store";
  case AccessKind::AtomicUpdate:
    return "atomic update";
  }
  return "access";
}
} // namespace

void BlockRunner::checkAccess(LaneContext &lane, uint64_t address,
                              uint32_t index) {
  const Site &site = program.sites[index];
  if (shared.contains(address))
    return checkShared(lane, address, index);
  const Region *region = memory.find(address, site.bytes);
  if (region && (region->writable || !writesMemory(site.kind))) {
    if ((address & (site.align - 1)) != 0) {
      report(lane, describeSite(index, site.bytes) + "at " + region->name +
                       " + " + std::to_string(address - region->base) +
                       ", not aligned to " + std::to_string(site.align) +
                       " bytes (address " + hexadecimal(address) + ")");
      abandon();
    }
    caches[index] = {region->base, region->bytes - site.bytes, site.align - 1u};
    return;
  }
  if (region) {
    report(lane, describeSite(index, site.bytes) + "at " + region->name +
                     " + " + std::to_string(address - region->base) +
                     ", which is read-only");
    abandon();
  }
  if (stacks.contains(stackOf(lane), address, site.bytes))
    return;
  report(lane,
         describeSite(index, site.bytes) + memory.explain(address, site.bytes));
  abandon();
}

void BlockRunner::checkShared(LaneContext &lane, uint64_t address,
                              uint32_t index) {
  const Site &site = program.sites[index];
  if ((address & (site.align - 1)) != 0) {
    report(lane, describeSite(index, site.bytes) + "at byte " +
                     std::to_string(static_cast<int64_t>(
                         address - reinterpret_cast<uint64_t>(shared.data()))) +
                     " of shared memory, not aligned to " +
                     std::to_string(site.align) + " bytes");
    abandon();
  }
  if (!shared.access(lane.thread, address, site.bytes, site.kind)) {
    report(lane, describeSite(index, site.bytes) + shared.explain());
    abandon();
  }
}

void BlockRunner::checkLocal(LaneContext &lane, uint64_t address, uint64_t base,
                             uint64_t bytes, uint32_t index) {
  const Site &site = program.sites[index];
  if (address - base < bytes && site.bytes <= bytes - (address - base))
    return;
  report(lane, describeSite(index, site.bytes) + "at byte " +
                   std::to_string(static_cast<int64_t>(address - base)) +
                   " of a local variable of " + std::to_string(bytes) +
                   " bytes");
  abandon();
}

void BlockRunner::checkRange(LaneContext &lane, uint64_t address,
                             uint64_t bytes, uint32_t index) {
  if (bytes == 0)
    return;
  const Site &site = program.sites[index];
  if (shared.contains(address)) {
    if (!shared.access(lane.thread, address, bytes, site.kind)) {
      report(lane, describeSite(index, bytes) + shared.explain());
      abandon();
    }
    return;
  }
  const Region *region = memory.find(address, bytes);
  if (region && (region->writable || !writesMemory(site.kind)))
    return;
  if (stacks.contains(stackOf(lane), address, bytes))
    return;
  report(lane, describeSite(index, bytes) +
                   (region ? "at " + region->name + ", which is read-only"
                           : memory.explain(address, bytes)));
  abandon();
}

void BlockRunner::report(const LaneContext &lane, const std::string &what) {
  failed = true;
  failure = "kernel '" + launch.kernel->name + "', block " +
            std::to_string(state.index) + ", thread " +
            std::to_string(lane.thread) + ": " + what;
}

void BlockRunner::fail(LaneContext &lane, const char *what, uint32_t site) {
  report(lane, what + describePlace(site));
  abandon();
}

void BlockRunner::failAssertion(LaneContext &lane, uint64_t message,
                                uint32_t site) {
  report(lane,
         "assertion failed: " + memory.stringAt(message) + describePlace(site));
  abandon();
}

void BlockRunner::failEndlessLoop(LaneContext &lane) {
  report(lane, "the block made " + std::to_string(maxIterations) +
                   " loop iterations and has not ended: an endless loop, or "
                   "raise maxIterations");
  abandon();
}

std::string BlockRunner::describePlace(uint32_t index) const {
  const Site &site = program.sites[index];
  std::string text;
  if (program.functions[site.function] != launch.kernel->name)
    text += " in function '" + program.functions[site.function] + "'";
  if (site.line != 0)
    text += " at line " + std::to_string(site.line);
  return text;
}

std::string BlockRunner::describeSite(uint32_t index, uint64_t bytes) const {
  return std::string(nameOf(program.sites[index].kind)) + " of " +
         std::to_string(bytes) + " bytes" + describePlace(index) + " ";
}

std::string BlockRunner::describeAbsent(uint32_t thread) const {
  std::string text = "thread " + std::to_string(thread) + ", which ";
  if (thread >= state.threads)
    return text + "the block does not have";
  const LaneContext &lane = lanes[thread];
  switch (lane.status) {
  case LaneStatus::Exited:
    return text + "has exited";
  case LaneStatus::AtBarrier:
    return text + "waits at barrier " + std::to_string(lane.barrier);
  case LaneStatus::AtWarpOperation:
    return text + "waits at a " + sim::nameOf(lane.operation) + " with mask " +
           hexadecimal(lane.mask);
  case LaneStatus::Ready:
    break;
  }
  return text + "has not arrived";
}

std::string BlockRunner::describeDeadlock(const LaneContext &lane) const {
  if (lane.status == LaneStatus::AtWarpOperation) {
    uint32_t first = lane.thread - lane.lane;
    for (uint32_t rest = lane.mask; rest != 0; rest &= rest - 1) {
      uint32_t other = first + static_cast<uint32_t>(__builtin_ctz(rest));
      if (other < state.threads &&
          lanes[other].status == LaneStatus::AtWarpOperation &&
          lanes[other].operation == lane.operation &&
          lanes[other].mask == lane.mask)
        continue;
      return std::string(sim::nameOf(lane.operation)) + " with mask " +
             hexadecimal(lane.mask) + " waits for lane " +
             std::to_string(other % warpSize) + " (" + describeAbsent(other) +
             ")";
    }
  }
  const Barrier &barrier = barriers[lane.barrier];
  std::string text = "barrier " + std::to_string(lane.barrier) +
                     " was reached by " + std::to_string(barrier.arrived) +
                     " of " + std::to_string(barrier.expected) +
                     " threads; it waits for ";
  for (uint32_t thread = 0; thread < state.threads; ++thread)
    if (!(barrier.lanes[thread / warpSize] >> thread % warpSize & 1))
      return text + describeAbsent(thread);
  return text + "more";
}

} // namespace recflex::sim
