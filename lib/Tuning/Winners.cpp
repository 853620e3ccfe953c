//===- Winners.cpp - The candidates that promise most together ------------===//

#include "recflex/Tuning/Winners.h"

#include <algorithm>

namespace recflex {

double rankCostOf(const Trial &trial, int64_t registers,
                  double registerPenalty) {
  bool tooLarge = trial.spilledBytes > 0 || trial.registers > registers;
  return trial.cost * (tooLarge ? registerPenalty : 1);
}

void sortRanked(std::vector<RankedCandidate> &ranked) {
  llvm::sort(ranked, [](const RankedCandidate &a, const RankedCandidate &b) {
    return std::tie(a.rankCost, a.trial.longestBlock, a.position) <
           std::tie(b.rankCost, b.trial.longestBlock, b.position);
  });
}

double addUpSeconds(const std::vector<FeatureClass> &classes,
                    const LocalRanking &ranking, const Assignment &assignment,
                    double multiprocessors) {
  double blockSeconds = 0;
  for (auto [featureClass, ranked, schedule] :
       llvm::zip_equal(classes, ranking.classes, assignment))
    blockSeconds += static_cast<double>(featureClass.members.size()) *
                    findRanked(ranked, schedule)->trial.cost;
  return blockSeconds /
         (multiprocessors * static_cast<double>(ranking.occupancy.blocks));
}

double longestBlockOf(const LocalRanking &ranking,
                      const Assignment &assignment) {
  double longest = 0;
  for (auto [ranked, schedule] : llvm::zip_equal(ranking.classes, assignment))
    longest =
        std::max(longest, findRanked(ranked, schedule)->trial.longestBlock);
  return longest;
}

/// Of each class the first whose longest block ends within `limit` seconds; if
/// none does, the one whose longest block is the shortest.
static Assignment chooseWithin(const LocalRanking &ranking, double limit) {
  Assignment winners;
  for (const auto &ranked : ranking.classes) {
    auto inTime = llvm::find_if(ranked, [&](const RankedCandidate &candidate) {
      return candidate.trial.longestBlock <= limit;
    });
    if (inTime == ranked.end())
      inTime = std::min_element(
          ranked.begin(), ranked.end(), [](const auto &a, const auto &b) {
            return a.trial.longestBlock < b.trial.longestBlock;
          });
    winners.push_back(inTime->schedule);
  }
  return winners;
}

Assignment chooseWinners(const std::vector<FeatureClass> &classes,
                         const LocalRanking &ranking, double multiprocessors) {
  std::vector<double> limits;
  for (const auto &ranked : ranking.classes)
    for (const RankedCandidate &candidate : ranked)
      limits.push_back(candidate.trial.longestBlock);
  llvm::sort(limits);
  limits.erase(std::unique(limits.begin(), limits.end()), limits.end());

  auto addUp = [&](const Assignment &winners) {
    return addUpSeconds(classes, ranking, winners, multiprocessors);
  };
  auto promise = [&](const Assignment &winners) {
    return std::max(addUp(winners), longestBlockOf(ranking, winners));
  };
  // Below, the blocks together decide; from there on the longest one.
  auto from =
      std::partition_point(limits.begin(), limits.end(), [&](double limit) {
        return addUp(chooseWithin(ranking, limit)) > limit;
      });
  Assignment winners =
      chooseWithin(ranking, from == limits.end() ? limits.back() : *from);
  if (from != limits.begin())
    if (Assignment other = chooseWithin(ranking, *std::prev(from));
        promise(other) < promise(winners))
      return other;
  return winners;
}

} // namespace recflex
