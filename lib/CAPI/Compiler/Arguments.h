//===- Arguments.h - What callers of the compiler hand in -------*- C++ -*-===//

#ifndef RECFLEX_LIB_CAPI_COMPILER_ARGUMENTS_H
#define RECFLEX_LIB_CAPI_COMPILER_ARGUMENTS_H

#include "LastError.h"

#include <string>
#include <vector>

namespace recflex::capi {

/// An error if `pointer`, where a call wants to write what it makes, is null.
Status needPlace(const void *pointer, const char *name);

/// The strings of an array of the caller's, which `name` stands for.
Result<std::vector<std::string>> readStrings(const char *const *strings,
                                             int32_t count, const char *name);

/// The enumerator of that number; an error names the field and `type`.
template <typename E>
Result<E> readEnum(int32_t number, int32_t last, const char *name,
                   const char *type) {
  if (number >= 0 && number <= last)
    return static_cast<E>(number);
  return makeError(name, " is ", number, "; give one of ", type);
}

/// Whether `word`, which `name` stands for, says when blocks are bound.
Status checkBindingWord(const char *word, const char *name);

/// A flag that is 0 or 1.
Result<bool> readFlag(int32_t number, const char *name);

} // namespace recflex::capi

#endif // RECFLEX_LIB_CAPI_COMPILER_ARGUMENTS_H
