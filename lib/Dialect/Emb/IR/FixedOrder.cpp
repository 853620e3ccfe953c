//===- FixedOrder.cpp - Features by what statistics know ------------------===//

#include "recflex/Dialect/Emb/IR/FixedOrder.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <numeric>
#include <tuple>

namespace recflex::emb {

int64_t serialSteps(int64_t longestBag, const TileShape &tile) {
  return llvm::divideCeil(longestBag, tile.parallelLookups);
}

std::vector<int32_t> fixedOrder(llvm::ArrayRef<FixedPlace> places) {
  std::vector<int32_t> order(places.size());
  std::iota(order.begin(), order.end(), 0);
  auto keyOf = [&](int32_t number) {
    const FixedPlace &place = places[number];
    return std::tuple(!place.rank, place.rank.value_or(0), -place.steps,
                      number);
  };
  llvm::sort(order, [&](int32_t a, int32_t b) { return keyOf(a) < keyOf(b); });
  return order;
}

} // namespace recflex::emb
