//===- Avx512Kernels.cpp - Kernels for AVX-512 ----------------------------===//

#include "Kernels.h"

#if !defined(__x86_64__)

const recflex::KernelSet *recflex::findAvx512Kernels() { return nullptr; }

#else

#define RECFLEX_TARGET                                                         \
  __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c")))
#include "X86Vectors.h"

namespace recflex {
namespace {

template <> struct Vector<16> {
  using Register = __m512;
  using Mask = __mmask16;

  RECFLEX_TARGET static Mask mask(int64_t lanes) {
    return static_cast<Mask>((1u << lanes) - 1);
  }
  RECFLEX_TARGET static Register zero() { return _mm512_setzero_ps(); }
  RECFLEX_TARGET static Register fill(float x) { return _mm512_set1_ps(x); }
  RECFLEX_TARGET static Register add(Register a, Register b) {
    return _mm512_add_ps(a, b);
  }
  RECFLEX_TARGET static Register multiplyAdd(Register a, Register b,
                                             Register c) {
    return _mm512_fmadd_ps(a, b, c);
  }
  /// `b` where `a` is NaN.
  RECFLEX_TARGET static Register max(Register a, Register b) {
    return _mm512_max_ps(a, b);
  }
  RECFLEX_TARGET static Register divide(Register a, Register b) {
    return _mm512_div_ps(a, b);
  }

  template <RowType Type>
  RECFLEX_TARGET static Register load(const std::byte *from) {
    if (Type == RowType::f32)
      return _mm512_loadu_ps(from);
    return widen<Type>(
        _mm256_loadu_si256(reinterpret_cast<const __m256i *>(from)));
  }
  template <RowType Type>
  RECFLEX_TARGET static Register loadPart(const std::byte *from, Mask mask) {
    if (Type == RowType::f32)
      return _mm512_maskz_loadu_ps(mask, from);
    return widen<Type>(_mm256_maskz_loadu_epi16(mask, from));
  }
  template <RowType Type>
  RECFLEX_TARGET static void store(std::byte *to, Register x) {
    if (Type == RowType::f32)
      _mm512_storeu_ps(to, x);
    else
      _mm256_storeu_si256(reinterpret_cast<__m256i *>(to), narrow<Type>(x));
  }
  template <RowType Type>
  RECFLEX_TARGET static void storePart(std::byte *to, Register x, Mask mask) {
    if (Type == RowType::f32)
      _mm512_mask_storeu_ps(to, mask, x);
    else
      _mm256_mask_storeu_epi16(to, mask, narrow<Type>(x));
  }

private:
  template <RowType Type> RECFLEX_TARGET static Register widen(__m256i halves) {
    if (Type == RowType::f16)
      return _mm512_cvtph_ps(halves);
    return _mm512_castsi512_ps(
        _mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16));
  }
  template <RowType Type> RECFLEX_TARGET static __m256i narrow(Register x) {
    if (Type == RowType::f16)
      return _mm512_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT);
    // f32ToBF16(), sixteen at a time.
    __m512i bits = _mm512_castps_si512(x);
    __m512i odd =
        _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    __m512i rounded = _mm512_srli_epi32(
        _mm512_add_epi32(bits,
                         _mm512_add_epi32(odd, _mm512_set1_epi32(0x7fff))),
        16);
    __m512i quiet =
        _mm512_or_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(0x40));
    __mmask16 isNaN = _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q);
    return _mm512_cvtepi32_epi16(_mm512_mask_mov_epi32(rounded, isNaN, quiet));
  }
};

} // namespace
} // namespace recflex

#include "KernelBody.h"

namespace recflex {

static PoolKernel findAvx512(IndexType index, RowType row, PoolOp op,
                             int64_t columns) {
  if (columns <= 4)
    return findForCount<4>(index, row, op, columns,
                           std::integer_sequence<int, 1>());
  if (columns <= 8)
    return findForCount<8>(index, row, op, columns,
                           std::integer_sequence<int, 1>());
  return findForCount<16>(index, row, op, columns,
                          std::integer_sequence<int, 1, 2, 3, 4, 8>());
}

const KernelSet *findAvx512Kernels() {
  static const KernelSet kernels = {"avx512", findAvx512};
  bool known =
      __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx2") &&
      __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
  return known ? &kernels : nullptr;
}

} // namespace recflex

#endif // __x86_64__
