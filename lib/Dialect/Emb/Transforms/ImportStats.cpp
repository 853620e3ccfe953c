//===- ImportStats.cpp - Measured statistics on every lookup --------------===//

#include "recflex/Analysis/BatchStats.h"
#include "recflex/Data/BatchFile.h"
#include "recflex/Dialect/Emb/Transforms/Passes.h"

using namespace mlir;

namespace recflex::emb {

#define GEN_PASS_DEF_EMBIMPORTSTATSPASS
#include "recflex/Dialect/Emb/Transforms/Passes.h.inc"

void attachStats(Value kjt, ArrayRef<BagStats> stats) {
  for (Operation *user : kjt.getUsers()) {
    auto feature = dyn_cast<FeatureOp>(user);
    if (!feature)
      continue;
    auto attribute =
        StatsAttr::get(feature.getContext(), stats[feature.getIndex()]);
    for (Operation *reader : feature.getBags().getUsers())
      if (auto lookup = dyn_cast<LookupOp>(reader))
        lookup.setStatsAttr(attribute);
  }
}

/// Arguments, and what ops make of arrays.
static SmallVector<Value> findJaggedInputs(func::FuncOp function) {
  SmallVector<Value> inputs;
  auto collect = [&](ValueRange values) {
    llvm::copy_if(values, std::back_inserter(inputs), [](Value value) {
      return isa<KjtType>(value.getType());
    });
  };
  collect(function.getArguments());
  function.walk([&](Operation *op) { collect(op->getResults()); });
  return inputs;
}

namespace {
struct EmbImportStats : impl::EmbImportStatsPassBase<EmbImportStats> {
  using EmbImportStatsPassBase::EmbImportStatsPassBase;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    SmallVector<Value> inputs = findJaggedInputs(function);
    if (inputs.empty())
      return;
    if (inputs.size() > 1) {
      function.emitOpError("has several jagged inputs; sample batches can be "
                           "matched with one only");
      return signalPassFailure();
    }
    Value input = inputs.front();
    if (batches.empty()) {
      function.emitOpError(
          "needs sample batches: give -emb-import-stats=batches=FILE,...");
      return signalPassFailure();
    }

    auto type = cast<KjtType>(input.getType());
    recflex::IndexType indexType = type.getIndexType().getWidth() == 32
                                       ? recflex::IndexType::i32
                                       : recflex::IndexType::i64;
    std::vector<Batch> samples;
    for (const std::string &path : batches) {
      Result<Batch> batch = readBatch(path, type.getFeatures(), indexType);
      if (!batch) {
        function.emitOpError("cannot take statistics: ")
            << batch.error().message;
        return signalPassFailure();
      }
      samples.push_back(std::move(*batch));
    }
    attachStats(input, measureBags(samples, type.getFeatures()));
  }
};
} // namespace

} // namespace recflex::emb
