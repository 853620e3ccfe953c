//===- BlockOrder.h - Where lookups' blocks stand in the grid ---*- C++ -*-===//
//
// With fixed binding a kernel's blocks run in one order for all batches. By the
// statistics those with the longest bags come first, so that none of them ends
// late. An order can do more: where the blocks that wait for memory are spread
// over the grid, others have the L2 cache for themselves meanwhile.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_TUNING_BLOCKORDER_H
#define RECFLEX_TUNING_BLOCKORDER_H

#include "recflex/Tuning/Measurer.h"
#include "recflex/Tuning/TuningProblem.h"

#include <string>
#include <vector>

namespace recflex {

/// Takes some lookups out of the order, and puts them back evenly over a part
/// of it.
struct Spread {
  /// What lookups are sorted by, least first, to say which.
  enum class Axis : uint8_t {
    place, ///< in the order as it is
    table, ///< bytes of the table
    width, ///< of the row
    bags,  ///< lookups a bag
  } axis = Axis::place;
  size_t first = 0, last = 0; ///< sorted so, from `first` until before `last`
  /// In percent of the places of all others; if the two are equal the lookups
  /// stand together.
  int begin = 0, end = 100;
};

/// Spreads one after the other, beginning with the order of the statistics.
using BlockOrder = std::vector<Spread>;

/// "table[759:1000] over 0-70%", with ", " between them.
std::string toText(const BlockOrder &order);

/// Each lookup's `emb.rank`, in blocks of `threads` threads; all different. No
/// ranks for an order without spreads.
std::vector<int64_t> rankLookups(const TuningProblem &problem,
                                 const Assignment &assignment, int64_t threads,
                                 const BlockOrder &order);

/// Bytes of the lookup's table.
double tableBytes(const TunedLookup &lookup);

} // namespace recflex

#endif // RECFLEX_TUNING_BLOCKORDER_H
