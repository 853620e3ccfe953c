//===- EstimateCheck.cpp - The cost model against trials ------------------===//

#include "recflex/Tuning/Explain/EstimateCheck.h"

#include "recflex/Tuning/CostModel.h"

namespace recflex {

std::string kindOf(emb::ScheduleAttrInterface schedule) {
  llvm::StringRef name = schedule.getAbstractAttribute().getName();
  name.consume_front("emb.");
  return name.str();
}

EstimateCheck checkEstimates(const TuningProblem &problem,
                             const ModelTrials &trials,
                             const DeviceModel &model) {
  EstimateCheck check;
  RankCorrelation correlation;
  for (auto [featureClass, candidates] :
       llvm::zip_equal(problem.classes, trials.candidates)) {
    std::map<std::pair<int64_t, int64_t>, Pairs> byOccupancy;
    for (const CandidateTrial &candidate : candidates) {
      if (!candidate.trial.isOk())
        continue;
      const Occupancy &occupancy = candidate.occupancy;
      double estimate = estimateTrial(model, featureClass.lookup,
                                      candidate.schedule, occupancy)
                            .cost;
      std::pair pair(estimate, candidate.trial.cost);
      check.pairsByKind[kindOf(candidate.schedule)].push_back(pair);
      byOccupancy[{occupancy.threads, occupancy.blocks}].push_back(pair);
      ++check.trials;
    }
    for (const auto &[occupancy, pairs] : byOccupancy)
      correlation.addGroup(pairs);
    check.groups += byOccupancy.size();
  }
  check.correlation = correlation.value();
  return check;
}

} // namespace recflex
