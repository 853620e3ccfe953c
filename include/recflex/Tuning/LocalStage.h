//===- LocalStage.h - Every candidate of every class ------------*- C++ -*-===//

#ifndef RECFLEX_TUNING_LOCALSTAGE_H
#define RECFLEX_TUNING_LOCALSTAGE_H

#include "recflex/Analysis/ScheduleSelector.h"
#include "recflex/Tuning/Trials.h"

namespace recflex {

/// How to tune. Costs are counted as in Trial.
struct TuningOptions {
  /// Schedules to consider, by name; all if empty.
  std::vector<std::string> only;
  /// The cost of a candidate that spills, or needs more registers than its
  /// occupancy leaves, counts that many times: in the fused kernel all bodies
  /// share one register count, and a spill holds up the blocks beside it.
  double registerPenalty = 1.25;
  /// A candidate that costs that many times its class's best at the first
  /// occupancy is not tried at the others.
  double hopeless = 2;
  /// A kernel must gain that part of the time to count as faster...
  double leastGain = 0.002;
  /// ... and that part of the larger spread of the two.
  double noise = 0.3;
  /// Bodies, beside those of the kernel that it starts from, that refining may
  /// use at an occupancy: what is compiled for it.
  size_t refineBodies = 128;
  /// Candidates of each kind that refining tries of a group, by their local
  /// rank; of a single class half of them.
  size_t refineCandidates = 4;
  /// Groups with a smaller share of the block-seconds are not worth it.
  double refineShare = 0.004;
  /// Occupancies that refining begins with: those of the fastest kernels.
  size_t refineOccupancies = 3;
  /// Refining ends with a pass that gains less than this part of the time.
  double passGain = 0.005;
  /// Changes that the final takes back, one after the other, to see whether the
  /// kernel's own code is faster without.
  size_t finalSteps = 6;
  /// Kernels of local winners, and of uniform settings, in the final.
  size_t finalOccupancies = 2;
  /// Orders of blocks, drawn at random, to try of a kernel with fixed binding;
  /// 0 is no order stage.
  size_t orderTrials = 240;
  /// An order must gain that part of the time to count as faster...
  double orderGain = 0.001;
  /// ... and that part of the larger spread of the two; twice.
  double orderNoise = 0.15;
  /// Other schedules to try of each class in the end, to see whether the chosen
  /// one is the fastest (Mutations.h).
  size_t mutations = 0;
  /// Shares of the budget that are gone when a stage gives way to the next.
  double localShare = 0.6;
  double globalShare = 0.8;
  double refiningShare = 0.9;
  /// Whether the local stage is all: what it promises then decides.
  bool localOnly = false;
  /// What estimates of the cost model are for.
  DeviceModel model;
};

/// What stages work with.
struct TuningContext {
  mlir::MLIRContext *mlirContext;
  const TuningProblem &problem;
  Measurer &measurer;
  Trials &trials;
  const Budget &budget;
  TuningObserver &observer;
  const TuningOptions &options;

  /// The schedules to try for a class, in a fixed order.
  std::vector<emb::ScheduleAttrInterface>
  candidates(const FeatureClass &featureClass,
             const Occupancy &occupancy) const;
  /// A step with what is the same for all stages.
  TuningStep makeStep(TuningStage stage, const Occupancy &occupancy) const;
};

struct RankedCandidate {
  emb::ScheduleAttrInterface schedule;
  Trial trial;
  double rankCost = 0; ///< the trial's cost, with the penalty
  size_t position = 0; ///< among the candidates, as they were enumerated
  bool isEstimate = false; ///< of the cost model: there was no time to measure
};

/// What the local stage found at one occupancy.
struct LocalRanking {
  Occupancy occupancy;
  /// For each class the candidates that work, the best first.
  std::vector<std::vector<RankedCandidate>> classes;
  Assignment winners;
  /// For each class those worth trying in place (RefinePool.h).
  std::vector<Assignment> pool;
  /// Seconds of a fused kernel of the winners, if block-seconds add up.
  double predicted = 0;
};

/// Seconds of a fused kernel of `assignment`, whose schedules are in `ranking`.
double predictSeconds(const TuningContext &context, const LocalRanking &ranking,
                      const Assignment &assignment);

/// The entry of `schedule` in a class's ranking; null if it is not there.
const RankedCandidate *findRanked(const std::vector<RankedCandidate> &ranked,
                                  emb::ScheduleAttrInterface schedule);

/// For each occupancy and class, measures all candidates.
class LocalStage {
public:
  explicit LocalStage(const TuningContext &context) : context(context) {}

  /// Rankings of the occupancies at which every class has a candidate that
  /// works, in the order of the measurer's occupancies. If the budget ends
  /// before the first is complete, estimates stand in for what is missing of
  /// it. An error if there is no such occupancy.
  Result<std::vector<LocalRanking>> run();

private:
  struct Attempt; ///< trials of all classes at one occupancy

  std::vector<Attempt> plan() const;
  void dropHopeless(std::vector<Attempt> &planned) const;
  bool isSameCode(const std::vector<Attempt> &attempts,
                  const Occupancy &occupancy) const;
  Result<bool> measure(Attempt &attempt);
  Result<std::vector<RankedCandidate>> rank(const Attempt &attempt,
                                            size_t number);
  Assignment chooseWinners(const LocalRanking &ranking) const;
  Error describeFailure(const Attempt &attempt, size_t number);

  const TuningContext &context;
  size_t done = 0;
};

} // namespace recflex

#endif // RECFLEX_TUNING_LOCALSTAGE_H
