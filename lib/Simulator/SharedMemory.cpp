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

/// What the rewriting aligns shared arrays to at least, and keeps between them,
/// so that an aligned stretch of this size belongs to one of them at most.
constexpr uint64_t ownerBytes = 16;
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
  owners.assign((bytes + ownerBytes - 1) / ownerBytes, 0);
  words.assign((bytes + wordBytes - 1) / wordBytes, Word());
  splitCells.clear();
  for (size_t i = 0; i < objects.size(); ++i) {
    SharedObject &object = objects[i];
    if (object.dynamic)
      object.bytes = dynamicBytes;
    for (uint64_t b = 0; b < object.bytes; b += ownerBytes)
      owners[(object.offset + b) / ownerBytes] = static_cast<uint16_t>(i + 1);
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

SharedMemory::Fault SharedMemory::read(Cell &cell, uint32_t thread,
                                       bool atomic) {
  if (!detectRaces)
    return Fault::None;
  if (cell.writeEpoch == epoch && !(atomic && cell.writtenAtomically) &&
      !ordered(thread, cell.writer, cell.writeStamp))
    return Fault::AfterWrite;
  // Atomic reads get in no atomic write's way. That a plain write might come
  // later goes unnoticed.
  if (atomic)
    return Fault::None;

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

SharedMemory::Fault SharedMemory::touch(Cell &cell, uint32_t thread,
                                        AccessKind kind) {
  if (readsMemory(kind) && detectUninitialized && cell.writeEpoch < blockEpoch)
    return Fault::Uninitialized;
  return writesMemory(kind) ? write(cell, thread, isAtomic(kind))
                            : read(cell, thread, isAtomic(kind));
}

bool SharedMemory::inOneObject(uint64_t offset, uint64_t size) const {
  if (offset >= bytes)
    return false;
  uint16_t owner = owners[offset / ownerBytes];
  if (owner == 0)
    return false;
  const SharedObject &object = objects[owner - 1];
  uint64_t relative = offset - object.offset;
  return relative < object.bytes && size <= object.bytes - relative;
}

void SharedMemory::split(uint64_t word) {
  if (splitCells.empty())
    splitCells.resize(words.size() * wordBytes);
  words[word].split = true;
  std::fill_n(&splitCells[word * wordBytes], wordBytes, words[word].cell);
}

bool SharedMemory::access(uint32_t thread, uint64_t address, uint64_t size,
                          AccessKind kind) {
  uint64_t offset = address - reinterpret_cast<uint64_t>(buffer);
  if (!inOneObject(offset, size))
    return fail(Fault::Outside, offset, thread, kind, Cell());
  for (uint64_t end = offset + size; offset < end;) {
    uint64_t index = offset / wordBytes;
    Word &word = words[index];
    bool whole = offset % wordBytes == 0 && end - offset >= wordBytes;
    if (whole && !word.split) {
      if (Fault fault = touch(word.cell, thread, kind); fault != Fault::None)
        return fail(fault, offset, thread, kind, word.cell);
      offset += wordBytes;
      continue;
    }
    if (!word.split)
      split(index);
    uint64_t last = std::min(end, (index + 1) * wordBytes);
    for (; offset < last; ++offset) {
      Cell &cell = splitCells[offset];
      if (Fault fault = touch(cell, thread, kind); fault != Fault::None)
        return fail(fault, offset, thread, kind, cell);
    }
    // A store over all of the word leaves its bytes alike.
    if (whole && kind == AccessKind::Store)
      word = {splitCells[index * wordBytes], false};
  }
  return true;
}

bool SharedMemory::fail(Fault fault, uint64_t offset, uint32_t thread,
                        AccessKind kind, const Cell &cell) {
  failure = {fault, offset, thread, kind, cell};
  return false;
}

std::string SharedMemory::explain() const {
  const auto &[fault, offset, thread, kind, cell] = failure;
  // The nearest object that starts at or below the offset; the first one if
  // there is none.
  const SharedObject *object = nullptr;
  for (const SharedObject &candidate : objects) {
    bool below =
        static_cast<int64_t>(candidate.offset) <= static_cast<int64_t>(offset);
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
  const char *now = !writesMemory(kind)  ? "read"
                    : !readsMemory(kind) ? "written"
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
  case Fault::AfterWrite:
    os << ", a race: ";
    if (cell.writer == manyWriters)
      os << "several threads updated it atomically";
    else
      os << "thread " << cell.writer << " wrote it";
    os << " and it is now " << now << remedy;
    break;
  case Fault::AfterRead: {
    uint32_t reader = *unorderedReader(cell, thread);
    os << ", a race: ";
    if (reader == manyWriters)
      os << "threads of several warps";
    else
      os << "thread " << reader;
    os << " read it and it is now " << now << remedy;
    break;
  }
  }
  return os.str();
}

} // namespace recflex::sim
