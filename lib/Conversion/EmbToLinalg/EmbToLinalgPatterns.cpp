//===- EmbToLinalgPatterns.cpp - One pattern an emb op --------------------===//

#include "EmbToLinalgPatterns.h"

#include "PooledRows.h"

#include "recflex/Dialect/Emb/IR/Emb.h"

using namespace mlir;

namespace recflex {

EmbTypeConverter::EmbTypeConverter() {
  addConversion([](Type type) { return type; });
  auto convert = [](IntegerType index, SmallVectorImpl<Type> &arrays) {
    arrays.assign(2, RankedTensorType::get({ShapedType::kDynamic}, index));
    return success();
  };
  addConversion([=](emb::KjtType type, SmallVectorImpl<Type> &arrays) {
    return convert(type.getIndexType(), arrays);
  });
  addConversion([=](emb::BagsType type, SmallVectorImpl<Type> &arrays) {
    return convert(type.getIndexType(), arrays);
  });
}

static BagArrays toArrays(ValueRange converted) {
  return {converted[0], converted[1]};
}

/// The one value that tables, weights and pooled rows are converted to.
static Value single(ValueRange converted) {
  return converted.empty() ? Value() : converted.front();
}

static void replaceByArrays(ConversionPatternRewriter &rewriter, Operation *op,
                            const BagArrays &arrays) {
  rewriter.replaceOpWithMultiple(
      op, {SmallVector<Value>{arrays.values, arrays.offsets}});
}

namespace {
struct ConvertFeature : OpConversionPattern<emb::FeatureOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(emb::FeatureOp op, OneToNOpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    BagArrays bags =
        sliceFeature(b, toArrays(adaptor.getKjt()),
                     op.getKjt().getType().getFeatures(), op.getIndex());
    replaceByArrays(rewriter, op, bags);
    return success();
  }
};

struct ConvertKjt : OpConversionPattern<emb::KjtOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(emb::KjtOp op, OneToNOpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    BagArrays kjt =
        makeKjt(b, single(adaptor.getValues()), single(adaptor.getOffsets()));
    replaceByArrays(rewriter, op, kjt);
    return success();
  }
};

struct ConvertBags : OpConversionPattern<emb::BagsOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(emb::BagsOp op, OneToNOpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    BagArrays bags =
        makeBags(b, single(adaptor.getValues()), single(adaptor.getOffsets()),
                 op.getIncludeLastOffset());
    replaceByArrays(rewriter, op, bags);
    return success();
  }
};

struct ConvertJoin : OpConversionPattern<emb::JoinOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(emb::JoinOp op, OneToNOpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    BagArrays kjt =
        joinBags(b, llvm::map_to_vector(adaptor.getBags(), toArrays));
    replaceByArrays(rewriter, op, kjt);
    return success();
  }
};

struct ConvertDropRow : OpConversionPattern<emb::DropRowOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(emb::DropRowOp op, OneToNOpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    KeptBags kept =
        dropRow(b, toArrays(adaptor.getBags()), op.getRow(),
                op.getWeights() ? single(adaptor.getWeights()) : Value());
    SmallVector<SmallVector<Value>> results{
        {kept.bags.values, kept.bags.offsets}};
    if (kept.weights)
      results.push_back({kept.weights});
    rewriter.replaceOpWithMultiple(op, std::move(results));
    return success();
  }
};

struct ConvertLookup : OpConversionPattern<emb::LookupOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(emb::LookupOp op, OneToNOpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    rewriter.replaceOp(
        op, poolRows(b, op.getShape(), single(adaptor.getTable()),
                     toArrays(adaptor.getBags()),
                     op.getWeights() ? single(adaptor.getWeights()) : Value()));
    return success();
  }
};

struct ConvertConcat : OpConversionPattern<emb::ConcatOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(emb::ConcatOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    rewriter.replaceOp(
        op, joinColumns(b, adaptor.getInputs(), op.getResult().getType()));
    return success();
  }
};

struct ConvertFusedLookup : OpConversionPattern<emb::FusedLookupOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(emb::FusedLookupOp op, OneToNOpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    BagArrays kjt = toArrays(adaptor.getKjt());
    int64_t features = op.getKjt().getType().getFeatures();
    SmallVector<Value> pooled;
    for (auto feature : op.getFeatures().getAsRange<emb::FusedFeatureAttr>())
      pooled.push_back(poolRows(
          b, op.getShape(feature), op.getTables()[feature.getTable()],
          sliceFeature(b, kjt, features, feature.getKey()), op.getWeights()));
    rewriter.replaceOp(op, joinColumns(b, pooled, op.getResult().getType()));
    return success();
  }
};
} // namespace

void populateEmbToLinalgPatterns(const TypeConverter &converter,
                                 RewritePatternSet &patterns) {
  patterns
      .add<ConvertKjt, ConvertFeature, ConvertBags, ConvertJoin, ConvertDropRow,
           ConvertLookup, ConvertConcat, ConvertFusedLookup>(
          converter, patterns.getContext());
}

} // namespace recflex
