//===- BlockOrder.cpp - Where lookups' blocks stand in the grid -----------===//

#include "recflex/Tuning/BlockOrder.h"

#include "recflex/Dialect/Emb/IR/FixedOrder.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <tuple>

namespace recflex {

static const char *nameOf(Spread::Axis axis) {
  switch (axis) {
  case Spread::Axis::place:
    return "place";
  case Spread::Axis::table:
    return "table";
  case Spread::Axis::width:
    return "width";
  case Spread::Axis::bags:
    return "bags";
  }
  return "";
}

std::string toText(const BlockOrder &order) {
  std::string text;
  for (const Spread &spread : order)
    text += (text.empty() ? "" : ", ") + std::string(nameOf(spread.axis)) +
            "[" + std::to_string(spread.first) + ":" +
            std::to_string(spread.last) + "] over " +
            std::to_string(spread.begin) + "-" + std::to_string(spread.end) +
            "%";
  return text;
}

double tableBytes(const TunedLookup &lookup) {
  return static_cast<double>(lookup.shape.rows) *
         static_cast<double>(lookup.shape.width *
                             byteSize(lookup.shape.rowType));
}

/// What the lookup is sorted by; its place is the sort's own.
static double figureOf(const TunedLookup &lookup, Spread::Axis axis) {
  switch (axis) {
  case Spread::Axis::place:
    return 0;
  case Spread::Axis::table:
    return tableBytes(lookup);
  case Spread::Axis::width:
    return static_cast<double>(lookup.shape.width);
  case Spread::Axis::bags:
    return lookup.stats.mean;
  }
  return 0;
}

/// The numbers in the order of their keys; equals keep theirs.
static std::vector<int32_t> sortByKey(llvm::ArrayRef<int32_t> numbers,
                                      llvm::ArrayRef<double> keys) {
  std::vector<std::tuple<double, size_t, int32_t>> sorted;
  for (auto [place, entry] : llvm::enumerate(llvm::zip_equal(keys, numbers)))
    sorted.emplace_back(std::get<0>(entry), place, std::get<1>(entry));
  llvm::sort(sorted);
  std::vector<int32_t> result;
  for (const auto &[key, place, number] : sorted)
    result.push_back(number);
  return result;
}

/// Of each lookup, whether `spread` is of it.
static std::vector<bool> pickLookups(const TuningProblem &problem,
                                     const std::vector<int32_t> &order,
                                     const Spread &spread) {
  std::vector<double> figures;
  for (int32_t number : order)
    figures.push_back(figureOf(problem.lookups[number], spread.axis));
  std::vector<int32_t> sorted = sortByKey(order, figures);
  std::vector<bool> picked(order.size());
  for (size_t i = spread.first; i < std::min(spread.last, sorted.size()); ++i)
    picked[sorted[i]] = true;
  return picked;
}

static std::vector<int32_t> apply(const TuningProblem &problem,
                                  const std::vector<int32_t> &order,
                                  const Spread &spread) {
  std::vector<bool> picked = pickLookups(problem, order, spread);
  auto count = std::count(picked.begin(), picked.end(), true);
  auto others = static_cast<double>(order.size() - count);
  double begin = spread.begin / 100.0, length = spread.end / 100.0 - begin;
  // Each in the middle of its share of the places.
  double taken = 0.5, left = 0.5;
  std::vector<double> places;
  for (int32_t number : order)
    places.push_back(picked[number]
                         ? begin + length * taken++ / static_cast<double>(count)
                         : left++ / others);
  return sortByKey(order, places);
}

/// By the statistics, as -emb-fuse has it without ranks; equal ones as they
/// stand in the module.
static std::vector<int32_t> orderByStats(const TuningProblem &problem,
                                         const Assignment &assignment,
                                         int64_t threads) {
  std::vector<emb::FixedPlace> places(problem.lookups.size());
  for (auto [featureClass, schedule] :
       llvm::zip_equal(problem.classes, assignment))
    for (size_t member : featureClass.members) {
      const TunedLookup &lookup = problem.lookups[member];
      places[member].steps = emb::serialSteps(
          lookup.stats.max, schedule.getTileShape(lookup.shape, threads));
    }
  return emb::fixedOrder(places);
}

std::vector<int64_t> rankLookups(const TuningProblem &problem,
                                 const Assignment &assignment, int64_t threads,
                                 const BlockOrder &order) {
  if (order.empty())
    return {};
  std::vector<int32_t> numbers = orderByStats(problem, assignment, threads);
  for (const Spread &spread : order)
    numbers = apply(problem, numbers, spread);
  std::vector<int64_t> ranks(numbers.size());
  for (size_t rank = 0; rank != numbers.size(); ++rank)
    ranks[numbers[rank]] = static_cast<int64_t>(rank);
  return ranks;
}

} // namespace recflex
