//===- SafeTensorsFormat.cpp - What reader and writer share ---------------===//

#include "SafeTensorsFormat.h"

namespace recflex {

namespace {
struct DTypeEntry {
  std::string_view name;
  int bits;
};
} // namespace

/// In the order of the enumerators.
static constexpr DTypeEntry dtypes[] = {
    {"BOOL", 8},    {"F4", 4},          {"F6_E2M3", 6},     {"F6_E3M2", 6},
    {"U8", 8},      {"I8", 8},          {"F8_E5M2", 8},     {"F8_E4M3", 8},
    {"F8_E8M0", 8}, {"F8_E4M3FNUZ", 8}, {"F8_E5M2FNUZ", 8}, {"I16", 16},
    {"U16", 16},    {"F16", 16},        {"BF16", 16},       {"I32", 32},
    {"U32", 32},    {"F32", 32},        {"C64", 64},        {"F64", 64},
    {"I64", 64},    {"U64", 64}};
static_assert(std::size(dtypes) == size_t(DType::u64) + 1,
              "one entry an enumerator");

std::string_view toString(DType type) { return dtypes[size_t(type)].name; }

std::optional<DType> parseDType(std::string_view name) {
  for (size_t i = 0; i < std::size(dtypes); ++i)
    if (dtypes[i].name == name)
      return static_cast<DType>(i);
  return std::nullopt;
}

DType dtypeOf(IndexType type) {
  return type == IndexType::i32 ? DType::i32 : DType::i64;
}

DType dtypeOf(RowType type) {
  switch (type) {
  case RowType::f32:
    return DType::f32;
  case RowType::f16:
    return DType::f16;
  case RowType::bf16:
    return DType::bf16;
  }
  return DType::f32;
}

std::string toString(const TensorShape &shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

std::optional<int64_t> tensorBytes(DType type, const TensorShape &shape) {
  int64_t bits = dtypes[size_t(type)].bits;
  for (int64_t dimension : shape)
    if (dimension < 0 || __builtin_mul_overflow(bits, dimension, &bits))
      return std::nullopt;
  if (bits % 8 != 0)
    return std::nullopt;
  return bits / 8;
}

int64_t TensorView::elements() const {
  int64_t count = 1;
  for (int64_t dimension : shape)
    count *= dimension;
  return count;
}

} // namespace recflex
