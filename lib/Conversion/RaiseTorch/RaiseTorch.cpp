//===- RaiseTorch.cpp - PyTorch's embedding_bag as emb --------------------===//

#include "EmbeddingBagRaiser.h"

#include "recflex/Conversion/Passes.h"

namespace recflex {

#define GEN_PASS_DEF_RAISETORCHEMBEDDINGBAGTOEMBPASS
#include "recflex/Conversion/Passes.h.inc"

namespace {
struct RaiseTorchEmbeddingBagToEmb
    : impl::RaiseTorchEmbeddingBagToEmbPassBase<RaiseTorchEmbeddingBagToEmb> {
  void runOnOperation() override {
    torch::EmbeddingBagRaiser raiser;
    raiser.raiseAll(getOperation());
    numRaised += raiser.numRaised;
    numLeft += raiser.numLeft;
  }
};
} // namespace

} // namespace recflex
