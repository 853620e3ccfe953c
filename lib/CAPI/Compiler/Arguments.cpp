//===- Arguments.cpp - What callers of the compiler hand in ---------------===//

#include "Arguments.h"

#include "recflex/Pipelines/Compiler.h"

namespace recflex::capi {

Status needPlace(const void *pointer, const char *name) {
  if (pointer)
    return {};
  return makeError(name, " is null; give the address of a handle");
}

Result<std::vector<std::string>> readStrings(const char *const *strings,
                                             int32_t count, const char *name) {
  if (count < 0)
    return makeError(name, ": their number is ", count,
                     "; it cannot be negative");
  if (count != 0 && !strings)
    return makeError(name, " is null; give the addresses of ", count,
                     " strings");
  std::vector<std::string> result;
  for (int32_t i = 0; i != count; ++i) {
    if (!strings[i])
      return makeError(name, "[", i, "] is null; give a string");
    result.push_back(strings[i]);
  }
  return result;
}

Status checkBindingWord(const char *word, const char *name) {
  if (Status status = checkBinding(word); !status)
    return makeError(name, ": '", word, "' ", status.error().message);
  return {};
}

Result<bool> readFlag(int32_t number, const char *name) {
  if (number == 0 || number == 1)
    return number == 1;
  return makeError(name, " is ", number, "; give 0 or 1");
}

} // namespace recflex::capi
