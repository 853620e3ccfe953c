//===- Samples.cpp - A model's statistics from sample batches -------------===//

#include "recflex/Pipelines/Samples.h"

#include "recflex/Analysis/BatchStats.h"
#include "recflex/Data/BatchFile.h"
#include "recflex/Dialect/Emb/Transforms/Passes.h"

using namespace mlir;

namespace recflex {

static Value findKjt(ModuleOp module) {
  Value found;
  module.walk([&](emb::FeatureOp feature) { found = feature.getKjt(); });
  module.walk([&](emb::FusedLookupOp fused) { found = fused.getKjt(); });
  return found;
}

Result<JaggedInput> findJaggedInput(ModuleOp module) {
  Value kjt = findKjt(module);
  if (!kjt)
    return makeError("the model looks up no features: there is no emb.feature "
                     "in it");
  auto type = cast<emb::KjtType>(kjt.getType());
  return JaggedInput{type.getFeatures(), type.getIndexType().getWidth() == 32
                                             ? recflex::IndexType::i32
                                             : recflex::IndexType::i64};
}

Result<std::vector<Batch>> readSamples(const std::vector<std::string> &paths,
                                       const JaggedInput &jagged) {
  std::vector<Batch> batches;
  for (const std::string &path : paths) {
    Result<Batch> batch = readBatch(path, jagged.features, jagged.indexType);
    if (!batch)
      return batch.error();
    batches.push_back(std::move(*batch));
  }
  return batches;
}

void attachStats(ModuleOp module, const std::vector<Batch> &batches) {
  if (batches.empty())
    return;
  emb::attachStats(findKjt(module),
                   measureBags(batches, batches.front().numFeatures));
}

} // namespace recflex
