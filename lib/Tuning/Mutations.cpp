//===- Mutations.cpp - Whether another schedule would be faster -----------===//

#include "recflex/Tuning/Mutations.h"

#include <map>

namespace recflex {

static Assignment pickOthers(const Assignment &candidates,
                             emb::ScheduleAttrInterface chosen, size_t count) {
  Assignment others;
  std::map<std::string, size_t> kinds;
  for (emb::ScheduleAttrInterface schedule : candidates) {
    if (schedule == chosen || others.size() == count)
      continue;
    std::string kind = schedule.getAbstractAttribute().getName().str();
    if (kinds[kind]++ < (count + 1) / 2)
      others.push_back(schedule);
  }
  return others;
}

Result<std::vector<Mutation>> mutate(const TuningContext &context,
                                     const LocalRanking &ranking,
                                     const MeasuredKernel &tuned,
                                     size_t count) {
  std::vector<Mutation> mutations;
  if (count == 0)
    return mutations;
  // What others are compared with must have other bodies beside it, too.
  auto base = context.trials.kernel(tuned.assignment, tuned.occupancy);
  if (!base)
    return base.error();
  if (!*base || !(*base)->isOk())
    return mutations;
  for (size_t number = 0; number != tuned.assignment.size(); ++number) {
    Mutation fastest;
    fastest.classNumber = number;
    for (emb::ScheduleAttrInterface schedule :
         pickOthers(ranking.pool[number], tuned.assignment[number], count)) {
      Assignment changed = tuned.assignment;
      changed[number] = schedule;
      auto trial = context.trials.kernel(changed, tuned.occupancy);
      if (!trial)
        return trial.error();
      if (!*trial)
        return mutations;
      if (!(*trial)->isOk())
        continue;
      ++fastest.tried;
      double ratio = (*trial)->cost / (*base)->cost;
      if (!fastest.schedule || ratio < fastest.ratio) {
        fastest.schedule = schedule;
        fastest.ratio = ratio;
      }
    }
    if (fastest.schedule)
      mutations.push_back(fastest);
  }
  return mutations;
}

} // namespace recflex
