//===- SharedMemory.cpp - A block's shared memory, with its history -------===//

#include "SharedMemory.h"

#include <algorithm>
#include <sstream>

namespace recflex::sim {

namespace {
/// What unwritten shared memory holds, should its reads not be reported: NaN as
/// f32, f16 and bf16, and far outside any table as an index.
constexpr uint8_t poison = 0xFF;

/// ptxas and the driver align a block's shared memory to 1 KiB on the GPUs that
/// have asynchronous copies.
constexpr uint64_t bufferAlign = 1024;
} // namespace

void SharedMemory::prepare(const Program &program, uint32_t dynamicBytes) {
  // Most launches look like the one before: keep its records, which count as
  // those of an earlier block.
  constexpr uint32_t lateEpoch = UINT32_MAX / 2;
  if (laidOut && bytes == program.staticSharedBytes + dynamicBytes &&
      epoch < lateEpoch)
    return;
  laidOut = true;
  bytes = program.staticSharedBytes + dynamicBytes;
  if (bytes > capacity) {
    capacity = bytes;
    storage = std::make_unique<uint8_t[]>(capacity + bufferAlign);
    auto start = reinterpret_cast<uint64_t>(storage.get());
    buffer = storage.get() + (bufferAlign - start % bufferAlign) % bufferAlign;
  }
  objects = program.sharedObjects;
  cells.assign(bytes, Cell());
  for (size_t i = 0; i < objects.size(); ++i) {
    SharedObject &object = objects[i];
    if (object.dynamic)
      object.bytes = dynamicBytes;
    for (uint64_t b = 0; b < object.bytes; ++b)
      cells[object.offset + b].object = static_cast<uint16_t>(i + 1);
  }
  warps.assign(bytes == 0 ? 0 : maxWarps, WarpClock());
  epoch = 1;
}

void SharedMemory::startBlock() {
  if (bytes == 0)
    return;
  blockEpoch = ++epoch;
  if (!detectUninitialized)
    std::fill_n(buffer, bytes, poison);
}

void SharedMemory::warpBarrier(uint32_t warp, uint32_t mask) {
  if (!detectRaces || bytes == 0)
    return;
  WarpClock &clock = warps[warp];
  uint32_t now = ++clock.count;
  uint32_t known[warpSize] = {};
  for (uint32_t lane = 0; lane < warpSize; ++lane)
    if (mask >> lane & 1)
      for (uint32_t l = 0; l < warpSize; ++l)
        known[l] = std::max(known[l], clock.lanes[lane].known[l]);
  for (uint32_t lane = 0; lane < warpSize; ++lane)
    if (mask >> lane & 1)
      known[lane] = now;
  for (uint32_t lane = 0; lane < warpSize; ++lane)
    if (mask >> lane & 1) {
      clock.lanes[lane].now = now;
      std::copy_n(known, warpSize, clock.lanes[lane].known);
    }
}

bool SharedMemory::ordered(uint32_t thread, uint32_t earlier,
                           uint32_t stamp) const {
  if (thread == earlier)
    return true;
  uint32_t warp = thread / warpSize;
  return earlier != manyWriters && warp == earlier / warpSize &&
         warps[warp].lanes[thread % warpSize].known[earlier % warpSize] > stamp;
}

std::optional<uint32_t> SharedMemory::unorderedReader(const Cell &cell,
                                                      uint32_t thread) const {
  if (cell.readEpoch != epoch)
    return std::nullopt;
  if (cell.readWarp == manyWarps)
    return manyWriters;
  for (uint32_t lane = 0; lane < warpSize; ++lane) {
    uint32_t reader = cell.readWarp * warpSize + lane;
    if (cell.readers >> lane & 1 && !ordered(thread, reader, cell.readStamp))
      return reader;
  }
  return std::nullopt;
}

SharedMemory::Fault SharedMemory::read(Cell &cell, uint32_t thread) {
  if (detectUninitialized && cell.writeEpoch < blockEpoch)
    return Fault::Uninitialized;
  if (!detectRaces)
    return Fault::None;
  if (cell.writeEpoch == epoch &&
      !ordered(thread, cell.writer, cell.writeStamp))
    return Fault::AfterWrite;

  uint32_t warp = thread / warpSize;
  uint32_t lane = thread % warpSize;
  uint32_t now = warps[warp].lanes[lane].now;
  if (cell.readEpoch != epoch) {
    cell.readEpoch = epoch;
    cell.readWarp = static_cast<uint8_t>(warp);
    cell.readers = 1u << lane;
    cell.readStamp = now;
    return Fault::None;
  }
  if (cell.readWarp != warp) {
    cell.readWarp = manyWarps;
    return Fault::None;
  }
  // Readers that come before this one come before whatever comes after it.
  if (now > cell.readStamp)
    for (uint32_t l = 0; l < warpSize; ++l)
      if (cell.readers >> l & 1 &&
          ordered(thread, warp * warpSize + l, cell.readStamp))
        cell.readers &= ~(1u << l);
  cell.readers |= 1u << lane;
  cell.readStamp = std::max(cell.readStamp, now);
  return Fault::None;
}

SharedMemory::Fault SharedMemory::write(Cell &cell, uint32_t thread,
                                        bool atomic) {
  bool concurrent = false;
  if (detectRaces) {
    if (cell.writeEpoch == epoch &&
        !ordered(thread, cell.writer, cell.writeStamp)) {
      if (!atomic || !cell.writtenAtomically)
        return Fault::AfterWrite;
      concurrent = true;
    }
    if (unorderedReader(cell, thread))
      return Fault::AfterRead;
  }
  cell.writeEpoch = epoch;
  cell.writeStamp = warps[thread / warpSize].lanes[thread % warpSize].now;
  cell.writer = concurrent ? manyWriters : static_cast<uint16_t>(thread);
  cell.writtenAtomically = atomic;
  cell.readEpoch = 0;
  return Fault::None;
}

std::optional<std::string> SharedMemory::access(uint32_t thread,
                                                uint64_t address, uint64_t size,
                                                AccessKind kind) {
  uint64_t offset = address - reinterpret_cast<uint64_t>(buffer);
  if (offset >= bytes || size > bytes - offset)
    return explain(Fault::Outside, offset, thread, kind);
  for (Cell *cell = &cells[offset], *end = cell + size; cell != end; ++cell) {
    Fault fault = Fault::None;
    if (cell->object == 0)
      fault = Fault::Outside;
    else if (kind == AccessKind::Load)
      fault = read(*cell, thread);
    else if (kind == AccessKind::Atomic && detectUninitialized &&
             cell->writeEpoch < blockEpoch)
      fault = Fault::Uninitialized;
    else
      fault = write(*cell, thread, kind == AccessKind::Atomic);
    if (fault == Fault::None)
      continue;
    if (fault != Fault::Outside)
      offset = static_cast<uint64_t>(cell - cells.data());
    return explain(fault, offset, thread, kind);
  }
  return std::nullopt;
}

std::string SharedMemory::explain(Fault fault, uint64_t offset, uint32_t thread,
                                  AccessKind kind) const {
  // The nearest object that starts at or below the offset; the first one if
  // there is none.
  const SharedObject *object = nullptr;
  for (const SharedObject &candidate : objects) {
    bool below = static_cast<int64_t>(candidate.offset) <=
                 static_cast<int64_t>(offset);
    if (!object || (below && candidate.offset >= object->offset))
      object = &candidate;
  }
  std::ostringstream os;
  if (!object) {
    os << "in shared memory, of which the kernel has none";
    return os.str();
  }
  auto relative = static_cast<int64_t>(offset - object->offset);
  os << "at " << object->name << (relative < 0 ? " - " : " + ")
     << (relative < 0 ? -relative : relative);
  const char *previous = kind == AccessKind::Load    ? "read"
                         : kind == AccessKind::Store ? "written"
                                                     : "updated";
  const char *remedy = " with no barrier between";
  switch (fault) {
  case Fault::None:
    break;
  case Fault::Outside:
    os << ", outside the " << object->bytes << " bytes of that shared array";
    break;
  case Fault::Uninitialized:
    os << ", shared memory that the block has not written";
    break;
  case Fault::AfterWrite: {
    const Cell &cell = cells[offset];
    os << ", a race: ";
    if (cell.writer == manyWriters)
      os << "several threads updated it atomically";
    else
      os << "thread " << cell.writer << " wrote it";
    os << " and it is now " << previous << remedy;
    break;
  }
  case Fault::AfterRead: {
    uint32_t reader = *unorderedReader(cells[offset], thread);
    os << ", a race: ";
    if (reader == manyWriters)
      os << "threads of several warps";
    else
      os << "thread " << reader;
    os << " read it and it is now " << previous << remedy;
    break;
  }
  }
  return os.str();
}

} // namespace recflex::sim
