//===- OccupancyProfile.cpp - Time against occupancy ----------------------===//

#include "recflex/Tuning/Explain/OccupancyProfile.h"

#include "recflex/Tuning/Explain/RankCorrelation.h"
#include "recflex/Tuning/Winners.h"

#include <algorithm>

namespace recflex {

/// Registers that the occupancy leaves a thread.
static int64_t registersAt(const Occupancy &occupancy) {
  // A record does not say how many registers its device has. All chips from
  // sm_50 to sm_120 have 65,536 a multiprocessor (CUDA C++ Programming Guide,
  // "Technical Specifications per Compute Capability").
  TuningDevice device;
  device.registers = 65536;
  return registersLeft(device, occupancy);
}

std::vector<LocalRanking> rankTrials(const TuningProblem &problem,
                                     const ModelTrials &trials,
                                     double registerPenalty) {
  std::map<std::pair<int64_t, int64_t>, LocalRanking> rankings;
  for (const auto &[number, candidates] : llvm::enumerate(trials.candidates))
    for (const auto &[position, candidate] : llvm::enumerate(candidates)) {
      const Occupancy &occupancy = candidate.occupancy;
      LocalRanking &ranking = rankings[{occupancy.threads, occupancy.blocks}];
      ranking.occupancy = occupancy;
      ranking.classes.resize(problem.classes.size());
      if (!candidate.trial.isOk())
        continue;
      RankedCandidate ranked;
      ranked.schedule = candidate.schedule;
      ranked.trial = candidate.trial;
      ranked.rankCost = rankCostOf(candidate.trial, registersAt(occupancy),
                                   registerPenalty);
      ranked.position = position;
      ranking.classes[number].push_back(std::move(ranked));
    }
  std::vector<LocalRanking> sorted;
  for (auto &[occupancy, ranking] : rankings) {
    for (auto &ranked : ranking.classes)
      sortRanked(ranked);
    sorted.push_back(std::move(ranking));
  }
  return sorted;
}

static const LocalRanking *findAt(const std::vector<LocalRanking> &rankings,
                                  const Occupancy &occupancy) {
  auto found = llvm::find_if(rankings, [&](const LocalRanking &ranking) {
    return ranking.occupancy == occupancy;
  });
  return found == rankings.end() ? nullptr : &*found;
}

/// The multiprocessors with which the block-seconds of the kernel's candidates
/// come to its time. None if one of them has no trial, or if the kernel is
/// about as long as its longest block: it then says nothing of the sum.
static std::optional<double>
fitMultiprocessors(const TuningProblem &problem,
                   const std::vector<LocalRanking> &rankings,
                   const KernelTrial &kernel) {
  const LocalRanking *ranking = findAt(rankings, kernel.occupancy);
  if (!ranking || kernel.assignment.empty() || !(kernel.trial.cost > 0))
    return std::nullopt;
  for (auto [ranked, schedule] :
       llvm::zip_equal(ranking->classes, kernel.assignment))
    if (!findRanked(ranked, schedule))
      return std::nullopt;
  constexpr double kAboutAsLong = 0.9;
  if (longestBlockOf(*ranking, kernel.assignment) >
      kAboutAsLong * kernel.trial.cost)
    return std::nullopt;
  return addUpSeconds(problem.classes, *ranking, kernel.assignment,
                      /*multiprocessors=*/1) /
         kernel.trial.cost;
}

/// How long the kernel of the local winners would be.
static OccupancyPromise promiseAt(const TuningProblem &problem,
                                  const LocalRanking &ranking,
                                  std::optional<double> multiprocessors) {
  OccupancyPromise promise;
  promise.occupancy = ranking.occupancy;
  promise.classes = llvm::count_if(
      ranking.classes, [](const auto &ranked) { return !ranked.empty(); });
  if (!multiprocessors || promise.classes != ranking.classes.size())
    return promise;
  Assignment winners =
      chooseWinners(problem.classes, ranking, *multiprocessors);
  promise.seconds = std::max(
      addUpSeconds(problem.classes, ranking, winners, *multiprocessors),
      longestBlockOf(ranking, winners));
  return promise;
}

OccupancyProfile profileOccupancies(const TuningProblem &problem,
                                    const TunedState &state,
                                    const ModelTrials &trials,
                                    const std::vector<LocalRanking> &rankings,
                                    double multiprocessors) {
  OccupancyProfile profile;
  std::vector<double> fits;
  for (const KernelTrial &kernel : trials.kernels) {
    if (!kernel.trial.isOk()) {
      ++profile.failedKernels;
      continue;
    }
    bool isChosen = kernel.occupancy == state.occupancy &&
                    kernel.assignment == state.assignment;
    if (isChosen)
      profile.chosen = kernel.trial;
    profile.kernels.push_back(
        {kernel.occupancy, kernel.trial.cost, kernel.trial.spread, isChosen});
    if (auto fit = fitMultiprocessors(problem, rankings, kernel))
      fits.push_back(*fit);
  }
  if (multiprocessors > 0)
    profile.multiprocessors = multiprocessors;
  else
    profile.multiprocessors = medianOf(fits);
  profile.isFitted = !(multiprocessors > 0) && profile.multiprocessors;
  for (const LocalRanking &ranking : rankings)
    profile.promises.push_back(
        promiseAt(problem, ranking, profile.multiprocessors));
  return profile;
}

} // namespace recflex
