//===- Simulator.h - Runs an emitted kernel on the CPU ----------*- C++ -*-===//
//
// Takes the LLVM IR that the NVPTX backend would turn into PTX and executes it
// on the host, grid, blocks, warps and threads included: barriers, shuffles,
// votes and shared memory behave as on the GPU; every load and store is
// checked against the memory that was registered.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_SIMULATOR_SIMULATOR_H
#define RECFLEX_SIMULATOR_SIMULATOR_H

#include "recflex/Support/Result.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace llvm {
class Module;
} // namespace llvm

namespace recflex {

/// A grid of blocks, both one-dimensional.
struct LaunchShape {
  int64_t blocks = 0;
  int32_t threads = 0;     ///< a block; 1 to 1024
  int32_t sharedBytes = 0; ///< dynamic shared memory a block
};

/// One kernel argument: its raw bits, zero-extended. The kernel's own
/// signature says how wide it is; pointers are host addresses.
using KernelArgument = uint64_t;

/// What a launch did.
struct SimulationStats {
  int64_t blocks = 0;
  int64_t lanes = 0; ///< threads that ran
};

/// What to check and how to run. The defaults suit tests: small set-up cost
/// and every check on.
struct SimulatorOptions {
  /// OS threads that share the blocks of a grid; 1 to 256.
  int workers = 1;
  /// Report shared memory that two threads touch, one of them writing, with no
  /// barrier between.
  bool detectRaces = true;
  /// Report shared memory that is read before the block wrote it.
  bool detectUninitialized = true;
  /// Loop iterations that one block may make in all its threads before it is
  /// taken for an endless loop.
  int64_t maxIterations = int64_t(1) << 32;
};

class Simulator {
public:
  ~Simulator();

  /// Compiles `module` (triple nvptx64-nvidia-cuda, after NVVM lowering) for
  /// the host. The module is copied, not changed. Fails on constructs that the
  /// simulator does not model (inline assembly, unknown intrinsics), naming
  /// them.
  static Result<std::unique_ptr<Simulator>>
  create(const llvm::Module &module, const SimulatorOptions &options = {});

  /// Lets kernels read (and, if `writable`, write) [base, base + bytes).
  /// `name` appears in messages: "load of 4 bytes at values + 400, past its
  /// 400 bytes". Regions must not overlap (`launch` fails if they do). An
  /// access that runs from one region into the next is found only if a gap lies
  /// between them.
  void addMemory(const std::string &name, void *base, size_t bytes,
                 bool writable);
  void clearMemory();

  /// Runs `kernel` over the whole grid. Errors: an access outside registered
  /// memory, a store to read-only memory, misalignment, a barrier or a shuffle
  /// that not all of its lanes reach, shared memory read before it was
  /// written, a race in shared memory, an endless loop. The message names
  /// kernel, block, thread and address; the error of the lowest block wins.
  /// After an error the memory holds what was written so far, and the simulator
  /// can launch again.
  Result<SimulationStats> launch(const std::string &kernel, LaunchShape shape,
                                 const std::vector<KernelArgument> &arguments);

private:
  struct Impl;
  explicit Simulator(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl;
};

} // namespace recflex

#endif // RECFLEX_SIMULATOR_SIMULATOR_H
