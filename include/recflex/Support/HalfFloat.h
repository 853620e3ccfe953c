//===- HalfFloat.h - f16 and bf16 to and from f32 ---------------*- C++ -*-===//
//
// Conversions on bit patterns, rounding to nearest, ties to even. They need no
// compiler or CPU support for half types, so every host gives the same bits.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_SUPPORT_HALFFLOAT_H
#define RECFLEX_SUPPORT_HALFFLOAT_H

#include "recflex/Support/Types.h"

#include <cstdint>
#include <cstring>

namespace recflex {

namespace detail {
inline uint32_t bitsOf(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}
inline float floatOf(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}
/// value >> shift, rounded to nearest even; 1 <= shift <= 31.
inline uint32_t shiftRightToNearestEven(uint32_t value, int shift) {
  uint32_t kept = value >> shift;
  uint32_t lost = value & ((uint32_t(1) << shift) - 1);
  uint32_t half = uint32_t(1) << (shift - 1);
  return kept + (lost > half || (lost == half && (kept & 1)));
}
} // namespace detail

/// f32 to f16. Too large values become infinities, NaNs stay (quiet) NaNs.
inline uint16_t f32ToF16(float value) {
  uint32_t bits = detail::bitsOf(value);
  uint32_t sign = (bits >> 16) & 0x8000;
  uint32_t magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) // NaN: keep the payload's top bits
    return sign | 0x7e00 | ((magnitude >> 13) & 0x1ff);
  if (magnitude >= 0x47800000) // 2^16 and above
    return sign | 0x7c00;
  if (magnitude >= 0x38800000) // 2^-14: f16's smallest normal number
    return sign |
           detail::shiftRightToNearestEven(magnitude - ((127 - 15) << 23), 13);
  if (magnitude < 0x33000000) // below 2^-25, half of f16's smallest number
    return sign;
  uint32_t significand = (magnitude & 0x7fffff) | 0x800000;
  int exponent = magnitude >> 23;
  return sign | detail::shiftRightToNearestEven(significand, 126 - exponent);
}

/// f16 to f32, exactly.
inline float f16ToF32(uint16_t half) {
  uint32_t sign = uint32_t(half & 0x8000) << 16;
  uint32_t exponent = (half >> 10) & 0x1f;
  uint32_t fraction = half & 0x3ff;
  if (exponent == 0x1f)
    return detail::floatOf(sign | 0x7f800000 | (fraction << 13));
  if (exponent != 0)
    return detail::floatOf(sign | ((exponent + 127 - 15) << 23) |
                           (fraction << 13));
  float magnitude = float(fraction) * 0x1p-24f;
  return detail::floatOf(sign | detail::bitsOf(magnitude));
}

/// f32 to bf16. Too large values become infinities, NaNs stay (quiet) NaNs.
inline uint16_t f32ToBF16(float value) {
  uint32_t bits = detail::bitsOf(value);
  if ((bits & 0x7fffffff) > 0x7f800000)
    return (bits >> 16) | 0x40;
  return detail::shiftRightToNearestEven(bits, 16);
}

/// bf16 to f32, exactly.
inline float bf16ToF32(uint16_t bits) {
  return detail::floatOf(uint32_t(bits) << 16);
}

/// The element of `type` that stands at `from`, which need not be aligned.
inline float readElement(const void *from, RowType type) {
  if (type == RowType::f32) {
    float value;
    std::memcpy(&value, from, sizeof value);
    return value;
  }
  uint16_t bits;
  std::memcpy(&bits, from, sizeof bits);
  return type == RowType::f16 ? f16ToF32(bits) : bf16ToF32(bits);
}

} // namespace recflex

#endif // RECFLEX_SUPPORT_HALFFLOAT_H
