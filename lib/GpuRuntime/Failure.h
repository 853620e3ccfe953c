//===- Failure.h - What cannot be returned ----------------------*- C++ -*-===//

#ifndef RECFLEX_LIB_GPURUNTIME_FAILURE_H
#define RECFLEX_LIB_GPURUNTIME_FAILURE_H

#include "recflex/Support/Result.h"

#include <cstdio>
#include <cstdlib>

namespace recflex {

/// Says what went wrong and ends the process: compiled code takes no error, and
/// would go on with wrong numbers. Nothing is torn down: that would use the
/// GPU.
[[noreturn]] inline void endProcess(const char *library, const Error &error) {
  std::fprintf(stderr, "%s: error: %s\n", library, error.message.c_str());
  std::fflush(nullptr);
  std::_Exit(EXIT_FAILURE);
}

} // namespace recflex

#endif // RECFLEX_LIB_GPURUNTIME_FAILURE_H
