//===- LastError.cpp - From errors to statuses ----------------------------===//

#include "LastError.h"

#include <algorithm>
#include <cstring>

namespace recflex::capi {

/// Room for the first lines of the longest messages, a compiler's log. A
/// fixed array, so that noting an error can neither fail nor leave anything
/// behind when the thread ends.
static thread_local char lastMessage[4 << 10];

RecflexStatus fail(RecflexStatus status, std::string_view message) noexcept {
  size_t length = std::min(message.size(), sizeof lastMessage - 1);
  if (length != 0) // an empty message may be nowhere
    std::memmove(lastMessage, message.data(), length);
  lastMessage[length] = '\0';
  return status;
}

const char *lastError() noexcept { return lastMessage; }

} // namespace recflex::capi
