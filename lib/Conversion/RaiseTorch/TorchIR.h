//===- TorchIR.h - torch-mlir's IR, read by name ----------------*- C++ -*-===//
//
// What the front door must understand of torch-mlir's dialects, without linking
// them: ops by their names, types by how they are printed. So the same code
// serves a compiler that has these dialects and one that allows unregistered
// ops.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_LIB_CONVERSION_RAISETORCH_TORCHIR_H
#define RECFLEX_LIB_CONVERSION_RAISETORCH_TORCHIR_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

#include <optional>

namespace recflex::torch {

/// The ATen function that `op` calls, as in "embedding_bag.padding_idx": of
/// `torch.aten.embedding_bag.padding_idx`, or of a `torch.operator` of that
/// name. Empty if it calls none. The overload ".default" is left out.
llvm::StringRef getAtenName(mlir::Operation *op);

/// The value that `value` was before `torch.derefine` made it optional.
mlir::Value skipDerefine(mlir::Value value);

/// Whether `value` is `torch.constant.none`.
bool isNone(mlir::Value value);

/// The integer of `torch.constant.int`, the truth of `torch.constant.bool`.
std::optional<int64_t> getConstantInt(mlir::Value value);
std::optional<bool> getConstantBool(mlir::Value value);

/// The elements of the list that `torch.prim.ListConstruct` makes.
std::optional<mlir::OperandRange> getList(mlir::Value value);

/// Whether `op` only describes an argument of another op: a constant, a list, a
/// derefinement. Dead ones may be erased.
bool isArgumentOp(mlir::Operation *op);

/// The tensor that a value of `type` is converted to: itself if it is one, and
/// tensor<4x?xi64> for !torch.vtensor<[4,?],si64>. Null for types that do not
/// say their rank and a signed integer or floating-point element type.
mlir::RankedTensorType getTensorType(mlir::Type type);

/// `value` as the builtin tensor of getTensorType(), or a builtin tensor as a
/// value of `type`: by torch_c's ops where they are registered, else by
/// builtin.unrealized_conversion_cast. A cast of the opposite kind is undone.
mlir::Value castToTensor(mlir::OpBuilder &builder, mlir::Value value);
mlir::Value castFromTensor(mlir::OpBuilder &builder, mlir::Location loc,
                           mlir::Value tensor, mlir::Type type);

} // namespace recflex::torch

#endif // RECFLEX_LIB_CONVERSION_RAISETORCH_TORCHIR_H
