//===- JsonFields.cpp - Typed, checked access to a JSON object ------------===//

#include "JsonFields.h"

#include <algorithm>
#include <cmath>
#include <numeric>

using nlohmann::json;

namespace recflex {

/// What a missing object reads as.
static const json &emptyObject() {
  static const json empty = json::object();
  return empty;
}

/// A value as a message shows it: short, whatever the file holds.
static std::string show(const json &value) {
  if (value.is_structured())
    return value.is_array() ? "a list" : "an object";
  return excerpt(value.dump(), 60);
}

/// Levenshtein's distance between two words.
static size_t editDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      size_t replace = diagonal + (a[i] != b[j]);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, replace});
    }
  }
  return row[b.size()];
}

std::string_view nearest(std::string_view word,
                         const std::vector<std::string_view> &candidates) {
  // A word beyond any name's length is near to none; do not compare it whole.
  // Nor all names of the largest models: that would take seconds.
  constexpr size_t longest = 64, mostCandidates = 4096;
  word = word.substr(0, longest);
  std::string_view best;
  size_t distance = SIZE_MAX;
  for (size_t i = 0; i < std::min(candidates.size(), mostCandidates); ++i) {
    std::string_view candidate = candidates[i];
    size_t d = editDistance(word, candidate.substr(0, longest));
    if (d < distance) {
      distance = d;
      best = candidate;
    }
  }
  return best;
}

JsonFields::JsonFields(const json &object, std::string where, Status &status)
    : value(&object), path(std::move(where)), status(&status) {
  if (value->is_object())
    return;
  fail("", makeError("is ", show(*value), " but must be an object"));
  value = &emptyObject();
}

std::string JsonFields::place(std::string_view key) const {
  if (key.empty())
    return path.empty() ? "the document" : path;
  return path.empty() ? std::string(key) : path + "." + std::string(key);
}

void JsonFields::fail(std::string_view key, const Error &error) {
  if (*status)
    *status = error.in(place(key));
}

void JsonFields::allowKeys(std::initializer_list<std::string_view> keys) {
  for (const auto &[key, member] : value->items())
    if (std::find(keys.begin(), keys.end(), key) == keys.end())
      return fail(key, makeError("is not a known key; did you mean '",
                                 nearest(key, keys), "'?"));
}

bool JsonFields::has(std::string_view key) const {
  return value->find(key) != value->end();
}

const json *JsonFields::member(std::string_view key, bool required) {
  auto found = value->find(key);
  if (found != value->end())
    return &*found;
  if (required)
    fail(key, makeError("is missing"));
  return nullptr;
}

/// The whole number that a JSON number is: 1000 and 1e3 alike, as JSON Schema
/// has it.
static std::optional<int64_t> wholeNumber(const json &number) {
  if (number.is_number_unsigned()) {
    uint64_t value = number.get<uint64_t>();
    if (value > uint64_t(INT64_MAX))
      return std::nullopt;
    return static_cast<int64_t>(value);
  }
  if (number.is_number_integer())
    return number.get<int64_t>();
  if (!number.is_number_float())
    return std::nullopt;
  double value = number.get<double>();
  if (value != std::floor(value) || std::fabs(value) > 0x1p53)
    return std::nullopt;
  return static_cast<int64_t>(value);
}

int64_t JsonFields::integer(std::string_view key, int64_t low, int64_t high,
                            std::optional<int64_t> missing) {
  const json *found = member(key, !missing);
  if (!found)
    return missing.value_or(low);
  std::optional<int64_t> number = wholeNumber(*found);
  if (number && *number >= low && *number <= high)
    return *number;
  fail(key, makeError("is ", show(*found), " but must be a whole number from ",
                      low, " to ", high));
  return low;
}

double JsonFields::number(std::string_view key, int64_t low, int64_t high,
                          std::optional<double> missing) {
  const json *found = member(key, !missing);
  if (!found)
    return missing.value_or(low);
  if (found->is_number()) {
    double value = found->get<double>();
    if (value >= low && value <= high)
      return value;
  }
  fail(key, makeError("is ", show(*found), " but must be a number from ", low,
                      " to ", high));
  return low;
}

bool JsonFields::boolean(std::string_view key, bool missing) {
  const json *found = member(key, false);
  if (!found)
    return missing;
  if (found->is_boolean())
    return found->get<bool>();
  fail(key, makeError("is ", show(*found), " but must be true or false"));
  return missing;
}

std::string JsonFields::string(std::string_view key,
                               std::optional<std::string> missing) {
  const json *found = member(key, !missing);
  if (!found)
    return missing.value_or("");
  if (found->is_string() && !found->get_ref<const std::string &>().empty())
    return found->get<std::string>();
  fail(key, makeError("is ", show(*found), " but must be a name, not empty"));
  return "";
}

size_t JsonFields::choice(std::string_view key,
                          std::initializer_list<std::string_view> names) {
  const json *found = member(key, false);
  if (!found)
    return 0;
  if (found->is_string()) {
    auto name = std::find(names.begin(), names.end(),
                          found->get_ref<const std::string &>());
    if (name != names.end())
      return name - names.begin();
  }
  std::string valid;
  for (std::string_view name : names)
    valid += (valid.empty() ? "" : ", ") + std::string(name);
  fail(key, makeError("is ", show(*found), " but must be one of ", valid));
  return 0;
}

std::vector<JsonFields> JsonFields::objects(std::string_view key, size_t most) {
  std::vector<JsonFields> elements;
  const json *found = member(key, true);
  if (!found)
    return elements;
  if (!found->is_array() || found->empty()) {
    fail(key, makeError("is ", found->is_array() ? "empty" : show(*found),
                        " but must be a list of at least one object"));
    return elements;
  }
  if (found->size() > most) {
    fail(key, makeError("has ", found->size(), " entries but may have at most ",
                        most));
    return elements;
  }
  for (size_t i = 0; i < found->size(); ++i)
    elements.emplace_back((*found)[i],
                          place(key) + "[" + std::to_string(i) + "]", *status);
  return elements;
}

JsonFields JsonFields::object(std::string_view key) {
  const json *found = member(key, false);
  return JsonFields(found ? *found : emptyObject(), place(key), *status);
}

} // namespace recflex
