//===- ForwardArguments.h - What the forward kernels are given --*- C++ -*-===//

#ifndef RECFLEX_LIB_CONVERSION_EMBTOGPU_FORWARDARGUMENTS_H
#define RECFLEX_LIB_CONVERSION_EMBTOGPU_FORWARDARGUMENTS_H

#include "Kernels.h"

namespace recflex {

/// The arguments of the forward kernels, which KernelABI.h explains, in order.
struct ForwardArguments {
  mlir::Value descriptors, count, order, starts;
  mlir::Value values, offsets, weights;
  mlir::Value output, outputStride, outputFormat;
  mlir::Value batch, lookups;
  mlir::Value state, capacity, zeroBags, views, scratch;
  mlir::Type indexType; ///< of values and offsets

  static llvm::SmallVector<mlir::Type> types(mlir::MLIRContext *context);
  static ForwardArguments of(mlir::Block &entry, mlir::Type indexType);
};

} // namespace recflex

#endif // RECFLEX_LIB_CONVERSION_EMBTOGPU_FORWARDARGUMENTS_H
