//===- ManifestJson.h - The manifest as JSON --------------------*- C++ -*-===//

#ifndef RECFLEX_RUNTIME_MANIFESTJSON_H
#define RECFLEX_RUNTIME_MANIFESTJSON_H

#include "recflex/Runtime/Manifest.h"
#include "recflex/Support/Result.h"

#include <string>
#include <string_view>

namespace recflex {

/// `m` as JSON: fields in the order of the struct, the same text for the same
/// manifest. Names that are not UTF-8 get U+FFFD in place of the bad bytes.
std::string toJson(const Manifest &m);

/// Reads what toJson() wrote, and passes it through check(). Strict: a field
/// that is missing, unknown, written twice, of the wrong type or out of range
/// is an error that names its path: "features[3].table: ...".
Result<Manifest> manifestFromJson(std::string_view text);

} // namespace recflex

#endif // RECFLEX_RUNTIME_MANIFESTJSON_H
