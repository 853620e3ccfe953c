//===- LibraryFunctions.cpp - Run-time library of generated code ----------===//
//
// LLVM turns some instructions into calls. The names are listed rather than
// looked up in the process: a statically linked tool exports none, and an older
// libgcc lacks those of bfloat.
//
//===----------------------------------------------------------------------===//

#include "EntryPoints.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace recflex::sim {

namespace {

uint32_t bitsOf(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

float floatOf(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

// x86-64 and AArch64 pass a 16-bit float in the low bits of the register that
// a float uses, so `float` stands for it below, whether or not the host
// compiler has the type.

float extendHalf(float argument) {
  uint32_t bits = bitsOf(argument) & 0xFFFF;
  uint32_t sign = (bits & 0x8000) << 16;
  uint32_t exponent = bits >> 10 & 0x1F;
  uint32_t mantissa = bits & 0x3FF;
  if (exponent == 0x1F)
    return floatOf(sign | 0x7F800000 | mantissa << 13 |
                   (mantissa != 0 ? 0x400000u : 0u));
  if (exponent == 0) {
    float magnitude = static_cast<float>(mantissa) * 0x1p-24f;
    return floatOf(sign | bitsOf(magnitude));
  }
  return floatOf(sign | (exponent + 112) << 23 | mantissa << 13);
}

/// Rounds `value`, a magnitude, to the nearest multiple of 2^exponent, ties to
/// even.
double roundTo(double value, int exponent) {
  return std::ldexp(std::nearbyint(std::ldexp(value, -exponent)), exponent);
}

/// Rounds to a 16-bit format of `digits` significant bits, exponents from
/// `lowest` (of the least normal number) and overflow at 2^`limit`.
uint32_t round16(double value, int digits, int lowest, int limit) {
  uint32_t sign = std::signbit(value) ? 0x8000 : 0;
  uint32_t infinity = static_cast<uint32_t>(limit - lowest + 1) << (digits - 1);
  if (std::isnan(value))
    return sign | infinity | 1u << (digits - 2);
  double magnitude = std::fabs(value);
  if (magnitude == 0)
    return sign;
  if (std::isinf(magnitude))
    return sign | infinity;
  int exponent = std::max(std::ilogb(magnitude), lowest);
  double rounded = roundTo(magnitude, exponent - (digits - 1));
  if (rounded >= std::ldexp(1.0, limit))
    return sign | infinity;
  // The bit patterns of a binade follow those of the one below without a gap,
  // subnormals included.
  auto steps =
      static_cast<uint32_t>(std::ldexp(rounded, (digits - 1) - exponent));
  return sign |
         (steps + (static_cast<uint32_t>(exponent - lowest) << (digits - 1)));
}

float truncateToHalf(double value) {
  return floatOf(round16(value, 11, -14, 16));
}
float truncateFloatToHalf(float value) { return truncateToHalf(value); }

float truncateToBFloat(double value) {
  return floatOf(round16(value, 8, -126, 128));
}

/// The common one, so without the detour: add half of the last place kept, or
/// a bit less where that place is even, and cut.
float truncateFloatToBFloat(float value) {
  uint32_t bits = bitsOf(value);
  if (std::isnan(value))
    return floatOf(bits >> 16 | 0x40);
  return floatOf((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

void sinCosFloat(float x, float *sine, float *cosine) {
  *sine = std::sin(x);
  *cosine = std::cos(x);
}

void sinCos(double x, double *sine, double *cosine) {
  *sine = std::sin(x);
  *cosine = std::cos(x);
}

template <typename Function> const void *addressOf(Function *function) {
  return reinterpret_cast<const void *>(function);
}

using Unary = double (*)(double);
using UnaryFloat = float (*)(float);
using Binary = double (*)(double, double);
using BinaryFloat = float (*)(float, float);

const void *unary(Unary f) { return addressOf(f); }
const void *unaryFloat(UnaryFloat f) { return addressOf(f); }
const void *binary(Binary f) { return addressOf(f); }
const void *binaryFloat(BinaryFloat f) { return addressOf(f); }

} // namespace

std::vector<HostSymbol> libraryFunctions() {
  std::vector<HostSymbol> symbols = {
      {"memcpy", addressOf(&std::memcpy)},
      {"memmove", addressOf(&std::memmove)},
      {"memset", addressOf(&std::memset)},
      {"__extendhfsf2", addressOf(extendHalf)},
      {"__truncsfhf2", addressOf(truncateFloatToHalf)},
      {"__truncdfhf2", addressOf(truncateToHalf)},
      {"__truncsfbf2", addressOf(truncateFloatToBFloat)},
      {"__truncdfbf2", addressOf(truncateToBFloat)},
      {"fma", addressOf(static_cast<double (*)(double, double, double)>(fma))},
      {"fmaf", addressOf(fmaf)},
      {"sincos", addressOf(sinCos)},
      {"sincosf", addressOf(sinCosFloat)},
      {"ldexp", addressOf(static_cast<double (*)(double, int)>(ldexp))},
      {"ldexpf", addressOf(ldexpf)},
  };
  auto add = [&](const char *name, Unary f) {
    symbols.push_back({name, unary(f)});
  };
  auto addFloat = [&](const char *name, UnaryFloat f) {
    symbols.push_back({name, unaryFloat(f)});
  };
#define RECFLEX_UNARY(name)                                                    \
  add(#name, name);                                                            \
  addFloat(#name "f", name##f);
  RECFLEX_UNARY(exp)
  RECFLEX_UNARY(exp2)
  RECFLEX_UNARY(log)
  RECFLEX_UNARY(log2)
  RECFLEX_UNARY(log10)
  RECFLEX_UNARY(sin)
  RECFLEX_UNARY(cos)
  RECFLEX_UNARY(sqrt)
  RECFLEX_UNARY(floor)
  RECFLEX_UNARY(ceil)
  RECFLEX_UNARY(trunc)
  RECFLEX_UNARY(rint)
  RECFLEX_UNARY(nearbyint)
  RECFLEX_UNARY(round)
#undef RECFLEX_UNARY
  symbols.push_back({"pow", binary(pow)});
  symbols.push_back({"powf", binaryFloat(powf)});
  symbols.push_back({"fmod", binary(fmod)});
  symbols.push_back({"fmodf", binaryFloat(fmodf)});
  symbols.push_back({"fmin", binary(fmin)});
  symbols.push_back({"fminf", binaryFloat(fminf)});
  symbols.push_back({"fmax", binary(fmax)});
  symbols.push_back({"fmaxf", binaryFloat(fmaxf)});
  return symbols;
}

} // namespace recflex::sim
