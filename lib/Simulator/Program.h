//===- Program.h - What the simulator knows of a module ---------*- C++ -*-===//

#ifndef RECFLEX_LIB_SIMULATOR_PROGRAM_H
#define RECFLEX_LIB_SIMULATOR_PROGRAM_H

#include "Context.h"

#include <cstdint>
#include <string>
#include <vector>

namespace recflex::sim {

enum class AccessKind : uint8_t {
  Load,
  Store,
  AtomicLoad,
  AtomicStore,
  AtomicUpdate
};

inline bool isAtomic(AccessKind kind) { return kind >= AccessKind::AtomicLoad; }
inline bool readsMemory(AccessKind kind) {
  return kind != AccessKind::Store && kind != AccessKind::AtomicStore;
}
inline bool writesMemory(AccessKind kind) {
  return kind != AccessKind::Load && kind != AccessKind::AtomicLoad;
}

/// One checked place in the code: a load, a store, a barrier, a division.
struct Site {
  AccessKind kind = AccessKind::Load;
  uint32_t bytes = 0;
  uint32_t align = 1;
  /// A barrier that the lanes of a warp must execute together (`.aligned`).
  bool convergent = false;
  uint32_t function = 0; ///< index into Program::functions
  uint32_t line = 0;     ///< from debug info; 0 if there is none
};

/// An array in shared memory.
struct SharedObject {
  std::string name;
  uint64_t offset = 0;
  uint64_t bytes = 0; ///< ignored if `dynamic`: the launch says
  bool dynamic = false;
};

/// A global variable of the module, outside shared memory.
struct GlobalObject {
  std::string name;
  uint64_t bytes = 0;
  bool writable = false;
};

using KernelFunction = void (*)(LaneContext *, const uint64_t *);

struct Kernel {
  std::string name;
  uint32_t parameters = 0;
  bool synchronizes = false; ///< may wait for other threads
  bool usesDynamicShared = false;
  uint64_t staticSharedBytes = 0;
  uint32_t maxThreads = sim::maxThreads; ///< launch bounds
  uint32_t requiredThreads = 0;          ///< 0: any
  KernelFunction entry = nullptr;
};

struct Program {
  std::vector<Kernel> kernels;
  std::vector<Site> sites;
  std::vector<std::string> functions;
  std::vector<SharedObject> sharedObjects;
  std::vector<GlobalObject> globals;
  uint64_t staticSharedBytes = 0; ///< of all shared objects, gaps included
  uint32_t callDepth = 1;         ///< functions on the stack at most
};

} // namespace recflex::sim

#endif // RECFLEX_LIB_SIMULATOR_PROGRAM_H
