//===- Structs.h - Structures of older and newer headers --------*- C++ -*-===//
//
// A structure of the C APIs begins with the size that its caller's header gives
// it, and grows at its end alone. A smaller one comes from an older header:
// what it lacks is zero. A larger one comes from a newer header: what this
// library does not know of it must be zero, or the caller asks for something
// that it would not get.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_LIB_CAPI_RUNTIME_STRUCTS_H
#define RECFLEX_LIB_CAPI_RUNTIME_STRUCTS_H

#include "recflex-c/Runtime.h"
#include "recflex/Support/Result.h"

#include <cstddef>

namespace recflex::capi {

/// A structure as this library knows it.
struct StructSpec {
  const char *name;
  size_t firstSize; ///< in the first header that had it; never changes
  size_t size;      ///< here
  int apiVersion = RECFLEX_API_VERSION; ///< of the header that has it
};

/// The specification of T: its name, and the size it had at first.
template <typename T> constexpr StructSpec specOf();
template <> constexpr StructSpec specOf<RecflexLoadOptions>() {
  return {"RecflexLoadOptions", 16, sizeof(RecflexLoadOptions)};
}
template <> constexpr StructSpec specOf<RecflexModuleInfo>() {
  return {"RecflexModuleInfo", 80, sizeof(RecflexModuleInfo)};
}
template <> constexpr StructSpec specOf<RecflexTableInfo>() {
  return {"RecflexTableInfo", 48, sizeof(RecflexTableInfo)};
}
template <> constexpr StructSpec specOf<RecflexFeatureInfo>() {
  return {"RecflexFeatureInfo", 48, sizeof(RecflexFeatureInfo)};
}
template <> constexpr StructSpec specOf<RecflexContextOptions>() {
  return {"RecflexContextOptions", 32, sizeof(RecflexContextOptions)};
}
template <> constexpr StructSpec specOf<RecflexBatch>() {
  return {"RecflexBatch", 104, sizeof(RecflexBatch)};
}

/// Whether the structure at `given` has a size that it can have. The error
/// names the structure and says how to initialise it.
Status checkStruct(const void *given, const StructSpec &spec);

/// Reads the caller's structure into `ours`, of spec.size bytes, whose
/// remaining fields become zero. Errors: those of checkStruct(), or a field
/// that this library does not know is not zero.
Status readStruct(const void *given, void *ours, const StructSpec &spec);

/// Writes `ours` into the caller's structure, which checkStruct() has accepted:
/// as much as it has room for. Its size stays, and what this library does not
/// know of it becomes zero.
void writeStruct(const void *ours, void *given, const StructSpec &spec);

/// The same for the structures above.
template <typename T> Status checkStruct(const T *given) {
  return checkStruct(given, specOf<T>());
}
template <typename T> Status readStruct(const T *given, T &ours) {
  return readStruct(given, &ours, specOf<T>());
}
template <typename T> void writeStruct(const T &ours, T *given) {
  writeStruct(&ours, given, specOf<T>());
}

} // namespace recflex::capi

#endif // RECFLEX_LIB_CAPI_RUNTIME_STRUCTS_H
