//===- TorchIR.cpp - torch-mlir's IR, read by name ------------------------===//

#include "TorchIR.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace recflex::torch {

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

static bool isNamed(Operation *op, StringRef name) {
  return op && op->getName().getStringRef() == name;
}

StringRef getAtenName(Operation *op) {
  StringRef name = op->getName().getStringRef();
  if (name == "torch.operator") {
    auto called = op->getAttrOfType<StringAttr>("name");
    name = called ? called.getValue() : "";
  }
  if (!name.consume_front("torch.aten."))
    return "";
  name.consume_back(".default");
  return name;
}

Value skipDerefine(Value value) {
  Operation *op = value.getDefiningOp();
  return isNamed(op, "torch.derefine") && op->getNumOperands() == 1
             ? op->getOperand(0)
             : value;
}

bool isNone(Value value) {
  return isNamed(skipDerefine(value).getDefiningOp(), "torch.constant.none");
}

/// The attribute of a constant named `name`, or null.
static IntegerAttr getConstant(Value value, StringRef name) {
  Operation *op = skipDerefine(value).getDefiningOp();
  return isNamed(op, name) ? op->getAttrOfType<IntegerAttr>("value")
                           : IntegerAttr();
}

std::optional<int64_t> getConstantInt(Value value) {
  IntegerAttr constant = getConstant(value, "torch.constant.int");
  if (!constant || !constant.getType().isSignlessInteger(64))
    return std::nullopt;
  return constant.getInt();
}

std::optional<bool> getConstantBool(Value value) {
  IntegerAttr constant = getConstant(value, "torch.constant.bool");
  if (!constant)
    return std::nullopt;
  return !constant.getValue().isZero();
}

std::optional<OperandRange> getList(Value value) {
  Operation *op = value.getDefiningOp();
  if (!isNamed(op, "torch.prim.ListConstruct"))
    return std::nullopt;
  return op->getOperands();
}

bool isArgumentOp(Operation *op) {
  return llvm::StringSwitch<bool>(op->getName().getStringRef())
      .Cases({"torch.constant.none", "torch.constant.int",
              "torch.constant.bool", "torch.derefine",
              "torch.prim.ListConstruct"},
             true)
      .Default(false);
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

/// Signed integers lose their sign: builtin tensors have none.
static Type parseElementType(MLIRContext *context, StringRef text) {
  return llvm::StringSwitch<Type>(text)
      .Case("f16", Float16Type::get(context))
      .Case("bf16", BFloat16Type::get(context))
      .Case("f32", Float32Type::get(context))
      .Case("f64", Float64Type::get(context))
      .Case("si8", IntegerType::get(context, 8))
      .Case("si16", IntegerType::get(context, 16))
      .Case("si32", IntegerType::get(context, 32))
      .Case("si64", IntegerType::get(context, 64))
      .Default(Type());
}

RankedTensorType getTensorType(Type type) {
  if (auto tensor = dyn_cast<RankedTensorType>(type))
    return tensor;
  std::string printed;
  llvm::raw_string_ostream(printed) << type;
  StringRef text = printed;
  if (!text.consume_front("!torch.vtensor<[") || !text.consume_back(">"))
    return {};
  auto [dimensions, element] = text.split("],");
  SmallVector<int64_t> shape;
  for (StringRef dimension : llvm::split(dimensions, ',')) {
    int64_t size = ShapedType::kDynamic;
    if (dimension != "?" && (dimension.getAsInteger(10, size) || size < 0))
      return {};
    shape.push_back(size);
  }
  Type elementType = parseElementType(type.getContext(), element);
  return elementType ? RankedTensorType::get(shape, elementType)
                     : RankedTensorType();
}

//===----------------------------------------------------------------------===//
// Casts
//===----------------------------------------------------------------------===//

static constexpr StringLiteral kToTensor = "torch_c.to_builtin_tensor";
static constexpr StringLiteral kFromTensor = "torch_c.from_builtin_tensor";

static Value cast(OpBuilder &builder, Location loc, StringRef name, Value value,
                  Type type) {
  if (value.getType() == type)
    return value;
  if (Operation *op = value.getDefiningOp();
      op && op->getNumOperands() == 1 && op->getOperand(0).getType() == type &&
      (isNamed(op, kToTensor) || isNamed(op, kFromTensor) ||
       isa<UnrealizedConversionCastOp>(op)))
    return op->getOperand(0);
  if (!RegisteredOperationName::lookup(name, builder.getContext()))
    return UnrealizedConversionCastOp::create(builder, loc, type, value)
        .getResult(0);
  OperationState state(loc, name, value, type);
  return builder.create(state)->getResult(0);
}

Value castToTensor(OpBuilder &builder, Value value) {
  return cast(builder, value.getLoc(), kToTensor, value,
              getTensorType(value.getType()));
}

Value castFromTensor(OpBuilder &builder, Location loc, Value tensor,
                     Type type) {
  return cast(builder, loc, kFromTensor, tensor, type);
}

} // namespace recflex::torch
