//===- PackArguments.cpp - Many memrefs as one argument -------------------===//

#include "PackArguments.h"

#include "recflex/Target/CpuJit.h"

#include "mlir/Conversion/LLVMCommon/MemRefBuilder.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

#include <cstddef>

using namespace mlir;

namespace recflex {

static_assert(sizeof(CpuArray) == 16 && offsetof(CpuArray, length) == 8,
              "packed arguments are read as {pointer, i64}");

static LogicalResult check(func::FuncOp function) {
  if (function.isDeclaration())
    return function.emitOpError("has no body to compile");
  if (function.getNumResults() != 0)
    return function.emitOpError("returns ")
           << function.getResultTypes()
           << "; only functions that return nothing can be compiled for the "
              "CPU";
  for (auto [i, argument] : llvm::enumerate(function.getArgumentTypes())) {
    auto type = dyn_cast<MemRefType>(argument);
    if (!type || !type.getLayout().isIdentity() || type.getMemorySpace() ||
        llvm::is_contained(type.getShape().drop_front(type.getRank() ? 1 : 0),
                           ShapedType::kDynamic))
      return function.emitOpError("argument ")
             << i << " has type " << argument
             << "; the CPU takes dense memrefs whose leading dimension alone "
                "may be dynamic";
  }
  return success();
}

namespace {
/// Reads the arrays of a packed function.
class ArgumentReader {
public:
  ArgumentReader(MLIRContext *context, Value packed)
      : converter(context), pointer(LLVM::LLVMPointerType::get(context)),
        i64(IntegerType::get(context, 64)),
        record(LLVM::LLVMStructType::getLiteral(context, {pointer, i64})),
        packed(packed) {}

  /// Argument `number` as a memref.
  Value read(ImplicitLocOpBuilder &b, int32_t number, MemRefType type) {
    Location loc = b.getLoc();
    auto descriptor =
        MemRefDescriptor::poison(b, loc, converter.convertType(type));
    Value data = readField(b, number, 0, pointer);
    descriptor.setAllocatedPtr(b, loc, data);
    descriptor.setAlignedPtr(b, loc, data);
    descriptor.setConstantOffset(b, loc, 0);
    int64_t stride = 1;
    for (int64_t d = type.getRank(); d-- > 0;) {
      if (type.isDynamicDim(d))
        descriptor.setSize(b, loc, d, readField(b, number, 1, i64));
      else
        descriptor.setConstantSize(b, loc, d, type.getDimSize(d));
      descriptor.setConstantStride(b, loc, d, stride);
      if (d > 0) // the leading dimension may be dynamic
        stride *= type.getDimSize(d);
    }
    Value value = descriptor;
    return UnrealizedConversionCastOp::create(b, type, value).getResult(0);
  }

private:
  Value readField(ImplicitLocOpBuilder &b, int32_t number, int32_t field,
                  Type type) {
    Value address = LLVM::GEPOp::create(b, pointer, record, packed,
                                        ArrayRef<LLVM::GEPArg>{number, field});
    return LLVM::LoadOp::create(b, type, address);
  }

  LLVMTypeConverter converter;
  Type pointer, i64, record;
  Value packed;
};
} // namespace

LogicalResult packArguments(func::FuncOp function) {
  if (failed(check(function)))
    return failure();
  MLIRContext *context = function.getContext();
  Block &entry = function.getBody().front();
  SmallVector<BlockArgument> arguments(entry.getArguments());
  Type pointer = LLVM::LLVMPointerType::get(context);
  ArgumentReader reader(context, entry.addArgument(pointer, function.getLoc()));
  for (auto [i, argument] : llvm::enumerate(arguments)) {
    auto type = cast<MemRefType>(argument.getType());
    ImplicitLocOpBuilder b =
        ImplicitLocOpBuilder::atBlockBegin(argument.getLoc(), &entry);
    if (!type.hasStaticShape()) {
      if (!argument.use_empty())
        argument.replaceAllUsesWith(reader.read(b, i, type));
      continue;
    }
    // A table is read where it is used: thousands of them at the entry would
    // all be alive to the end.
    for (OpOperand &use : llvm::make_early_inc_range(argument.getUses())) {
      b.setInsertionPoint(use.getOwner());
      use.set(reader.read(b, i, type));
    }
  }
  entry.eraseArguments(0, arguments.size());
  function.removeArgAttrsAttr();
  function.setFunctionType(FunctionType::get(context, pointer, {}));
  return success();
}

} // namespace recflex
