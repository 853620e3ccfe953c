//===- Status.cpp - Versions, names of statuses, the last error -----------===//

#include "LastError.h"

#include "recflex/Runtime/Artifact.h"

using namespace recflex;

uint32_t recflexApiVersion(void) { return RECFLEX_API_VERSION; }

const char *recflexVersion(void) { return RECFLEX_VERSION; }

uint32_t recflexArtifactFormat(void) { return kArtifactFormat; }

uint32_t recflexKernelABI(void) { return abi::kVersion; }

const char *recflexStatusName(RecflexStatus status) {
  // No default: the compiler says when a status is missing here.
  switch (status) {
#define RECFLEX_NAME(status)                                                   \
  case status:                                                                 \
    return #status;
    RECFLEX_NAME(RECFLEX_OK)
    RECFLEX_NAME(RECFLEX_INVALID_ARGUMENT)
    RECFLEX_NAME(RECFLEX_IO_ERROR)
    RECFLEX_NAME(RECFLEX_BAD_ARTIFACT)
    RECFLEX_NAME(RECFLEX_UNSUPPORTED_VERSION)
    RECFLEX_NAME(RECFLEX_NO_DEVICE)
    RECFLEX_NAME(RECFLEX_INCOMPATIBLE_DEVICE)
    RECFLEX_NAME(RECFLEX_OUT_OF_MEMORY)
    RECFLEX_NAME(RECFLEX_DRIVER_ERROR)
    RECFLEX_NAME(RECFLEX_LIMIT_EXCEEDED)
    RECFLEX_NAME(RECFLEX_INTERNAL_ERROR)
#undef RECFLEX_NAME
  }
  return "unknown status";
}

const char *recflexLastError(void) { return capi::lastError(); }

RecflexStatus recflexSetLastError(RecflexStatus status, const char *message,
                                  size_t size) {
  return capi::fail(status, message ? std::string_view(message, size)
                                    : std::string_view());
}
