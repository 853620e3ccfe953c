//===- Plots.cpp - An explanation to look at ------------------------------===//

#include "Plots.h"

#include "Svg.h"

#include <set>

namespace recflex {

KindColors::KindColors(const Explanation &explanation) {
  std::set<std::string> chosen, all;
  for (const ClassExplanation &entry : explanation.classes)
    chosen.insert(kindOf(entry.schedule));
  all = chosen;
  for (const auto &[kind, pairs] : explanation.estimates.pairsByKind)
    all.insert(kind);
  for (const std::string &kind : all)
    numbers.emplace(kind, numbers.size() % SvgWriter::kColors);
  chosenKinds.assign(chosen.begin(), chosen.end());
}

std::string KindColors::of(const std::string &kind) const {
  return std::to_string(numbers.at(kind));
}

std::vector<Plot> drawPlots(const TuningProblem &problem,
                            const Explanation &explanation) {
  KindColors colors(explanation);
  return {{"occupancy.svg", drawOccupancies(explanation)},
          {"schedules.svg", drawSchedules(problem, explanation, colors)},
          {"shares.svg", drawShares(problem, explanation, colors)},
          {"estimates.svg", drawEstimates(explanation, colors)}};
}

} // namespace recflex
