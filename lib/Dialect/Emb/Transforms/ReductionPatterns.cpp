//===- ReductionPatterns.cpp - How -reduction-tree makes lookups fewer ----===//

#include "recflex/Dialect/Emb/IR/Emb.h"
#include "recflex/Dialect/Emb/Transforms/Reduction.h"

#include "mlir/IR/DialectRegistry.h"
#include "mlir/Reducer/ReductionPatternInterface.h"

using namespace mlir;

namespace recflex::emb {
namespace {

struct ReduceLookups : OpRewritePattern<func::FuncOp> {
  ReduceLookups(MLIRContext *context, const Tester &tester)
      : OpRewritePattern(context), tester(tester) {}

  LogicalResult matchAndRewrite(func::FuncOp function,
                                PatternRewriter &rewriter) const override {
    return success(reduceLookups(function, rewriter, [&](ModuleOp module) {
      return tester.isInteresting(module).first ==
             Tester::Interestingness::True;
    }));
  }

  const Tester &tester;
};

struct EmbReductionPatterns : DialectReductionPatternInterface {
  explicit EmbReductionPatterns(Dialect *dialect)
      : DialectReductionPatternInterface(dialect) {}

  void populateReductionPatterns(RewritePatternSet &) const final {}
  void populateReductionPatternsWithTester(RewritePatternSet &patterns,
                                           Tester &tester) const final {
    patterns.add<ReduceLookups>(patterns.getContext(), tester);
  }
};

} // namespace

void registerReductionPatterns(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *, EmbDialect *dialect) {
    dialect->addInterfaces<EmbReductionPatterns>();
  });
}

} // namespace recflex::emb
