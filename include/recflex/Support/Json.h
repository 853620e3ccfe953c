//===- Json.h - JSON text to a document, without exceptions -----*- C++ -*-===//

#ifndef RECFLEX_SUPPORT_JSON_H
#define RECFLEX_SUPPORT_JSON_H

#include "recflex/Support/Result.h"

#include <nlohmann/json.hpp>

#include <string_view>

namespace recflex {

/// Parses one JSON document. An error says what is wrong at which line and
/// column. Refused as well: an object with the same key twice, which only ever
/// hides a mistake; nesting deeper than 64; more than 2^21 values, whose memory
/// would be many times that of the text.
Result<nlohmann::json> parseJson(std::string_view text);

/// Empties a document at the end of a scope, from its leaves up. nlohmann's own
/// destructor allocates memory where values are nested, and a destructor that
/// gets none ends the program: a server that is out of memory must not end.
class JsonGuard {
public:
  explicit JsonGuard(nlohmann::json &document) : document(document) {}
  ~JsonGuard();
  JsonGuard(const JsonGuard &) = delete;
  JsonGuard &operator=(const JsonGuard &) = delete;

private:
  nlohmann::json &document;
};

} // namespace recflex

#endif // RECFLEX_SUPPORT_JSON_H
