//===- X86Vectors.h - Vectors of 4 and 8 lanes on x86 -----------*- C++ -*-===//
//
// For KernelBody.h. Included by Avx2Kernels.cpp and Avx512Kernels.cpp, each
// with its own RECFLEX_TARGET; all of it is local to the file.
//
//===----------------------------------------------------------------------===//

#include "recflex/Support/Types.h"

#include <cstddef>
#include <cstring>
#include <immintrin.h>

namespace recflex {
namespace {

template <int Lanes> struct Vector;

/// The first `lanes` halves at `from`, at most 8: nothing past them is read.
RECFLEX_TARGET inline __m128i loadHalves(const std::byte *from, int64_t lanes) {
  alignas(16) uint16_t halves[8] = {};
  for (int64_t i = 0; i < lanes; ++i)
    std::memcpy(&halves[i], from + 2 * i, 2);
  return _mm_load_si128(reinterpret_cast<const __m128i *>(halves));
}

RECFLEX_TARGET inline void storeHalves(std::byte *to, __m128i x,
                                       int64_t lanes) {
  alignas(16) uint16_t halves[8];
  _mm_store_si128(reinterpret_cast<__m128i *>(halves), x);
  for (int64_t i = 0; i < lanes; ++i)
    std::memcpy(to + 2 * i, &halves[i], 2);
}

/// Stores the first `lanes` of x. Not by a masked store of AVX, which takes
/// dozens of cycles on AMD's CPUs.
RECFLEX_TARGET inline void storeFloats(std::byte *to, __m256 x, int64_t lanes) {
  alignas(32) float floats[8];
  _mm256_store_ps(floats, x);
  for (int64_t i = 0; i < lanes; ++i)
    std::memcpy(to + 4 * i, &floats[i], 4);
}

template <> struct Vector<8> {
  using Register = __m256;
  /// All bits of a lane that counts, and the number of those.
  struct Mask {
    __m256i bits;
    int64_t lanes;
  };

  RECFLEX_TARGET static Mask mask(int64_t lanes) {
    __m256i numbers = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return {
        _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(lanes)), numbers),
        lanes};
  }
  RECFLEX_TARGET static Register zero() { return _mm256_setzero_ps(); }
  RECFLEX_TARGET static Register fill(float x) { return _mm256_set1_ps(x); }
  RECFLEX_TARGET static Register add(Register a, Register b) {
    return _mm256_add_ps(a, b);
  }
  RECFLEX_TARGET static Register multiplyAdd(Register a, Register b,
                                             Register c) {
    return _mm256_fmadd_ps(a, b, c);
  }
  /// `b` where `a` is NaN.
  RECFLEX_TARGET static Register max(Register a, Register b) {
    return _mm256_max_ps(a, b);
  }
  RECFLEX_TARGET static Register divide(Register a, Register b) {
    return _mm256_div_ps(a, b);
  }

  template <RowType Type>
  RECFLEX_TARGET static Register load(const std::byte *from) {
    if (Type == RowType::f32)
      return _mm256_loadu_ps(reinterpret_cast<const float *>(from));
    return widen<Type>(
        _mm_loadu_si128(reinterpret_cast<const __m128i *>(from)));
  }
  template <RowType Type>
  RECFLEX_TARGET static Register loadPart(const std::byte *from, Mask mask) {
    if (Type == RowType::f32)
      return _mm256_maskload_ps(reinterpret_cast<const float *>(from),
                                mask.bits);
    return widen<Type>(loadHalves(from, mask.lanes));
  }
  template <RowType Type>
  RECFLEX_TARGET static void store(std::byte *to, Register x) {
    if (Type == RowType::f32)
      _mm256_storeu_ps(reinterpret_cast<float *>(to), x);
    else
      _mm_storeu_si128(reinterpret_cast<__m128i *>(to), narrow<Type>(x));
  }
  template <RowType Type>
  RECFLEX_TARGET static void storePart(std::byte *to, Register x, Mask mask) {
    if (Type == RowType::f32)
      storeFloats(to, x, mask.lanes);
    else
      storeHalves(to, narrow<Type>(x), mask.lanes);
  }

  template <RowType Type> RECFLEX_TARGET static Register widen(__m128i halves) {
    if (Type == RowType::f16)
      return _mm256_cvtph_ps(halves);
    return _mm256_castsi256_ps(
        _mm256_slli_epi32(_mm256_cvtepu16_epi32(halves), 16));
  }
  template <RowType Type> RECFLEX_TARGET static __m128i narrow(Register x) {
    if (Type == RowType::f16)
      return _mm256_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT);
    // f32ToBF16(), eight at a time.
    __m256i bits = _mm256_castps_si256(x);
    __m256i odd =
        _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
    __m256i rounded = _mm256_srli_epi32(
        _mm256_add_epi32(bits,
                         _mm256_add_epi32(odd, _mm256_set1_epi32(0x7fff))),
        16);
    __m256i quiet =
        _mm256_or_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(0x40));
    __m256i isNaN = _mm256_castps_si256(_mm256_cmp_ps(x, x, _CMP_UNORD_Q));
    __m256i words = _mm256_blendv_epi8(rounded, quiet, isNaN);
    return _mm_packus_epi32(_mm256_castsi256_si128(words),
                            _mm256_extracti128_si256(words, 1));
  }
};

/// The lower half of an 8-lane vector, where that is not the same thing.
template <> struct Vector<4> {
  using Register = __m128;
  using Wide = Vector<8>;
  using Mask = Wide::Mask;

  RECFLEX_TARGET static Mask mask(int64_t lanes) { return Wide::mask(lanes); }
  RECFLEX_TARGET static Register zero() { return _mm_setzero_ps(); }
  RECFLEX_TARGET static Register fill(float x) { return _mm_set1_ps(x); }
  RECFLEX_TARGET static Register add(Register a, Register b) {
    return _mm_add_ps(a, b);
  }
  RECFLEX_TARGET static Register multiplyAdd(Register a, Register b,
                                             Register c) {
    return _mm_fmadd_ps(a, b, c);
  }
  RECFLEX_TARGET static Register max(Register a, Register b) {
    return _mm_max_ps(a, b);
  }
  RECFLEX_TARGET static Register divide(Register a, Register b) {
    return _mm_div_ps(a, b);
  }

  template <RowType Type>
  RECFLEX_TARGET static Register load(const std::byte *from) {
    if (Type == RowType::f32)
      return _mm_loadu_ps(reinterpret_cast<const float *>(from));
    return lower(Wide::widen<Type>(
        _mm_loadl_epi64(reinterpret_cast<const __m128i *>(from))));
  }
  template <RowType Type>
  RECFLEX_TARGET static Register loadPart(const std::byte *from, Mask mask) {
    return lower(Wide::loadPart<Type>(from, mask));
  }
  template <RowType Type>
  RECFLEX_TARGET static void store(std::byte *to, Register x) {
    if (Type == RowType::f32)
      _mm_storeu_ps(reinterpret_cast<float *>(to), x);
    else
      _mm_storel_epi64(reinterpret_cast<__m128i *>(to),
                       Wide::narrow<Type>(_mm256_castps128_ps256(x)));
  }
  template <RowType Type>
  RECFLEX_TARGET static void storePart(std::byte *to, Register x, Mask mask) {
    Wide::storePart<Type>(to, _mm256_castps128_ps256(x), mask);
  }

private:
  RECFLEX_TARGET static Register lower(__m256 x) {
    return _mm256_castps256_ps128(x);
  }
};

} // namespace
} // namespace recflex
