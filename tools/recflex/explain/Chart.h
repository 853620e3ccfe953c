//===- Chart.h - Two axes, and what stands between them ---------*- C++ -*-===//

#ifndef RECFLEX_TOOLS_RECFLEX_EXPLAIN_CHART_H
#define RECFLEX_TOOLS_RECFLEX_EXPLAIN_CHART_H

#include "Axis.h"
#include "Svg.h"

#include <optional>

namespace recflex {

/// The frame of a plot: a title and what one must know, axes with their labels,
/// a grid, a legend. Marks are drawn into svg(), at x() and y().
class Chart {
public:
  struct LegendEntry {
    std::string style; ///< of its sign: "fill0"
    std::string text;
  };

  /// `right`: a second axis for y, which has no grid.
  Chart(llvm::StringRef title, llvm::StringRef note, Axis horizontal,
        Axis vertical, std::optional<Axis> right = std::nullopt);

  double x(double value) const;
  double y(double value) const;
  double rightY(double value) const; ///< on the second axis
  SvgWriter &svg() { return writer; }

  void addLegend(const std::vector<LegendEntry> &entries);
  /// Says in the middle why there is nothing to see.
  void sayEmpty(llvm::StringRef why);

  std::string finish() { return writer.finish(); }

private:
  double placeY(double part) const;

  SvgWriter writer;
  Axis horizontal, vertical;
  std::optional<Axis> right;
};

} // namespace recflex

#endif // RECFLEX_TOOLS_RECFLEX_EXPLAIN_CHART_H
