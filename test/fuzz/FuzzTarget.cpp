//===- FuzzTarget.cpp - What every fuzz target checks ---------------------===//

#include "FuzzTarget.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sanitizer/allocator_interface.h>
#include <sys/mman.h>
#include <unistd.h>

namespace recflex {

static constexpr int64_t kAllowance = int64_t{64} << 20;
/// Longer than any message needs, a path in it included.
static constexpr size_t kLongestMessage = 4096;

// Of the one thread that a fuzzer has.
static bool counting = false;
static int64_t liveBytes = 0;
static int64_t mostBytes = 0;

static void noteAllocation(const volatile void *, size_t bytes) {
  if (!counting)
    return;
  liveBytes += static_cast<int64_t>(bytes);
  if (liveBytes <= mostBytes)
    return;
  counting = false; // the report allocates too
  reportFinding("holds " + std::to_string(liveBytes) + " bytes, more than " +
                std::to_string(mostBytes));
}

static void noteRelease(const volatile void *memory) {
  if (counting && memory)
    liveBytes -= static_cast<int64_t>(
        __sanitizer_get_allocated_size(const_cast<const void *>(memory)));
}

void reportFinding(const std::string &what) {
  std::fprintf(stderr, "finding: %s\n", what.c_str());
  std::abort();
}

/// Bytes that `body` leaves allocated.
static int64_t bytesLeft(const std::function<void()> &body) {
  liveBytes = 0;
  counting = true;
  body();
  counting = false;
  return liveBytes;
}

void runLimited(size_t inputBytes, const std::function<void()> &body) {
  mostBytes = static_cast<int64_t>(inputBytes) + kAllowance;
  // What is made once, on first use, stays; a leak grows with every run.
  if (bytesLeft(body) > 0 && bytesLeft(body) > 0)
    reportFinding("leaves " + std::to_string(liveBytes) + " bytes allocated");
}

void checkMessage(const Error &error) {
  require(!error.message.empty(), "an error without a message");
  require(error.message.size() <= kLongestMessage, "a message without an end");
  require(excerpt(error.message, kLongestMessage) == error.message,
          "a message with a control character, or with no UTF-8");
}

MemoryFile::MemoryFile() : fd(::memfd_create("recflex-fuzz", MFD_CLOEXEC)) {
  require(fd >= 0, "no file in memory");
  name = "/proc/self/fd/" + std::to_string(fd);
}

MemoryFile::~MemoryFile() { ::close(fd); }

void MemoryFile::set(std::string_view contents) {
  require(::ftruncate(fd, 0) == 0 &&
              ::pwrite(fd, contents.data(), contents.size(), 0) ==
                  static_cast<ssize_t>(contents.size()),
          "cannot write a file in memory");
}

std::string mutateBytes(std::string text, size_t maxSize) {
  size_t size = std::min(text.size(), maxSize);
  text.resize(maxSize);
  text.resize(LLVMFuzzerMutate(reinterpret_cast<uint8_t *>(text.data()), size,
                               maxSize));
  return text;
}

size_t putBack(const std::string &text, uint8_t *data, size_t maxSize) {
  size_t size = std::min(text.size(), maxSize);
  std::memcpy(data, text.data(), size);
  return size;
}

} // namespace recflex

extern "C" int LLVMFuzzerInitialize(int *, char ***) {
  __sanitizer_install_malloc_and_free_hooks(recflex::noteAllocation,
                                            recflex::noteRelease);
  return 0;
}
