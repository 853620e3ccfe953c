//===- MemoryMap.h - The memory that kernels may touch ----------*- C++ -*-===//

#ifndef RECFLEX_LIB_SIMULATOR_MEMORYMAP_H
#define RECFLEX_LIB_SIMULATOR_MEMORYMAP_H

#include "recflex/Support/Result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace recflex::sim {

struct Region {
  std::string name;
  uint64_t base = 0;
  uint64_t bytes = 0;
  bool writable = false;
};

/// Disjoint regions, found by address.
class MemoryMap {
public:
  void add(Region region) { regions.push_back(std::move(region)); }
  void clear() { regions.clear(); }

  /// Sorts the regions. Fails if two overlap or one wraps around the end of
  /// the address space.
  Status seal();

  /// The region that holds all of [address, address + bytes), or null.
  const Region *find(uint64_t address, uint64_t bytes) const;

  /// Where an access that `find` refuses lies: "at values + 400, past its 400
  /// bytes".
  std::string explain(uint64_t address, uint64_t bytes) const;

  /// The characters from `address` on, up to a zero or the end of their region.
  std::string stringAt(uint64_t address) const;

private:
  std::vector<Region> regions;
};

/// "0x1f40".
std::string hexadecimal(uint64_t value);

} // namespace recflex::sim

#endif // RECFLEX_LIB_SIMULATOR_MEMORYMAP_H
