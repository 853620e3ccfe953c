//===- RefinePool.h - Schedules worth trying in place -----------*- C++ -*-===//

#ifndef RECFLEX_TUNING_REFINEPOOL_H
#define RECFLEX_TUNING_REFINEPOOL_H

#include "recflex/Tuning/LocalStage.h"

#include <tuple>

namespace recflex {

/// Classes of equal shape share bodies.
using ShapeKey = std::tuple<int64_t, RowType, IndexType, Pooling, bool>;
ShapeKey shapeKeyOf(const FeatureClass &featureClass);

/// For each class some of its candidates. Those of classes of one shape come
/// from a pool of few: the ones with which, by local rank, the classes lose the
/// least time, some of every kind. So the code of all is soon compiled.
std::vector<Assignment> makeRefinePool(const TuningContext &context,
                                       const LocalRanking &ranking);

} // namespace recflex

#endif // RECFLEX_TUNING_REFINEPOOL_H
