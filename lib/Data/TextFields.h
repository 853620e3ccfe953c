//===- TextFields.h - Lines, fields and numbers of plain text ---*- C++ -*-===//

#ifndef RECFLEX_LIB_DATA_TEXTFIELDS_H
#define RECFLEX_LIB_DATA_TEXTFIELDS_H

#include <charconv>
#include <optional>
#include <string_view>

namespace recflex {

/// Takes what stands before the first `separator` off `text`, and the
/// separator.
inline std::string_view takeUntil(std::string_view &text, char separator) {
  size_t end = text.find(separator);
  std::string_view head = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return head;
}

/// Without blanks, tabs and carriage returns at either end.
inline std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos)
    return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

/// The number that `text` is, whatever the locale; nothing if there is more
/// or less than one number.
template <typename T> std::optional<T> parseNumber(std::string_view text) {
  T value;
  auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

} // namespace recflex

#endif // RECFLEX_LIB_DATA_TEXTFIELDS_H
