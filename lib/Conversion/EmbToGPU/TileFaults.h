//===- TileFaults.h - What was bad in a tile --------------------*- C++ -*-===//

#ifndef RECFLEX_LIB_CONVERSION_EMBTOGPU_TILEFAULTS_H
#define RECFLEX_LIB_CONVERSION_EMBTOGPU_TILEFAULTS_H

#include "Kernels.h"

namespace recflex {

/// The arguments of recflex_forward_checked that looking for faults needs.
struct FaultArguments {
  mlir::Value descriptors, values, offsets, output, outputStride, outputFormat;
  mlir::Value batch, lookups, state, capacity, zeroBags;
  mlir::Type indexType; ///< of values and offsets
};

/// Counts and lists the faults of tile `tile` of feature number `feature`, and
/// zeroes its bags with a bad index if that is asked for. All `threads` of the
/// block come here, behind a barrier.
void emitTileFaults(KernelBuilder &b, const FaultArguments &arguments,
                    mlir::Value feature, mlir::Value tile, int64_t threads);

} // namespace recflex

#endif // RECFLEX_LIB_CONVERSION_EMBTOGPU_TILEFAULTS_H
