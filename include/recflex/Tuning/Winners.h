//===- Winners.h - The candidates that promise most together ----*- C++ -*-===//

#ifndef RECFLEX_TUNING_WINNERS_H
#define RECFLEX_TUNING_WINNERS_H

#include "recflex/Tuning/LocalStage.h"

namespace recflex {

/// What a trial counts in a ranking, if the occupancy leaves a thread that many
/// registers: its cost, times `registerPenalty` where the body spills or needs
/// more.
double rankCostOf(const Trial &trial, int64_t registers,
                  double registerPenalty);

/// Puts the best first: by rankCost, then by the longest block.
void sortRanked(std::vector<RankedCandidate> &ranked);

/// Seconds of a fused kernel of `assignment`, whose schedules are in `ranking`,
/// if block-seconds add up.
double addUpSeconds(const std::vector<FeatureClass> &classes,
                    const LocalRanking &ranking, const Assignment &assignment,
                    double multiprocessors);

/// Seconds of the longest block of `assignment`.
double longestBlockOf(const LocalRanking &ranking,
                      const Assignment &assignment);

/// A candidate a class. A kernel lasts as long as all of its blocks together
/// need, and no less than its longest block. The shorter blocks must be, the
/// more they cost in all: of all limits for the longest block the one that
/// promises the shortest kernel. Every class must have a candidate.
Assignment chooseWinners(const std::vector<FeatureClass> &classes,
                         const LocalRanking &ranking, double multiprocessors);

} // namespace recflex

#endif // RECFLEX_TUNING_WINNERS_H
