//===- Avx2Kernels.cpp - Kernels for AVX2, FMA and F16C -------------------===//

#include "Kernels.h"

#if !defined(__x86_64__)

const recflex::KernelSet *recflex::findAvx2Kernels() { return nullptr; }

#else

#define RECFLEX_TARGET __attribute__((target("avx2,fma,f16c")))
#include "X86Vectors.h"

#include "KernelBody.h"

namespace recflex {

static PoolKernel findAvx2(IndexType index, RowType row, PoolOp op,
                           int64_t columns) {
  if (columns <= 4)
    return findForCount<4>(index, row, op, columns,
                           std::integer_sequence<int, 1>());
  return findForCount<8>(index, row, op, columns,
                         std::integer_sequence<int, 1, 2, 3, 4, 8>());
}

const KernelSet *findAvx2Kernels() {
  static const KernelSet kernels = {"avx2", findAvx2};
  bool known = __builtin_cpu_supports("avx2") &&
               __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
  return known ? &kernels : nullptr;
}

} // namespace recflex

#endif // __x86_64__
