//===- TeamReduction.h - One row of a team's many ---------------*- C++ -*-===//

#ifndef RECFLEX_LIB_SCHEDULES_TEAMREDUCTION_H
#define RECFLEX_LIB_SCHEDULES_TEAMREDUCTION_H

#include "recflex/Schedules/BodyBuilder.h"

namespace recflex {

/// Combines the rows of the `rows` groups of `lanes` lanes of every team; group
/// 0 is left with the result. Inside a warp by shuffles, across warps through
/// shared memory, a row of it for each thread. All threads come here; `group` is
/// `rows` for those that are of no team.
mlir::Value reduceTeam(BodyBuilder &b, mlir::Value row, mlir::Value group,
                       int64_t lanes, int64_t rows);

} // namespace recflex

#endif // RECFLEX_LIB_SCHEDULES_TEAMREDUCTION_H
