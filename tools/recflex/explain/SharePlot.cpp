//===- SharePlot.cpp - Which features take the time -----------------------===//

#include "../TextTable.h"
#include "Chart.h"
#include "Plots.h"

#include "llvm/Support/Format.h"

namespace recflex {

namespace {
/// The features of one class: they have the same share.
struct Block {
  size_t classNumber;
  double features;
  double percent; ///< each
};
} // namespace

/// The largest share of a feature first.
static std::vector<Block> sortBlocks(const TuningProblem &problem,
                                     const Explanation &explanation) {
  std::vector<Block> blocks;
  for (auto [number, entry] : llvm::enumerate(explanation.classes))
    if (entry.share) {
      double features =
          static_cast<double>(problem.classes[number].members.size());
      blocks.push_back({number, features, 100 * *entry.share / features});
    }
  llvm::sort(blocks, [](const Block &a, const Block &b) {
    return std::pair(-a.percent, a.classNumber) <
           std::pair(-b.percent, b.classNumber);
  });
  return blocks;
}

static std::string describeShares(const TuningProblem &problem,
                                  const Explanation &explanation,
                                  double features) {
  std::string note = explanation.areEstimates ? "estimated; " : "";
  note += explanation.sharesOfKernel
              ? "block-seconds in the fused kernel"
              : "block-seconds of the classes by themselves";
  size_t missing = problem.lookups.size() - static_cast<size_t>(features);
  if (missing)
    note += "; " + std::to_string(missing) +
            " features without a trial are "
            "left out";
  return note;
}

std::string drawShares(const TuningProblem &problem,
                       const Explanation &explanation,
                       const KindColors &colors) {
  std::vector<Block> blocks = sortBlocks(problem, explanation);
  double features = 0;
  std::vector<double> shares;
  for (const Block &block : blocks) {
    features += block.features;
    shares.push_back(block.percent);
  }
  Chart chart("Share of kernel time by feature",
              describeShares(problem, explanation, features),
              Axis::linear("features, the largest share first", {features},
                           /*fromZero=*/true),
              Axis::linear("share: % of the time, each", shares,
                           /*fromZero=*/true),
              Axis::linear("cumulative: % of the time", {0, 100}));
  double begin = 0, sum = 0;
  std::string line =
      "M" + svgNumber(chart.x(0)) + " " + svgNumber(chart.rightY(0));
  for (const Block &block : blocks) {
    const ClassExplanation &entry = explanation.classes[block.classNumber];
    double end = begin + block.features, top = chart.y(block.percent);
    std::string tip;
    llvm::raw_string_ostream(tip)
        << printable(describe(problem.classes[block.classNumber]))
        << llvm::format(": %.3g%% each, ", block.percent)
        << toText(entry.schedule);
    chart.svg().rectangle(chart.x(begin), top, chart.x(end) - chart.x(begin),
                          chart.y(0) - top,
                          "area fill" + colors.of(kindOf(entry.schedule)), tip);
    begin = end;
    sum += block.features * block.percent;
    line += "L" + svgNumber(chart.x(end)) + " " + svgNumber(chart.rightY(sum));
  }
  chart.svg().path(line, "line stroke7");
  std::vector<Chart::LegendEntry> legend;
  for (const std::string &kind : colors.chosen())
    legend.push_back({"fill" + colors.of(kind), kind});
  legend.push_back({"fill7", "cumulative"});
  chart.addLegend(legend);
  return chart.finish();
}

} // namespace recflex
