//===- FixedOrder.cpp - The order of blocks that are bound once -----------===//

#include "FixedOrder.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>
#include <numeric>
#include <tuple>

using llvm::ArrayRef;
using llvm::SmallVector;

namespace recflex::emb {

/// Runs that a warp looks at together, one a lane.
static constexpr int64_t kRuns = 32;

/// Sorted with `levels` weights told apart from one number of steps to its
/// double.
static SmallVector<int32_t> sortBy(ArrayRef<TileWeight> lookups,
                                   double levels) {
  auto key = [&](int32_t number) {
    const TileWeight &lookup = lookups[number];
    double level =
        std::floor(levels * std::log2(static_cast<double>(lookup.steps) + 1));
    return std::tuple(-level, lookup.samples, -lookup.steps);
  };
  SmallVector<int32_t> order(lookups.size());
  std::iota(order.begin(), order.end(), 0);
  llvm::stable_sort(order,
                    [&](int32_t a, int32_t b) { return key(a) < key(b); });
  return order;
}

static int64_t countRuns(ArrayRef<TileWeight> lookups,
                         ArrayRef<int32_t> order) {
  int64_t runs = 1;
  for (size_t rank = 1; rank < order.size(); ++rank)
    runs += lookups[order[rank]].samples != lookups[order[rank - 1]].samples;
  return runs;
}

SmallVector<int32_t> fixedOrder(ArrayRef<TileWeight> lookups) {
  for (double levels : {16, 8, 4, 2, 1}) {
    SmallVector<int32_t> order = sortBy(lookups, levels);
    if (countRuns(lookups, order) <= kRuns)
      return order;
  }
  return sortBy(lookups, /*levels=*/0.5);
}

} // namespace recflex::emb
