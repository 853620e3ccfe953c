//===- Types.h - Element types and poolings ---------------------*- C++ -*-===//
//
// The enumerations that every layer shares, with the names that every file
// format, command line and message uses for them.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_SUPPORT_TYPES_H
#define RECFLEX_SUPPORT_TYPES_H

#include <cstdint>
#include <optional>
#include <string_view>

namespace recflex {

/// An address in the memory of the device that a model runs on (a CUdeviceptr;
/// on the CPU a pointer).
using DevicePtr = uint64_t;

/// Element type of values and offsets.
enum class IndexType : uint8_t { i32, i64 };

/// Element type of a table's rows.
enum class RowType : uint8_t { f32, f16, bf16 };

/// How a bag's rows become one output row. An empty bag gives zeros.
enum class Pooling : uint8_t { sum, mean, max };

constexpr int64_t byteSize(IndexType t) { return t == IndexType::i32 ? 4 : 8; }
constexpr int64_t byteSize(RowType t) { return t == RowType::f32 ? 4 : 2; }

constexpr std::string_view toString(IndexType t) {
  return t == IndexType::i32 ? "i32" : "i64";
}
constexpr std::string_view toString(RowType t) {
  return t == RowType::f32 ? "f32" : t == RowType::f16 ? "f16" : "bf16";
}
constexpr std::string_view toString(Pooling p) {
  return p == Pooling::sum ? "sum" : p == Pooling::mean ? "mean" : "max";
}

/// Finds the enumerator of that name: parse<RowType>("bf16").
template <typename E>
std::optional<E> parse(std::string_view name);

template <>
inline std::optional<IndexType> parse<IndexType>(std::string_view name) {
  for (IndexType t : {IndexType::i32, IndexType::i64})
    if (toString(t) == name)
      return t;
  return std::nullopt;
}
template <>
inline std::optional<RowType> parse<RowType>(std::string_view name) {
  for (RowType t : {RowType::f32, RowType::f16, RowType::bf16})
    if (toString(t) == name)
      return t;
  return std::nullopt;
}
template <>
inline std::optional<Pooling> parse<Pooling>(std::string_view name) {
  for (Pooling p : {Pooling::sum, Pooling::mean, Pooling::max})
    if (toString(p) == name)
      return p;
  return std::nullopt;
}

} // namespace recflex

#endif // RECFLEX_SUPPORT_TYPES_H
