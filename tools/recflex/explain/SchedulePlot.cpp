//===- SchedulePlot.cpp - Schedules by width and hotness ------------------===//

#include "../TextTable.h"
#include "Chart.h"
#include "Plots.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace recflex {

static double radiusOf(const FeatureClass &featureClass) {
  return std::min(20.0, 3 + 1.5 * std::sqrt(static_cast<double>(
                                      featureClass.members.size())));
}

std::string drawSchedules(const TuningProblem &problem,
                          const Explanation &explanation,
                          const KindColors &colors) {
  std::vector<double> means, widths;
  for (const FeatureClass &featureClass : problem.classes) {
    means.push_back(featureClass.lookup.stats.mean);
    widths.push_back(static_cast<double>(featureClass.lookup.shape.width));
  }
  bool hasEmpty = llvm::any_of(means, [](double mean) { return !(mean > 0); });
  Chart chart("Schedules by width and hotness",
              std::string("a circle a class, the larger the more features") +
                  (hasEmpty ? "; classes of empty bags at the left edge" : ""),
              Axis::logarithmic("hotness: mean lookups a bag", means, 10,
                                /*room=*/0.1),
              Axis::logarithmic("width: elements a row", widths, 2,
                                /*room=*/0.6));
  // Small ones on top.
  std::vector<size_t> order(problem.classes.size());
  std::iota(order.begin(), order.end(), 0);
  llvm::sort(order, [&](size_t a, size_t b) {
    double first = radiusOf(problem.classes[a]);
    double second = radiusOf(problem.classes[b]);
    return std::pair(-first, a) < std::pair(-second, b);
  });
  for (size_t number : order) {
    emb::ScheduleAttrInterface schedule = explanation.classes[number].schedule;
    chart.svg().circle(chart.x(means[number]), chart.y(widths[number]),
                       radiusOf(problem.classes[number]),
                       "area fill" + colors.of(kindOf(schedule)),
                       printable(describe(problem.classes[number])) + ": " +
                           toText(schedule));
  }
  std::vector<Chart::LegendEntry> legend;
  for (const std::string &kind : colors.chosen())
    legend.push_back({"fill" + colors.of(kind), kind});
  chart.addLegend(legend);
  return chart.finish();
}

} // namespace recflex
