//===- WarpOperations.h - Shuffles, votes, matches, reductions --*- C++ -*-===//

#ifndef RECFLEX_LIB_SIMULATOR_WARPOPERATIONS_H
#define RECFLEX_LIB_SIMULATOR_WARPOPERATIONS_H

#include "Context.h"

namespace recflex::sim {

/// Fills `result` and `predicate` of the lanes of `warp` (32 of them) that
/// `mask` names. All have arrived at the same operation. Semantics: PTX ISA 9,
/// section "Parallel Synchronization and Communication Instructions".
void resolveWarpOperation(LaneContext *warp, uint32_t mask);

/// "shuffle (butterfly)".
const char *nameOf(WarpOperation operation);

} // namespace recflex::sim

#endif // RECFLEX_LIB_SIMULATOR_WARPOPERATIONS_H
