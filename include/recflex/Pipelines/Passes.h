//===- Passes.h - From kernels to artifacts ---------------------*- C++ -*-===//

#ifndef RECFLEX_PIPELINES_PASSES_H
#define RECFLEX_PIPELINES_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace recflex {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "recflex/Pipelines/Passes.h.inc"

} // namespace recflex

#endif // RECFLEX_PIPELINES_PASSES_H
