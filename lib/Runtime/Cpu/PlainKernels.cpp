//===- PlainKernels.cpp - Kernels for any CPU -----------------------------===//

#include "Kernels.h"
#include "recflex/Support/HalfFloat.h"

#define RECFLEX_TARGET

namespace recflex {
namespace {

template <int Lanes> struct Vector;

/// Four lanes of the compiler's own vectors: SSE2 on x86-64, NEON on Arm.
template <> struct Vector<4> {
  typedef float Register __attribute__((vector_size(16)));
  using Mask = int64_t; ///< the lanes from 0 on that count

  static Mask mask(int64_t lanes) { return lanes; }
  static Register zero() { return Register{}; }
  static Register fill(float x) { return Register{x, x, x, x}; }
  static Register add(Register a, Register b) { return a + b; }
  static Register multiplyAdd(Register a, Register b, Register c) {
    return a * b + c;
  }
  /// `b` where `a` is NaN.
  static Register max(Register a, Register b) { return a > b ? a : b; }
  static Register divide(Register a, Register b) { return a / b; }

  template <RowType Type> static Register load(const std::byte *from) {
    return loadPart<Type>(from, 4);
  }
  template <RowType Type>
  static Register loadPart(const std::byte *from, Mask lanes) {
    Register x{};
    if (Type == RowType::f32 && lanes == 4) {
      std::memcpy(&x, from, sizeof x);
      return x;
    }
    for (int64_t i = 0; i < lanes; ++i) {
      if (Type == RowType::f32) {
        float value;
        std::memcpy(&value, from + i * 4, 4);
        x[i] = value;
      } else {
        uint16_t bits;
        std::memcpy(&bits, from + i * 2, 2);
        x[i] = Type == RowType::f16 ? f16ToF32(bits) : bf16ToF32(bits);
      }
    }
    return x;
  }

  template <RowType Type> static void store(std::byte *to, Register x) {
    storePart<Type>(to, x, 4);
  }
  template <RowType Type>
  static void storePart(std::byte *to, Register x, Mask lanes) {
    if (Type == RowType::f32 && lanes == 4) {
      std::memcpy(to, &x, sizeof x);
      return;
    }
    for (int64_t i = 0; i < lanes; ++i) {
      float value = x[i];
      if (Type == RowType::f32) {
        std::memcpy(to + i * 4, &value, 4);
      } else {
        uint16_t bits =
            Type == RowType::f16 ? f32ToF16(value) : f32ToBF16(value);
        std::memcpy(to + i * 2, &bits, 2);
      }
    }
  }
};

} // namespace
} // namespace recflex

#include "KernelBody.h"

namespace recflex {

static PoolKernel findPlain(IndexType index, RowType row, PoolOp op,
                            int64_t columns) {
  return findForCount<4>(index, row, op, columns,
                         std::integer_sequence<int, 1, 2, 4, 8>());
}

const KernelSet kPlainKernels = {"plain", findPlain};

} // namespace recflex
