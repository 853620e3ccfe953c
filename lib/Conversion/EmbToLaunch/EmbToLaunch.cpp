//===- EmbToLaunch.cpp - Fused lookups in destination style ---------------===//

#include "../EmbToLinalg/BagArrays.h"
#include "../EmbToLinalg/EmbToLinalgPatterns.h"

#include "recflex/Conversion/Passes.h"
#include "recflex/Dialect/Emb/IR/Remark.h"

using namespace mlir;

namespace recflex {

#define GEN_PASS_DEF_CONVERTEMBTOLAUNCHPASS
#include "recflex/Conversion/Passes.h.inc"

/// Fused lookups must have kernels; of other lookups it is said that they have
/// none.
static LogicalResult checkLookups(ModuleOp module) {
  WalkResult walk = module.walk([](Operation *op) {
    if (auto fused = dyn_cast<emb::FusedLookupOp>(op)) {
      if (fused.getOrder()) {
        fused.emitOpError("binds its blocks once, which launches cannot; fuse "
                          "with -emb-fuse=binding=runtime");
        return WalkResult::interrupt();
      }
      if (fused.getKernelAttr())
        return WalkResult::advance();
      fused.emitOpError("has no kernels to launch; run -convert-emb-to-gpu "
                        "first");
      return WalkResult::interrupt();
    }
    if (isa<emb::LookupOp>(op))
      remark::missed(op->getLoc(),
                     emb::remarkOn(op, "launch", "convert-emb-to-launch"))
          << "the lookup is in no fused one, so it has no kernel: it becomes "
             "linalg; run -emb-fuse first";
    return WalkResult::advance();
  });
  return failure(walk.wasInterrupted());
}

namespace {
struct LaunchFusedLookup : OpConversionPattern<emb::FusedLookupOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(emb::FusedLookupOp op, OneToNOpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    BagArrays kjt{adaptor.getKjt()[0], adaptor.getKjt()[1]};
    int64_t keys = op.getKjt().getType().getFeatures();
    Value batch = arith::DivUIOp::create(
        b, countSamples(b, kjt), arith::ConstantIndexOp::create(b, keys));
    auto type = cast<RankedTensorType>(op.getResult().getType());
    Value place = tensor::EmptyOp::create(b, type, ValueRange(batch));
    rewriter.replaceOpWithNewOp<emb::LaunchOp>(
        op, type, op.getKernelAttr(), kjt.values, kjt.offsets, op.getTables(),
        op.getWeights(), place, keys, op.getFeatures(), op.getOccupancy());
    return success();
  }
};

struct ConvertEmbToLaunch
    : impl::ConvertEmbToLaunchPassBase<ConvertEmbToLaunch> {
  void runOnOperation() override {
    if (failed(checkLookups(getOperation())))
      return signalPassFailure();
    EmbTypeConverter converter;
    ConversionTarget target(getContext());
    target.addIllegalDialect<emb::EmbDialect>();
    target.addLegalOp<emb::LaunchOp>();
    RewritePatternSet patterns(&getContext());
    populateEmbToLinalgPatterns(converter, patterns);
    patterns.add<LaunchFusedLookup>(converter, &getContext(), /*benefit=*/2);
    if (failed(
            convertEmb(getOperation(), converter, target, std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace

} // namespace recflex
