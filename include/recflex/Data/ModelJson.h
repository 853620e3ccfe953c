//===- ModelJson.h - Model descriptions in JSON -----------------*- C++ -*-===//
//
// The format is described in docs/Models.md, and as a JSON Schema in
// docs/model.schema.json.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_DATA_MODELJSON_H
#define RECFLEX_DATA_MODELJSON_H

#include "recflex/Data/ModelSpec.h"
#include "recflex/Support/Result.h"

#include <string>
#include <string_view>

namespace recflex {

/// Parses a model description. Errors name the place in the document, as
/// `features[3].bags.mean`, and for an unknown key the nearest valid one.
Result<ModelSpec> parseModelJson(std::string_view text);

/// Reads and parses a file; errors name it.
Result<ModelSpec> readModelJson(const std::string &path);

/// The description of `model`, a line a table and a feature. Parsing it gives
/// `model` back.
std::string printModelJson(const ModelSpec &model);

/// Writes printModelJson() to a file.
Status writeModelJson(const ModelSpec &model, const std::string &path);

} // namespace recflex

#endif // RECFLEX_DATA_MODELJSON_H
