//===- ConvertFunction.cpp - Signatures without emb -----------------------===//

#include "EmbToLinalgPatterns.h"

#include "recflex/Dialect/Emb/IR/Emb.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace recflex {

static bool isOfEmb(NamedAttribute attribute) {
  return isa_and_nonnull<emb::EmbDialect>(attribute.getNameDialect());
}

/// One dictionary for each value that the values with `attributes` are
/// converted to, without what the emb dialect says of them.
static SmallVector<DictionaryAttr>
convertAttributes(const TypeConverter &converter, TypeRange types,
                  function_ref<DictionaryAttr(unsigned)> attributes) {
  SmallVector<DictionaryAttr> converted;
  for (auto [i, type] : llvm::enumerate(types)) {
    DictionaryAttr old = attributes(i);
    auto kept = llvm::to_vector(llvm::make_filter_range(
        old ? old.getValue() : ArrayRef<NamedAttribute>(),
        [](NamedAttribute attribute) { return !isOfEmb(attribute); }));
    SmallVector<Type> parts;
    (void)converter.convertType(type, parts); // none of ours fails
    converted.append(parts.size(),
                     DictionaryAttr::get(type.getContext(), kept));
  }
  return converted;
}

namespace {
struct ConvertFunction : OpConversionPattern<func::FuncOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(func::FuncOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    const TypeConverter &converter = *getTypeConverter();
    TypeConverter::SignatureConversion arguments(op.getNumArguments());
    SmallVector<Type> results;
    if (failed(
            converter.convertSignatureArgs(op.getArgumentTypes(), arguments)) ||
        failed(converter.convertTypes(op.getResultTypes(), results)) ||
        failed(
            rewriter.convertRegionTypes(&op.getBody(), converter, &arguments)))
      return failure();
    auto argumentAttrs =
        convertAttributes(converter, op.getArgumentTypes(),
                          [&](unsigned i) { return op.getArgAttrDict(i); });
    auto resultAttrs =
        convertAttributes(converter, op.getResultTypes(),
                          [&](unsigned i) { return op.getResultAttrDict(i); });
    rewriter.modifyOpInPlace(op, [&] {
      op.removeArgAttrsAttr();
      op.removeResAttrsAttr();
      op.setFunctionType(
          rewriter.getFunctionType(arguments.getConvertedTypes(), results));
      op.setAllArgAttrs(argumentAttrs);
      op.setAllResultAttrs(resultAttrs);
      for (StringRef name : emb::EmbDialect::kFunctionAttrs)
        op->removeDiscardableAttr(name);
    });
    return success();
  }
};
} // namespace

void populateConvertFunctionPattern(const TypeConverter &converter,
                                    RewritePatternSet &patterns) {
  patterns.add<ConvertFunction>(converter, patterns.getContext());
}

bool isLegalFunction(const TypeConverter &converter, Operation *op) {
  auto function = cast<func::FuncOp>(op);
  auto namesEmb = [](ArrayAttr attributes) {
    return attributes &&
           llvm::any_of(attributes.getAsRange<DictionaryAttr>(),
                        [](DictionaryAttr dictionary) {
                          return llvm::any_of(dictionary, isOfEmb);
                        });
  };
  return converter.isSignatureLegal(function.getFunctionType()) &&
         converter.isLegal(&function.getBody()) &&
         !namesEmb(function.getArgAttrsAttr()) &&
         !namesEmb(function.getResAttrsAttr()) &&
         llvm::none_of(emb::EmbDialect::kFunctionAttrs,
                       [&](StringRef name) { return function->hasAttr(name); });
}

} // namespace recflex
