//===- Result.h - A value or an error that a user can act on ----*- C++ -*-===//
//
// The libraries below the compiler (Data, Runtime) use neither LLVM nor C++
// exceptions. A function that can fail returns Result<T>: a value, or an Error
// whose message names the culprit (file, feature, value) and the remedy.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_SUPPORT_RESULT_H
#define RECFLEX_SUPPORT_RESULT_H

#include "recflex/Support/Excerpt.h"

#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace recflex {

/// What kind of thing went wrong, for programs; the message is for people. The
/// numbers are those of the C API (RecflexStatus in recflex-c/Runtime.h) and
/// never change.
enum class ErrorCode {
  invalidArgument = 1,    ///< the call or the input cannot be right
  io = 2,                 ///< a file cannot be read or written
  badArtifact = 3,        ///< damaged, or no artifact at all
  unsupportedVersion = 4, ///< an artifact of another version
  noDevice = 5,           ///< no driver, or no GPU of that number
  incompatibleDevice = 6, ///< the GPU or its driver cannot run the artifact
  outOfMemory = 7,        ///< of the host or of the device
  driver = 8,             ///< the driver failed otherwise
  limitExceeded = 9,      ///< more samples or lookups than there is room for
};

/// What went wrong, in one lower-case sentence: the culprit, the value at hand
/// and the remedy.
struct Error {
  std::string message;
  ErrorCode code = ErrorCode::invalidArgument;

  /// Prefixes the message with where it happened: "batch.safetensors: ...".
  Error in(const std::string &where) const {
    return {excerpt(where) + ": " + message, code};
  }
  /// Appends text as it is: another message, or a compiler's lines.
  Error then(const std::string &text) const { return {message + text, code}; }
};

namespace detail {
/// What a message shows of an argument: of a string, which may come from a
/// file, an excerpt.
template <typename T> decltype(auto) shown(const T &argument) {
  if constexpr (std::is_same_v<T, std::string> ||
                std::is_same_v<T, std::string_view>)
    return excerpt(argument);
  else
    return (argument);
}
} // namespace detail

/// Builds an Error of `code` from the streamed arguments. Strings are shown as
/// excerpt() does: no file can fill a message or hide control characters in it.
template <typename... Args>
Error makeError(ErrorCode code, const Args &...args) {
  std::ostringstream os;
  (os << ... << detail::shown(args));
  return Error{os.str(), code};
}

/// Builds an Error from the streamed arguments: the input cannot be right.
template <typename... Args>
Error makeError(const Args &...args) {
  return makeError(ErrorCode::invalidArgument, args...);
}

/// A T, or an Error. Test it as a bool before dereferencing it.
template <typename T>
class [[nodiscard]] Result {
public:
  Result(T value) : state(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return state.index() == 0; }
  T &operator*() { return std::get<0>(state); }
  const T &operator*() const { return std::get<0>(state); }
  T *operator->() { return &std::get<0>(state); }
  const T *operator->() const { return &std::get<0>(state); }
  const Error &error() const { return std::get<1>(state); }

private:
  std::variant<T, Error> state;
};

/// Success, or an Error.
template <>
class [[nodiscard]] Result<void> {
public:
  Result() = default;
  Result(Error error) : state(std::move(error)) {}

  explicit operator bool() const { return state.index() == 0; }
  const Error &error() const { return std::get<1>(state); }

private:
  std::variant<std::monostate, Error> state;
};

using Status = Result<void>;

} // namespace recflex

#endif // RECFLEX_SUPPORT_RESULT_H
