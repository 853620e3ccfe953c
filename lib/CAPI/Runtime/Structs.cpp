//===- Structs.cpp - Structures of older and newer headers ----------------===//

#include "Structs.h"

#include <algorithm>
#include <cstring>

namespace recflex::capi {

/// No structure will ever be as large: a larger size was never set.
constexpr size_t kLargestStruct = 1024;

static size_t sizeOf(const void *given) {
  size_t size;
  std::memcpy(&size, given, sizeof size);
  return size;
}

Status checkStruct(const void *given, const StructSpec &spec) {
  if (!given)
    return makeError(spec.name, " is null; give the address of one");
  size_t size = sizeOf(given);
  if (size < spec.firstSize || size > kLargestStruct)
    return makeError(spec.name, ".structSize is ", size, ", of ", spec.size,
                     " bytes; initialise the structure with RECFLEX_INIT");
  return {};
}

Status readStruct(const void *given, void *ours, const StructSpec &spec) {
  if (Status status = checkStruct(given, spec); !status)
    return status;
  size_t size = sizeOf(given), known = std::min(size, spec.size);
  const char *bytes = static_cast<const char *>(given);
  for (size_t i = known; i < size; ++i)
    if (bytes[i])
      return makeError(spec.name, " has a field at byte ", i,
                       " that is not zero, and that this library (version ",
                       spec.apiVersion,
                       " of the API) does not know; update it, or initialise "
                       "the structure with RECFLEX_INIT");
  std::memcpy(ours, given, known);
  std::memset(static_cast<char *>(ours) + known, 0, spec.size - known);
  return {};
}

void writeStruct(const void *ours, void *given, const StructSpec &spec) {
  size_t size = sizeOf(given), known = std::min(size, spec.size);
  constexpr size_t skip = sizeof size;
  std::memcpy(static_cast<char *>(given) + skip,
              static_cast<const char *>(ours) + skip, known - skip);
  std::memset(static_cast<char *>(given) + known, 0, size - known);
}

} // namespace recflex::capi
