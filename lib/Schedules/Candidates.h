//===- Candidates.h - What each schedule file offers ------------*- C++ -*-===//

#ifndef RECFLEX_LIB_SCHEDULES_CANDIDATES_H
#define RECFLEX_LIB_SCHEDULES_CANDIDATES_H

#include "recflex/Dialect/Emb/IR/ScheduleProvider.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>

namespace recflex {

using AddSchedule = llvm::function_ref<void(emb::ScheduleAttrInterface)>;

/// Each file of this folder defines one pair of these: the candidates, and the
/// code generator's attachment.
#define RECFLEX_SCHEDULE(Name)                                                 \
  void add##Name##Candidates(mlir::MLIRContext *, const emb::LookupShape &,    \
                             const emb::BagStats &, AddSchedule);              \
  void attach##Name##Body(mlir::MLIRContext *);
RECFLEX_SCHEDULE(Gather)
RECFLEX_SCHEDULE(SubWarp)
RECFLEX_SCHEDULE(BlockReduce)
RECFLEX_SCHEDULE(SegmentedScan)
RECFLEX_SCHEDULE(MultiBlock)
#undef RECFLEX_SCHEDULE

/// The widest load that tiles the row: a power of two of elements, at most
/// 16 bytes.
inline int64_t widestVector(const emb::LookupShape &shape) {
  int64_t limit = 16 / byteSize(shape.rowType);
  return std::min(limit, shape.width & -shape.width);
}

/// The fewest lanes (a power of two, at most a warp) that cover the row.
inline int64_t coveringLanes(const emb::LookupShape &shape, int64_t vector) {
  int64_t lanes = llvm::PowerOf2Ceil(llvm::divideCeil(shape.width, vector));
  return std::min<int64_t>(lanes, 32);
}

} // namespace recflex

#endif // RECFLEX_LIB_SCHEDULES_CANDIDATES_H
