//===- FixedOrder.h - Features by what statistics know ----------*- C++ -*-===//

#ifndef RECFLEX_DIALECT_EMB_IR_FIXEDORDER_H
#define RECFLEX_DIALECT_EMB_IR_FIXEDORDER_H

#include "recflex/Dialect/Emb/IR/LookupShape.h"

#include "llvm/ADT/ArrayRef.h"

#include <vector>

namespace recflex::emb {

/// Serial steps of a bag of `longestBag` lookups in tiles of that shape: what
/// abi::tileKey() is for one batch, of all that statistics have seen.
int64_t serialSteps(int64_t longestBag, const TileShape &tile);

/// The order of features' blocks with fixed binding: the features' numbers, of
/// most steps first, of equal ones by number.
std::vector<int32_t> fixedOrder(llvm::ArrayRef<int64_t> steps);

} // namespace recflex::emb

#endif // RECFLEX_DIALECT_EMB_IR_FIXEDORDER_H
