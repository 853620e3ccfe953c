//===- RefinePool.cpp - Schedules worth trying in place -------------------===//

#include "recflex/Tuning/RefinePool.h"

#include <algorithm>
#include <map>
#include <set>

namespace recflex {

ShapeKey shapeKeyOf(const FeatureClass &featureClass) {
  const emb::LookupShape &shape = featureClass.lookup.shape;
  return {shape.width, shape.rowType, shape.indexType, shape.pooling,
          shape.weighted};
}

namespace {
/// A schedule, and the time that is well spent with it: of each class the best
/// candidate's cost, times how close this one comes to it.
struct Scored {
  emb::ScheduleAttrInterface schedule;
  std::string text; ///< orders equals
  double score = 0;
};
} // namespace

static std::string kindOf(emb::ScheduleAttrInterface schedule) {
  return schedule.getAbstractAttribute().getName().str();
}

/// The schedules of a pool: the best, and at most two fifths of them of a kind.
static std::set<const void *> pick(std::vector<Scored> scored, size_t count) {
  llvm::sort(scored, [](const Scored &a, const Scored &b) {
    return a.score != b.score ? a.score > b.score : a.text < b.text;
  });
  std::set<const void *> pool;
  std::map<std::string, size_t> kinds;
  for (const Scored &entry : scored)
    if (pool.size() != count &&
        kinds[kindOf(entry.schedule)]++ < std::max<size_t>(1, count * 2 / 5))
      pool.insert(entry.schedule.getAsOpaquePointer());
  return pool;
}

std::vector<Assignment> makeRefinePool(const TuningContext &context,
                                       const LocalRanking &ranking) {
  std::map<ShapeKey, std::map<const void *, Scored>> scores;
  for (auto [featureClass, ranked] :
       llvm::zip_equal(context.problem.classes, ranking.classes)) {
    double best = ranked.front().rankCost;
    double weight = best * static_cast<double>(featureClass.members.size());
    for (const RankedCandidate &candidate : ranked) {
      Scored &entry = scores[shapeKeyOf(featureClass)]
                            [candidate.schedule.getAsOpaquePointer()];
      entry.schedule = candidate.schedule;
      entry.score +=
          candidate.rankCost > 0 ? weight * best / candidate.rankCost : weight;
    }
  }
  size_t each = std::clamp<size_t>(
      context.options.refineBodies / std::max<size_t>(1, scores.size()), 8, 32);
  std::map<ShapeKey, std::set<const void *>> pools;
  for (auto &[shape, entries] : scores) {
    std::vector<Scored> scored;
    for (auto &[pointer, entry] : entries)
      scored.push_back({entry.schedule, toText(entry.schedule), entry.score});
    pools[shape] = pick(std::move(scored), each);
  }

  std::vector<Assignment> candidates;
  for (auto [featureClass, ranked] :
       llvm::zip_equal(context.problem.classes, ranking.classes)) {
    const std::set<const void *> &pool = pools[shapeKeyOf(featureClass)];
    candidates.emplace_back();
    for (const RankedCandidate &candidate : ranked)
      if (pool.count(candidate.schedule.getAsOpaquePointer()))
        candidates.back().push_back(candidate.schedule);
  }
  return candidates;
}

} // namespace recflex
