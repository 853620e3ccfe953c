//===- MemoryMap.cpp - The memory that kernels may touch ------------------===//

#include "MemoryMap.h"

#include <algorithm>
#include <cstring>

namespace recflex::sim {

std::string hexadecimal(uint64_t value) {
  std::ostringstream os;
  os << "0x" << std::hex << value;
  return os.str();
}

Status MemoryMap::seal() {
  std::sort(regions.begin(), regions.end(),
            [](const Region &a, const Region &b) { return a.base < b.base; });
  const Region *last = nullptr;
  for (const Region &region : regions) {
    if (region.bytes > UINT64_MAX - region.base)
      return makeError("memory '", region.name, "' of ", region.bytes,
                       " bytes runs past the end of the address space");
    if (region.bytes == 0)
      continue;
    if (last && region.base - last->base < last->bytes)
      return makeError("memory '", last->name, "' and '", region.name,
                       "' overlap: give the simulator disjoint regions");
    last = &region;
  }
  return {};
}

const Region *MemoryMap::find(uint64_t address, uint64_t bytes) const {
  auto next = std::upper_bound(
      regions.begin(), regions.end(), address,
      [](uint64_t a, const Region &region) { return a < region.base; });
  // Empty regions may share a base with a real one; skip those behind it.
  while (next != regions.begin()) {
    const Region &region = *--next;
    if (address - region.base < region.bytes)
      return bytes <= region.bytes - (address - region.base) ? &region
                                                             : nullptr;
    if (region.bytes != 0)
      return nullptr;
  }
  return nullptr;
}

std::string MemoryMap::stringAt(uint64_t address) const {
  const Region *region = find(address, 1);
  if (!region)
    return "";
  auto *text = reinterpret_cast<const char *>(address);
  return std::string(text,
                     strnlen(text, region->bytes - (address - region->base)));
}

std::string MemoryMap::explain(uint64_t address, uint64_t bytes) const {
  // A wild address gets no neighbour: half a gigabyte is more than any index
  // that is off by one, a row or a table.
  constexpr uint64_t near = uint64_t(1) << 29;
  const Region *nearest = nullptr;
  uint64_t distance = near;
  for (const Region &region : regions) {
    uint64_t gap = address < region.base ? region.base - address
                   : address - region.base < region.bytes
                       ? 0
                       : address - region.base - region.bytes;
    if (gap < distance) {
      nearest = &region;
      distance = gap;
    }
  }
  if (!nearest)
    return "at " + hexadecimal(address) + ", in no registered memory";
  std::ostringstream os;
  if (address < nearest->base)
    os << "at " << nearest->name << " - " << nearest->base - address
       << ", before its first byte";
  else
    os << "at " << nearest->name << " + " << address - nearest->base
       << ", past its " << nearest->bytes << " bytes";
  return os.str();
}

} // namespace recflex::sim
