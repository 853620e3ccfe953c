//===- OrderStage.cpp - The order of blocks -------------------------------===//

#include "recflex/Tuning/OrderStage.h"

#include "recflex/Data/Random.h"

#include <algorithm>

namespace recflex {

//===----------------------------------------------------------------------===//
// What to try
//===----------------------------------------------------------------------===//

/// Tables of more than 2^18, 2^20, ... bytes over all of the grid, or its
/// beginning.
static std::vector<Spread> spreadLargeTables(const TuningProblem &problem) {
  std::vector<double> bytes;
  for (const TunedLookup &lookup : problem.lookups)
    bytes.push_back(tableBytes(lookup));
  std::sort(bytes.begin(), bytes.end());
  std::vector<Spread> spreads;
  size_t before = 0;
  for (int power = 18; power <= 40; power += 2) {
    size_t first =
        std::upper_bound(bytes.begin(), bytes.end(), double(1ull << power)) -
        bytes.begin();
    if (first == before || first == bytes.size())
      continue; // the same as before, or none
    before = first;
    for (int end : {100, 85, 70})
      spreads.push_back({Spread::Axis::table, first, bytes.size(), 0, end});
  }
  return spreads;
}

/// Any spread of at most a third of the lookups; of few more often than of
/// many.
static Spread drawSpread(RandomStream &random, size_t lookups) {
  Spread spread;
  if (random.unit() < 0.4)
    spread.axis = std::array{Spread::Axis::table, Spread::Axis::width,
                             Spread::Axis::bags}[random.below(3)];
  double part = random.unit();
  auto most = static_cast<double>(lookups) / 3;
  size_t count = 1 + static_cast<size_t>(part * part * most);
  spread.first = random.below(lookups - count + 1);
  spread.last = spread.first + count;
  auto [begin, end] = std::minmax({static_cast<int>(random.below(101)),
                                   static_cast<int>(random.below(101))});
  double shape = random.unit();
  spread.begin = shape < 0.15 ? 0 : begin;
  spread.end = shape >= 0.85 ? 100 : shape >= 0.55 ? spread.begin : end;
  return spread;
}

//===----------------------------------------------------------------------===//
// OrderStage
//===----------------------------------------------------------------------===//

Result<std::optional<Trial>> OrderStage::measure(const MeasuredKernel &kernel,
                                                 const BlockOrder &order,
                                                 int repetition) const {
  return context.trials.finalist(kernel.assignment, kernel.occupancy, order,
                                 repetition);
}

bool OrderStage::isFaster(const Trial &trial, const Trial &best) const {
  double noise = std::max(context.options.orderGain * best.cost,
                          context.options.orderNoise *
                              std::max(trial.spread, best.spread));
  return trial.isOk() && best.cost - trial.cost > noise;
}

/// The best of many that were measured once is partly the luckiest, so what
/// looks faster is measured again, and that counts.
Result<bool> OrderStage::tryNext(const MeasuredKernel &kernel,
                                 const Spread &spread, OrderedKernel &best) {
  BlockOrder order = best.order;
  order.push_back(spread);
  ++best.tried;
  for (int repetition : {0, 1}) {
    auto trial = measure(kernel, order, repetition);
    if (!trial)
      return trial.error();
    if (!*trial)
      return false;
    if (!isFaster(**trial, best.trial))
      return true;
    if (repetition == 1) {
      best.trial = std::move(**trial);
      best.order = std::move(order);
    }
  }
  return true;
}

Result<OrderedKernel> OrderStage::run(const MeasuredKernel &kernel) {
  OrderedKernel best;
  best.trial = kernel.trial;
  best.before = kernel.trial.cost;
  size_t lookups = context.problem.lookups.size();
  if (lookups < 3) // nothing to take out and spread
    return best;
  std::vector<Spread> first = spreadLargeTables(context.problem);
  RandomStream random(/*key=*/1);
  size_t total = first.size() + context.options.orderTrials;
  for (size_t i = 0; i != total; ++i) {
    auto inTime = tryNext(
        kernel, i < first.size() ? first[i] : drawSpread(random, lookups),
        best);
    if (!inTime)
      return inTime.error();
    if (!*inTime)
      break;
    TuningStep step = context.makeStep(TuningStage::order, kernel.occupancy);
    step.done = i + 1;
    step.total = total;
    step.candidates = 1;
    step.best = std::to_string(best.order.size()) + " changes";
    step.bestCost = best.trial.cost;
    context.observer.onStep(step);
  }
  return best;
}

} // namespace recflex
