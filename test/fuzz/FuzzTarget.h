//===- FuzzTarget.h - What every fuzz target checks -------------*- C++ -*-===//
//
// Beyond what the sanitizers find, whatever the input: memory stays within 64
// MiB of the input's size, nothing is left allocated, and messages are short
// and free of control characters.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_TEST_FUZZ_FUZZTARGET_H
#define RECFLEX_TEST_FUZZ_FUZZTARGET_H

#include "recflex/Support/Result.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

/// libFuzzer's own mutation of data[0, size), in place; returns the new size.
extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t maxSize);

namespace recflex {

/// Ends the fuzzer, which keeps the input, with a message.
[[noreturn]] void reportFinding(const std::string &what);

/// Ends the fuzzer unless `holds`.
inline void require(bool holds, const char *what) {
  if (!holds)
    reportFinding(what);
}

/// Runs `body` on an input of `inputBytes` bytes; ends the fuzzer when it
/// holds more than 64 MiB beyond those, or leaves memory allocated.
void runLimited(size_t inputBytes, const std::function<void()> &body);

/// Ends the fuzzer if a person could not read the message.
void checkMessage(const Error &error);

/// Whether `result` is a value; the message is looked at otherwise.
template <typename T> bool accepted(const Result<T> &result) {
  if (!result)
    checkMessage(result.error());
  return static_cast<bool>(result);
}

/// A file in memory, for readers that take a path.
class MemoryFile {
public:
  MemoryFile();
  ~MemoryFile();
  MemoryFile(const MemoryFile &) = delete;
  MemoryFile &operator=(const MemoryFile &) = delete;

  void set(std::string_view contents);
  const std::string &path() const { return name; }

private:
  int fd;
  std::string name;
};

/// `text` after one of libFuzzer's mutations, at most maxSize bytes of it.
std::string mutateBytes(std::string text, size_t maxSize);

/// Copies `text` over libFuzzer's buffer, as far as it fits; returns the size.
size_t putBack(const std::string &text, uint8_t *data, size_t maxSize);

} // namespace recflex

#endif // RECFLEX_TEST_FUZZ_FUZZTARGET_H
