//===- EmbToLinalg.cpp - The lowering for other compilers -----------------===//

#include "EmbToLinalgPatterns.h"

#include "recflex/Conversion/Passes.h"

#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/ControlFlow/Transforms/StructuralTypeConversions.h"
#include "mlir/Dialect/Func/Transforms/FuncConversions.h"
#include "mlir/Dialect/SCF/Transforms/Patterns.h"

using namespace mlir;

namespace recflex {

#define GEN_PASS_DEF_CONVERTEMBTOLINALGPASS
#include "recflex/Conversion/Passes.h.inc"

/// The first type of an operand, a result or a block argument of `op` that is
/// converted, or null.
static Type findConvertedType(Operation *op, const TypeConverter &converter) {
  SmallVector<Type> types(op->getOperandTypes());
  llvm::append_range(types, op->getResultTypes());
  for (Region &region : op->getRegions())
    for (Block &block : region)
      llvm::append_range(types, block.getArgumentTypes());
  for (Type type : types)
    if (!converter.isLegal(type))
      return type;
  return {};
}

/// Values of emb types can be followed through these dialects alone.
static LogicalResult checkUsers(ModuleOp module,
                                const TypeConverter &converter) {
  WalkResult walk = module.walk([&](Operation *op) {
    if (isa_and_nonnull<emb::EmbDialect, func::FuncDialect, scf::SCFDialect,
                        cf::ControlFlowDialect>(op->getDialect()))
      return WalkResult::advance();
    Type type = findConvertedType(op, converter);
    if (!type)
      return WalkResult::advance();
    op->emitOpError("has a value of type ")
        << type
        << ", which becomes two tensors; only ops of emb, func, scf and cf can "
           "pass it on: convert this one first";
    return WalkResult::interrupt();
  });
  return failure(walk.wasInterrupted());
}

LogicalResult convertEmb(ModuleOp module, const TypeConverter &converter,
                         ConversionTarget &target,
                         RewritePatternSet &&patterns) {
  if (failed(checkUsers(module, converter)))
    return failure();
  target.addDynamicallyLegalOp<func::FuncOp>(
      [&](Operation *op) { return isLegalFunction(converter, op); });
  target.markUnknownOpDynamicallyLegal(
      [&](Operation *op) { return converter.isLegal(op); });
  populateConvertFunctionPattern(converter, patterns);
  populateCallOpTypeConversionPattern(patterns, converter);
  populateReturnOpTypeConversionPattern(patterns, converter);
  scf::populateSCFStructuralTypeConversionsAndLegality(converter, patterns,
                                                       target);
  cf::populateCFStructuralTypeConversionsAndLegality(converter, patterns,
                                                     target);
  return applyPartialConversion(module, target, std::move(patterns));
}

namespace {
struct ConvertEmbToLinalg
    : impl::ConvertEmbToLinalgPassBase<ConvertEmbToLinalg> {
  void runOnOperation() override {
    EmbTypeConverter converter;
    ConversionTarget target(getContext());
    target.addIllegalDialect<emb::EmbDialect>();
    RewritePatternSet patterns(&getContext());
    populateEmbToLinalgPatterns(converter, patterns);
    if (failed(
            convertEmb(getOperation(), converter, target, std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace

} // namespace recflex
