//===- FixedOrder.h - Features by what statistics know ----------*- C++ -*-===//

#ifndef RECFLEX_DIALECT_EMB_IR_FIXEDORDER_H
#define RECFLEX_DIALECT_EMB_IR_FIXEDORDER_H

#include "recflex/Dialect/Emb/IR/LookupShape.h"

#include "llvm/ADT/ArrayRef.h"

#include <optional>
#include <vector>

namespace recflex::emb {

/// Serial steps of a bag of `longestBag` lookups in tiles of that shape: what
/// abi::tileKey() is for one batch, of all that statistics have seen.
int64_t serialSteps(int64_t longestBag, const TileShape &tile);

/// What says where a feature's blocks stand in the grid.
struct FixedPlace {
  std::optional<int64_t> rank = {}; ///< `emb.rank`, if its lookup has it
  int64_t steps = 0;                ///< serialSteps()
};

/// The order of features' blocks with fixed binding, as the features' numbers:
/// those with a rank first, by it; then the others. Where that does not decide,
/// most steps come first, then the smaller number.
std::vector<int32_t> fixedOrder(llvm::ArrayRef<FixedPlace> places);

} // namespace recflex::emb

#endif // RECFLEX_DIALECT_EMB_IR_FIXEDORDER_H
