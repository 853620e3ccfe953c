//===- Json.h - JSON text to a document, without exceptions -----*- C++ -*-===//

#ifndef RECFLEX_SUPPORT_JSON_H
#define RECFLEX_SUPPORT_JSON_H

#include "recflex/Support/Result.h"

#include <nlohmann/json.hpp>

#include <string_view>

namespace recflex {

/// Parses one JSON document. An error says what is wrong at which line and
/// column. Refused as well, because they only ever hide mistakes: an object
/// with the same key twice, and nesting deeper than 64.
Result<nlohmann::json> parseJson(std::string_view text);

} // namespace recflex

#endif // RECFLEX_SUPPORT_JSON_H
