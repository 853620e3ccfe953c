//===- FixedOrder.h - The order of blocks that are bound once ---*- C++ -*-===//

#ifndef RECFLEX_LIB_DIALECT_EMB_TRANSFORMS_FIXEDORDER_H
#define RECFLEX_LIB_DIALECT_EMB_TRANSFORMS_FIXEDORDER_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>

namespace recflex::emb {

/// What of a lookup its blocks' place depends on.
struct TileWeight {
  int64_t steps = 0;   ///< serial steps of its longest bag
  int64_t samples = 1; ///< a tile
};

/// The lookups' numbers, heaviest first: with most steps, about. Neighbours
/// whose tiles have as many samples make a run, and a block looks at 32 runs at
/// once: steps are told apart as finely as gives so few, if any way does.
llvm::SmallVector<int32_t> fixedOrder(llvm::ArrayRef<TileWeight> lookups);

} // namespace recflex::emb

#endif // RECFLEX_LIB_DIALECT_EMB_TRANSFORMS_FIXEDORDER_H
