//===- Fiber.h - Stacks and the switch between them -------------*- C++ -*-===//
//
// A GPU thread that may wait for others runs on a stack of its own. Switching
// saves the callee-saved registers and nothing else: no system call, unlike
// swapcontext.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_LIB_SIMULATOR_FIBER_H
#define RECFLEX_LIB_SIMULATOR_FIBER_H

#include <cstddef>
#include <cstdint>

extern "C" {
/// Saves the caller's registers on its stack, stores the stack pointer to
/// *save and continues the fiber that stopped at `resume`.
void recflexSwitchStack(void **save, void *resume);
}

namespace recflex::sim {

/// A fixed number of equally large stacks.
class FiberStacks {
public:
  FiberStacks() = default;
  FiberStacks(const FiberStacks &) = delete;
  FiberStacks &operator=(const FiberStacks &) = delete;
  ~FiberStacks();

  /// Makes room for `count` stacks of at least `bytes` each; false if the
  /// system has no memory. Pages are taken when they are first touched.
  bool reserve(size_t count, size_t bytes);

  /// A stack pointer that, switched to, calls entry(argument) on stack
  /// `index`. `entry` must not return.
  void *prepare(size_t index, void (*entry)(void *), void *argument) const;

  /// Whether [address, address + bytes) lies in stack `index`.
  bool contains(size_t index, uint64_t address, uint64_t bytes) const;

private:
  void release();

  char *memory = nullptr;
  size_t count = 0;
  size_t stackBytes = 0;
};

} // namespace recflex::sim

#endif // RECFLEX_LIB_SIMULATOR_FIBER_H
