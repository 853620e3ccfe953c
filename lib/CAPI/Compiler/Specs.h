//===- Specs.h - The structures of Compiler.h -------------------*- C++ -*-===//

#ifndef RECFLEX_LIB_CAPI_COMPILER_SPECS_H
#define RECFLEX_LIB_CAPI_COMPILER_SPECS_H

#include "Structs.h"

#include "recflex-c/Compiler.h"

namespace recflex::capi {

template <> constexpr StructSpec specOf<RecflexTableDescription>() {
  return {"RecflexTableDescription", 40, sizeof(RecflexTableDescription),
          RECFLEX_COMPILER_API_VERSION};
}
template <> constexpr StructSpec specOf<RecflexFeatureDescription>() {
  return {"RecflexFeatureDescription", 80, sizeof(RecflexFeatureDescription),
          RECFLEX_COMPILER_API_VERSION};
}
template <> constexpr StructSpec specOf<RecflexCompilerOptions>() {
  return {"RecflexCompilerOptions", 32, sizeof(RecflexCompilerOptions),
          RECFLEX_COMPILER_API_VERSION};
}
template <> constexpr StructSpec specOf<RecflexTuneOptions>() {
  return {"RecflexTuneOptions", 64, sizeof(RecflexTuneOptions),
          RECFLEX_COMPILER_API_VERSION};
}
template <> constexpr StructSpec specOf<RecflexTuneResult>() {
  return {"RecflexTuneResult", 48, sizeof(RecflexTuneResult),
          RECFLEX_COMPILER_API_VERSION};
}
template <> constexpr StructSpec specOf<RecflexCompileOptions>() {
  return {"RecflexCompileOptions", 64, sizeof(RecflexCompileOptions),
          RECFLEX_COMPILER_API_VERSION};
}

/// Structures only grow, and as long as they have not they are as at first.
constexpr bool hasFirstSize(const StructSpec &spec) {
  return spec.size == spec.firstSize || RECFLEX_COMPILER_API_VERSION > 1;
}
static_assert(hasFirstSize(specOf<RecflexTableDescription>()));
static_assert(hasFirstSize(specOf<RecflexFeatureDescription>()));
static_assert(hasFirstSize(specOf<RecflexCompilerOptions>()));
static_assert(hasFirstSize(specOf<RecflexTuneOptions>()));
static_assert(hasFirstSize(specOf<RecflexTuneResult>()));
static_assert(hasFirstSize(specOf<RecflexCompileOptions>()));

} // namespace recflex::capi

#endif // RECFLEX_LIB_CAPI_COMPILER_SPECS_H
