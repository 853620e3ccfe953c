//===- Status.cpp - Versions, and errors as the runtime has them ----------===//

#include "recflex-c/Compiler.h"

#include "LastError.h"

#include "llvm/Config/llvm-config.h"

uint32_t recflexCompilerApiVersion(void) {
  return RECFLEX_COMPILER_API_VERSION;
}

const char *recflexCompilerVersion(void) { return RECFLEX_VERSION; }

const char *recflexCompilerLLVMVersion(void) { return LLVM_VERSION_STRING; }

/// The message is the runtime library's: programs ask one function for it.
RecflexStatus recflex::capi::fail(RecflexStatus status,
                                  std::string_view message) noexcept {
  return recflexSetLastError(status, message.data(), message.size());
}
