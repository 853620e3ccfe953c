//===- LastError.h - From errors to statuses --------------------*- C++ -*-===//
//
// Every function of the C API runs inside guarded(): nothing that is thrown
// gets past it, and what failed is noted for recflexLastError().
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_LIB_CAPI_RUNTIME_LASTERROR_H
#define RECFLEX_LIB_CAPI_RUNTIME_LASTERROR_H

#include "recflex-c/Runtime.h"
#include "recflex/Support/Result.h"

#include <exception>
#include <new>
#include <string_view>

namespace recflex::capi {

/// Notes `message` as the calling thread's last error and returns `status`.
RecflexStatus fail(RecflexStatus status, std::string_view message) noexcept;

/// What the calling thread's last failed call had to say.
const char *lastError() noexcept;

/// Runs `function`, which returns a Status, and makes a status of its outcome.
/// Allocates nothing when it succeeds.
template <typename Function>
RecflexStatus guarded(Function &&function) noexcept {
  try {
    Status status = function();
    if (status)
      return RECFLEX_OK;
    return fail(static_cast<RecflexStatus>(status.error().code),
                status.error().message);
  } catch (const std::bad_alloc &) {
    return fail(RECFLEX_OUT_OF_MEMORY, "out of host memory");
  } catch (const std::exception &error) {
    return fail(RECFLEX_INTERNAL_ERROR, error.what());
  } catch (...) {
    return fail(RECFLEX_INTERNAL_ERROR, "an unknown exception was thrown");
  }
}

/// An error if `pointer` is null. `what` names it, and what belongs there.
inline Status need(const void *pointer, const char *what) {
  if (!pointer)
    return makeError(what);
  return {};
}

} // namespace recflex::capi

#endif // RECFLEX_LIB_CAPI_RUNTIME_LASTERROR_H
