//===- EntryPoints.cpp - What generated code may call ---------------------===//

#include "EntryPoints.h"

#include "BlockRunner.h"

#include <chrono>

namespace recflex::sim {

namespace {

void checkAccess(LaneContext *lane, uint64_t address, uint32_t site) {
  const AccessCache &cache = lane->block->caches[site];
  if (__builtin_expect(address - cache.base > cache.span ||
                           (address & cache.alignMask) != 0,
                       false))
    lane->block->runner->checkAccess(*lane, address, site);
}

void checkShared(LaneContext *lane, uint64_t address, uint32_t site) {
  lane->block->runner->checkShared(*lane, address, site);
}

void checkLocal(LaneContext *lane, uint64_t address, uint64_t base,
                uint64_t bytes, uint32_t site) {
  lane->block->runner->checkLocal(*lane, address, base, bytes, site);
}

void checkRange(LaneContext *lane, uint64_t address, uint64_t bytes,
                uint32_t site) {
  lane->block->runner->checkRange(*lane, address, bytes, site);
}

uint32_t warpOperation(LaneContext *lane, uint32_t operation, uint32_t mask,
                       uint64_t value, uint32_t b, uint32_t c) {
  lane->value = value;
  lane->operandB = b;
  lane->operandC = c;
  return lane->block->runner->warpOperation(
      *lane, static_cast<WarpOperation>(operation), mask);
}

uint32_t barrier(LaneContext *lane, uint32_t site, uint32_t id, uint32_t count,
                 uint32_t result, uint32_t vote) {
  return lane->block->runner->barrier(*lane, site, id, count,
                                      static_cast<BarrierResult>(result),
                                      (vote & 1) != 0);
}

void iterate(LaneContext *lane) { lane->block->runner->iterate(*lane); }

void trap(LaneContext *lane, uint32_t site) {
  lane->block->runner->fail(*lane, "trap, or code that cannot be reached",
                            site);
}

void assertion(LaneContext *lane, uint64_t message, uint32_t site) {
  lane->block->runner->failAssertion(*lane, message, site);
}

void checkDivisor(LaneContext *lane, uint32_t bad, uint32_t site) {
  if (bad & 1)
    lane->block->runner->fail(*lane, "integer division by zero, or overflow",
                              site);
}

uint64_t clock(LaneContext *) {
  return static_cast<uint64_t>(
      std::chrono::steady_clock::now().time_since_epoch().count());
}

template <typename Function> const void *addressOf(Function *function) {
  return reinterpret_cast<const void *>(function);
}

} // namespace

std::vector<HostSymbol> entryPoints() {
  return {{entry::checkAccess, addressOf(checkAccess)},
          {entry::checkShared, addressOf(checkShared)},
          {entry::checkLocal, addressOf(checkLocal)},
          {entry::checkRange, addressOf(checkRange)},
          {entry::warpOperation, addressOf(warpOperation)},
          {entry::barrier, addressOf(barrier)},
          {entry::iterate, addressOf(iterate)},
          {entry::trap, addressOf(trap)},
          {entry::assertion, addressOf(assertion)},
          {entry::checkDivisor, addressOf(checkDivisor)},
          {entry::clock, addressOf(clock)}};
}

} // namespace recflex::sim
