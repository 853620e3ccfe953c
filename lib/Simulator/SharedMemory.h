//===- SharedMemory.h - A block's shared memory, with its history -*- C++ -*-=//
//
// The buffer, and a record a byte of who touched it last. The record finds
// reads of memory that the block never wrote, and pairs of accesses that no
// barrier orders. Time is counted in two clocks:
//
//   epoch  one for the worker: a new block and a block barrier advance it. Two
//          accesses of different epochs are ordered.
//   stamp  one a warp: a warp barrier (bar.warp.sync) advances it for the lanes
//          that its mask names, and tells each of them what the others know,
//          as a vector clock does. Shuffles and votes order no memory (CUDA C++
//          Programming Guide, "Warp Shuffle Functions") and count for nothing.
//
// The scheme is FastTrack's (Flanagan and Freund, PLDI 2009), cut down to two
// levels.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_LIB_SIMULATOR_SHAREDMEMORY_H
#define RECFLEX_LIB_SIMULATOR_SHAREDMEMORY_H

#include "Program.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace recflex::sim {

class SharedMemory {
public:
  SharedMemory(bool detectRaces, bool detectUninitialized)
      : detectRaces(detectRaces), detectUninitialized(detectUninitialized) {}

  /// Lays `program`'s shared arrays out, with `dynamicBytes` behind them.
  void prepare(const Program &program, uint32_t dynamicBytes);

  /// Forgets what the last block wrote.
  void startBlock();
  /// All threads of the block passed a barrier.
  void blockBarrier() { ++epoch; }
  /// The lanes of `warp` in `mask` passed a warp barrier.
  void warpBarrier(uint32_t warp, uint32_t mask);

  uint8_t *data() { return buffer; }
  uint64_t size() const { return bytes; }
  bool contains(uint64_t address) const {
    return address - reinterpret_cast<uint64_t>(buffer) < bytes;
  }

  /// Checks an access and records it. False if it is wrong: `explain` then says
  /// how, from "at x + 16, ..." on.
  bool access(uint32_t thread, uint64_t address, uint64_t size,
              AccessKind kind);
  std::string explain() const;

private:
  /// Who touched some memory last.
  struct Cell {
    uint32_t writeEpoch = 0;
    uint32_t writeStamp = 0;
    uint32_t readEpoch = 0;
    uint32_t readStamp = 0; ///< the latest of the readers'
    uint32_t readers = 0;   ///< lanes of readWarp
    uint16_t writer = 0;    ///< thread, or manyWriters
    uint8_t readWarp = 0;   ///< or manyWarps
    bool writtenAtomically = false;
  };
  /// Most accesses are of whole words; a word's bytes get cells of their own
  /// when one of them is touched alone.
  struct Word {
    Cell cell;
    bool split = false;
  };
  static constexpr uint64_t wordBytes = 4;
  /// Two threads wrote atomically in one epoch, in no order.
  static constexpr uint16_t manyWriters = UINT16_MAX;
  static constexpr uint8_t manyWarps = UINT8_MAX;

  enum class Fault { None, Outside, Uninitialized, AfterWrite, AfterRead };
  struct Failure {
    Fault fault = Fault::None;
    uint64_t offset = 0;
    uint32_t thread = 0;
    AccessKind kind = AccessKind::Load;
    Cell cell;
  };

  /// Whether the bytes lie in one shared array.
  bool inOneObject(uint64_t offset, uint64_t size) const;
  Fault touch(Cell &cell, uint32_t thread, AccessKind kind);
  Fault read(Cell &cell, uint32_t thread, bool atomic);
  Fault write(Cell &cell, uint32_t thread, bool atomic);
  bool ordered(uint32_t thread, uint32_t earlier, uint32_t stamp) const;
  /// A reader of `cell` that nothing orders before `thread` (manyWriters if
  /// there are several, of several warps), or none.
  std::optional<uint32_t> unorderedReader(const Cell &cell,
                                          uint32_t thread) const;
  void split(uint64_t word);
  bool fail(Fault fault, uint64_t offset, uint32_t thread, AccessKind kind,
            const Cell &cell);

  /// known[l]: this lane comes after lane l's accesses stamped below it.
  struct LaneClock {
    uint32_t now = 1;
    uint32_t known[warpSize] = {};
  };
  struct WarpClock {
    uint32_t count = 1;
    LaneClock lanes[warpSize];
  };

  const bool detectRaces;
  const bool detectUninitialized;
  bool laidOut = false;
  std::unique_ptr<uint8_t[]> storage;
  uint8_t *buffer = nullptr;
  uint64_t bytes = 0;
  uint64_t capacity = 0;
  std::vector<SharedObject> objects;
  /// For each 16 bytes, 1 + the object that starts or goes on there, or 0.
  std::vector<uint16_t> owners;
  std::vector<Word> words;
  std::vector<Cell> splitCells; ///< one a byte, if any word is split
  std::vector<WarpClock> warps;
  uint32_t epoch = 1;
  uint32_t blockEpoch = 1; ///< the first epoch of the running block
  Failure failure;
};

} // namespace recflex::sim

#endif // RECFLEX_LIB_SIMULATOR_SHAREDMEMORY_H
