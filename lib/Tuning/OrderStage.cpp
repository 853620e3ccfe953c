//===- OrderStage.cpp - The order of blocks -------------------------------===//

#include "recflex/Tuning/OrderStage.h"

#include "recflex/Data/Random.h"

#include <algorithm>
#include <array>

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

/// Any spread of at most about a third of the lookups; of few more often than
/// of many.
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

std::vector<int64_t> OrderStage::ranksOf(const BlockOrder &order) const {
  return rankLookups(context.problem, kernel.assignment,
                     kernel.occupancy.threads, order);
}

Result<std::optional<Trial>> OrderStage::measure(const BlockOrder &order,
                                                 llvm::ArrayRef<int64_t> ranks,
                                                 int repetition) const {
  return context.trials.ordered(kernel.assignment, kernel.occupancy, order,
                                ranks, kernel.trial, repetition);
}

/// The best of many that were measured once is partly the luckiest, so what
/// looks faster is measured again, and that counts. False if there was no time,
/// or the code turned out not to be trusted.
Result<bool> OrderStage::tryNext(const Spread &spread, OrderedKernel &best,
                                 TuningStep &step) {
  BlockOrder order = best.order;
  order.push_back(spread);
  std::vector<int64_t> ranks = ranksOf(order);
  if (!seen.insert(ranks).second)
    return true;
  for (int repetition : {0, 1}) {
    auto trial = measure(order, ranks, repetition);
    if (!trial)
      return trial.error();
    if (!*trial)
      return false;
    best.tried += repetition == 0;
    step.candidates = 1;
    step.rejected = !(*trial)->isOk();
    if (isDangerous((*trial)->outcome)) {
      isTrusted = false;
      return false;
    }
    if (!isFaster(**trial, best.trial, context.options.orderGain,
                  context.options.orderNoise))
      return true;
    if (repetition == 1) {
      best.trial = std::move(**trial);
      best.order = std::move(order);
    }
  }
  return true;
}

/// One more trial that nothing was chosen by: what is said of the order in the
/// end. An order that it does not find faster is given up, and so is any if the
/// code failed in another.
Status OrderStage::confirm(OrderedKernel &best) const {
  auto giveUp = [&] {
    best.trial = kernel.trial;
    best.order.clear();
  };
  if (!isTrusted)
    giveUp();
  if (best.order.empty())
    return {};
  auto trial = measure(best.order, ranksOf(best.order), /*repetition=*/2);
  if (!trial)
    return trial.error();
  if (!*trial)
    return {}; // no time: it was found faster twice
  if ((*trial)->isOk() && (*trial)->cost < kernel.trial.cost) {
    best.trial = std::move(**trial);
    return {};
  }
  giveUp();
  return {};
}

Result<OrderedKernel> OrderStage::run() {
  OrderedKernel best;
  best.trial = kernel.trial;
  best.before = kernel.trial.cost;
  size_t lookups = context.problem.lookups.size();
  if (lookups < 2)
    return best;
  seen.insert(ranksOf({Spread()})); // which moves nothing
  std::vector<Spread> first = spreadLargeTables(context.problem);
  RandomStream random(/*key=*/1);
  size_t total = first.size() + context.options.orderTrials;
  for (size_t i = 0; i != total; ++i) {
    TuningStep step = context.makeStep(TuningStage::order, kernel.occupancy);
    auto goesOn = tryNext(
        i < first.size() ? first[i] : drawSpread(random, lookups), best, step);
    if (!goesOn)
      return goesOn.error();
    step.done = i + 1;
    step.total = total;
    step.best = std::to_string(best.order.size()) + " spreads";
    step.bestCost = best.trial.cost;
    if (step.candidates)
      context.observer.onStep(step);
    if (!*goesOn)
      break;
  }
  if (Status status = confirm(best); !status)
    return status.error();
  return best;
}

} // namespace recflex
