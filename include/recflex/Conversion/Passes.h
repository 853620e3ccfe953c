//===- Passes.h - Lowering the emb dialect ----------------------*- C++ -*-===//

#ifndef RECFLEX_CONVERSION_PASSES_H
#define RECFLEX_CONVERSION_PASSES_H

#include "recflex/Dialect/Emb/IR/Emb.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Pass/Pass.h"

namespace recflex {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "recflex/Conversion/Passes.h.inc"

} // namespace recflex

#endif // RECFLEX_CONVERSION_PASSES_H
