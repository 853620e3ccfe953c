//===- PackArguments.h - Many memrefs as one argument -----------*- C++ -*-===//

#ifndef RECFLEX_LIB_TARGET_PACKARGUMENTS_H
#define RECFLEX_LIB_TARGET_PACKARGUMENTS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace recflex {

/// Makes `function`, which takes memrefs and returns nothing, take the address
/// of an array of CpuArray instead, one for each of them. By the usual calling
/// convention a model of 10,000 tables would take 70,000 arguments, and need
/// all of them in registers or on the stack at once.
mlir::LogicalResult packArguments(mlir::func::FuncOp function);

} // namespace recflex

#endif // RECFLEX_LIB_TARGET_PACKARGUMENTS_H
