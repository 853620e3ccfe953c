//===- Result.h - A value or an error that a user can act on ----*- C++ -*-===//
//
// The libraries below the compiler (Data, Runtime) use neither LLVM nor C++
// exceptions. A function that can fail returns Result<T>: a value, or an Error
// whose message names the culprit (file, feature, value) and the remedy.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_SUPPORT_RESULT_H
#define RECFLEX_SUPPORT_RESULT_H

#include <sstream>
#include <string>
#include <utility>
#include <variant>

namespace recflex {

/// What went wrong, in one lower-case sentence: the culprit, the value at hand
/// and the remedy.
struct Error {
  std::string message;

  /// Prefixes the message with where it happened: "batch.safetensors: ...".
  Error in(const std::string &where) const { return {where + ": " + message}; }
};

/// Builds an Error from the streamed arguments.
template <typename... Args>
Error makeError(const Args &...args) {
  std::ostringstream os;
  (os << ... << args);
  return Error{os.str()};
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
