//===- JsonFields.h - Typed, checked access to a JSON object ----*- C++ -*-===//

#ifndef RECFLEX_LIB_DATA_JSONFIELDS_H
#define RECFLEX_LIB_DATA_JSONFIELDS_H

#include "recflex/Support/Result.h"

#include <nlohmann/json.hpp>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace recflex {

/// Reads the members of one object. The first thing wrong, of this object or
/// any other that shares `status`, is kept there with its place in the
/// document; readers then return defaults, so that code can read on and look
/// at the status once.
class JsonFields {
public:
  /// `path` is the object's place: "features[3].bags", or "" for the root.
  JsonFields(const nlohmann::json &value, std::string path, Status &status);

  /// Refuses every key but these, and names the nearest.
  void allowKeys(std::initializer_list<std::string_view> keys);

  bool has(std::string_view key) const;

  /// Each reader takes the member's default; without one it must be there.
  int64_t integer(std::string_view key, int64_t low, int64_t high,
                  std::optional<int64_t> missing = std::nullopt);
  double number(std::string_view key, int64_t low, int64_t high,
                std::optional<double> missing = std::nullopt);
  bool boolean(std::string_view key, bool missing);
  std::string string(std::string_view key,
                     std::optional<std::string> missing = std::nullopt);

  /// The position in `names` of the member, a string; 0 if it is absent.
  size_t choice(std::string_view key,
                std::initializer_list<std::string_view> names);

  /// The member's elements, of which there must be one to `most`.
  std::vector<JsonFields> objects(std::string_view key, size_t most);

  /// The member, an object; an empty one if it is absent.
  JsonFields object(std::string_view key);

  /// Keeps an error at `key`, or at the object itself if that is empty.
  void fail(std::string_view key, const Error &error);

private:
  const nlohmann::json *member(std::string_view key, bool required);
  std::string place(std::string_view key) const;

  const nlohmann::json *value;
  std::string path;
  Status *status;
};

/// The candidate that differs from `word` by the fewest edits: what a user who
/// mistyped it most likely meant; of thousands, the first few are looked at.
/// Empty if there are no candidates.
std::string_view nearest(std::string_view word,
                         const std::vector<std::string_view> &candidates);

} // namespace recflex

#endif // RECFLEX_LIB_DATA_JSONFIELDS_H
