//===- Kernels.h - The loops that pool rows ---------------------*- C++ -*-===//
//
// A kernel pools some columns of one feature for a range of samples. There is
// one for each combination of types, pooling and number of vectors, in one set
// for each kind of instructions: the sums of a bag then stay in registers.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_LIB_RUNTIME_CPU_KERNELS_H
#define RECFLEX_LIB_RUNTIME_CPU_KERNELS_H

#include "recflex/Support/Types.h"

#include <cstddef>
#include <cstdint>

namespace recflex {

class BagFaults;

/// What happens to a row. Mean is a sum, divided when the bag is done.
enum class PoolOp : uint8_t { sum, weightedSum, max };

struct PoolArguments {
  const std::byte *table = nullptr; ///< row 0, at the first column
  int64_t rows = 0;
  int64_t rowBytes = 0;
  int64_t columns = 0; ///< that the kernel was found for
  bool mean = false;

  const std::byte *values = nullptr;
  const float *weights = nullptr;
  const std::byte *bounds = nullptr; ///< bag s is bounds[s] to bounds[s + 1]
  IndexType boundsType = IndexType::i32;
  int64_t lookups = 0; ///< bags must lie in values[0 .. lookups)

  int64_t firstSample = 0;
  int64_t lastSample = 0; ///< the one past the last

  /// Rows of values[i] are fetched into the cache `prefetchDistance` lookups
  /// ahead of their turn, for i < prefetchEnd <= lookups.
  int64_t prefetchEnd = 0;
  int64_t prefetchDistance = 0;

  std::byte *output = nullptr; ///< sample 0, at the first column
  int64_t outputStride = 0;    ///< bytes from one sample to the next
  RowType outputType = RowType::f32;

  const BagFaults *faults = nullptr;
  /// A feature of many columns takes several kernels; one of them records.
  bool recordsFaults = true;
};

using PoolFunction = void (*)(const PoolArguments &arguments);

struct PoolKernel {
  PoolFunction function = nullptr;
  int64_t columns = 0;
};

/// The kernels of one kind of instructions.
struct KernelSet {
  const char *name;
  /// The kernel for the next columns of a row of which `columns` are left; it
  /// takes all of them, or leaves some to another.
  PoolKernel (*find)(IndexType index, RowType row, PoolOp op, int64_t columns);
};

extern const KernelSet kPlainKernels;
/// Null where the compiler or this CPU does not know the instructions.
const KernelSet *findAvx2Kernels();
const KernelSet *findAvx512Kernels();

} // namespace recflex

#endif // RECFLEX_LIB_RUNTIME_CPU_KERNELS_H
