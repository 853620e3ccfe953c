//===- FixedOrder.cpp - Features by what statistics know ------------------===//

#include "recflex/Dialect/Emb/IR/FixedOrder.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <numeric>

namespace recflex::emb {

int64_t serialSteps(int64_t longestBag, const TileShape &tile) {
  return llvm::divideCeil(longestBag, tile.parallelLookups);
}

std::vector<int32_t> fixedOrder(llvm::ArrayRef<int64_t> steps) {
  std::vector<int32_t> order(steps.size());
  std::iota(order.begin(), order.end(), 0);
  llvm::sort(order, [&](int32_t a, int32_t b) {
    return std::pair(-steps[a], a) < std::pair(-steps[b], b);
  });
  return order;
}

} // namespace recflex::emb
