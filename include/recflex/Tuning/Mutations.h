//===- Mutations.h - Whether another schedule would be faster ---*- C++ -*-===//

#ifndef RECFLEX_TUNING_MUTATIONS_H
#define RECFLEX_TUNING_MUTATIONS_H

#include "recflex/Tuning/GlobalStage.h"

namespace recflex {

/// The fastest kernel in which one class has another schedule.
struct Mutation {
  size_t classNumber = 0;
  emb::ScheduleAttrInterface schedule;
  double ratio = 0; ///< its time / that of the kernel as it was tuned
  size_t tried = 0; ///< schedules of that class
};

/// Gives one class at a time other schedules, in the tuned kernel: the `count`
/// best of the refining pool by local rank, at most half of them (rounded up)
/// of one kind. Kernels are compared as trials of the global stage are, in the
/// order of the statistics. Classes whose other schedules all fail, or for
/// which there was no time, are left out.
Result<std::vector<Mutation>> mutate(const TuningContext &context,
                                     const LocalRanking &ranking,
                                     const MeasuredKernel &tuned, size_t count);

} // namespace recflex

#endif // RECFLEX_TUNING_MUTATIONS_H
