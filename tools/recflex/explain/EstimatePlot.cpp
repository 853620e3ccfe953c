//===- EstimatePlot.cpp - The cost model against trials -------------------===//

#include "Chart.h"
#include "ExplainText.h"
#include "Plots.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace recflex {

/// A dot's place, in steps of this many pixels. Candidates whose dots would
/// cover each other share one, so that a plot of any record stays small.
static constexpr double kStep = 2;

static std::string dotsOf(const Chart &chart, const Pairs &pairs) {
  std::set<std::pair<int, int>> places;
  for (auto [estimate, cost] : pairs)
    places.insert(
        {static_cast<int>(std::lround(chart.x(estimate * 1e6) / kStep)),
         static_cast<int>(std::lround(chart.y(cost * 1e6) / kStep))});
  std::string data;
  for (auto [x, y] : places)
    data += "M" + svgNumber(x * kStep) + " " + svgNumber(y * kStep) + "h0";
  return data;
}

std::string drawEstimates(const Explanation &explanation,
                          const KindColors &colors) {
  const EstimateCheck &check = explanation.estimates;
  std::vector<double> estimates, costs;
  for (const auto &[kind, pairs] : check.pairsByKind)
    for (auto [estimate, cost] : pairs) {
      estimates.push_back(estimate * 1e6);
      costs.push_back(cost * 1e6);
    }
  Axis horizontal =
      Axis::logarithmic("estimate: block-us a batch", estimates, 10);
  Axis vertical = Axis::logarithmic(explanation.areEstimates
                                        ? "recorded estimate: block-us a batch"
                                        : "measured: block-us a batch",
                                    costs, 10);
  std::string note = std::to_string(check.trials) +
                     " candidates; Spearman's "
                     "rank correlation " +
                     showCorrelation(explanation.medianCorrelation) +
                     " (median of the classes), " +
                     showCorrelation(check.correlation) + " (within classes)";
  if (explanation.areEstimates)
    note = "nothing was measured: the trials are estimates themselves";
  Chart chart("The cost model's estimates", note, horizontal, vertical);
  double from = std::max(horizontal.lowest(), vertical.lowest());
  double to = std::min(horizontal.highest(), vertical.highest());
  if (from < to)
    chart.svg().path("M" + svgNumber(chart.x(from)) + " " +
                         svgNumber(chart.y(from)) + "L" +
                         svgNumber(chart.x(to)) + " " + svgNumber(chart.y(to)),
                     "line dashed stroke7");
  std::vector<Chart::LegendEntry> legend;
  for (const auto &[kind, pairs] : check.pairsByKind) {
    chart.svg().path(dotsOf(chart, pairs), "dots stroke" + colors.of(kind));
    legend.push_back({"fill" + colors.of(kind), kind});
  }
  legend.push_back({"fill7", "equal"});
  chart.addLegend(legend);
  return chart.finish();
}

} // namespace recflex
