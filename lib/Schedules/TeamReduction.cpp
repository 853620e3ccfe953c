//===- TeamReduction.cpp - One row of a team's many -----------------------===//

#include "TeamReduction.h"

#include <algorithm>

using namespace mlir;

namespace recflex {

Value reduceTeam(BodyBuilder &b, Value row, Value group, int64_t lanes,
                 int64_t rows) {
  int64_t vector = cast<VectorType>(row.getType()).getNumElements();
  int64_t inWarp = std::min(rows, 32 / lanes);
  for (int64_t distance = inWarp / 2; distance >= 1; distance /= 2)
    row = b.combine(row, b.shuffleRow(row, distance * lanes));
  if (inWarp == rows)
    return row;

  Value thread = b.tile().thread;
  b.storeShared(row, thread);
  for (int64_t distance = rows / 2; distance >= inWarp; distance /= 2) {
    b.barrier();
    b.guarded(b.less(group, b.i32(distance)), [&] {
      Value other =
          b.loadShared(b.add(thread, b.i32(distance * lanes)), vector);
      Value mine = b.loadShared(thread, vector);
      b.storeShared(b.combine(mine, other), thread);
    });
  }
  // Only the writer reads its own slot: no barrier is needed.
  return b.loadShared(thread, vector);
}

} // namespace recflex
