//===- SafeTensorsFormat.h - What reader and writer share -------*- C++ -*-===//

#ifndef RECFLEX_LIB_DATA_SAFETENSORSFORMAT_H
#define RECFLEX_LIB_DATA_SAFETENSORSFORMAT_H

#include "recflex/Data/SafeTensors.h"

#include <optional>

namespace recflex {

/// The format's own limit on the JSON header.
constexpr int64_t maxSafeTensorsHeader = 100000000;

/// The header's key that is no tensor.
constexpr std::string_view safeTensorsMetadataKey = "__metadata__";

std::optional<DType> parseDType(std::string_view name);

/// Bytes of a tensor; nothing if the product overflows, a dimension is
/// negative, or elements smaller than a byte do not fill the last one.
std::optional<int64_t> tensorBytes(DType type, const TensorShape &shape);

} // namespace recflex

#endif // RECFLEX_LIB_DATA_SAFETENSORSFORMAT_H
