//===- Plots.h - An explanation to look at ----------------------*- C++ -*-===//

#ifndef RECFLEX_TOOLS_RECFLEX_EXPLAIN_PLOTS_H
#define RECFLEX_TOOLS_RECFLEX_EXPLAIN_PLOTS_H

#include "recflex/Tuning/Explain/Explanation.h"

#include <map>

namespace recflex {

/// One file of a report.
struct Plot {
  const char *file; ///< "occupancy.svg"
  std::string svg;
};

/// A colour for each kind of schedule, the same in all plots of a report.
class KindColors {
public:
  explicit KindColors(const Explanation &explanation);

  /// The number of fillN and strokeN.
  std::string of(const std::string &kind) const;
  /// The kinds that lookups of the model have, by name.
  const std::vector<std::string> &chosen() const { return chosenKinds; }

private:
  std::map<std::string, size_t> numbers;
  std::vector<std::string> chosenKinds;
};

/// Time against occupancy: what the local stage promises, and fused kernels.
std::string drawOccupancies(const Explanation &explanation);
/// Which schedules lookups of which width and hotness have.
std::string drawSchedules(const TuningProblem &problem,
                          const Explanation &explanation,
                          const KindColors &colors);
/// Each feature's share of the kernel's time, and how they add up.
std::string drawShares(const TuningProblem &problem,
                       const Explanation &explanation,
                       const KindColors &colors);
/// The cost model's estimates against costs.
std::string drawEstimates(const Explanation &explanation,
                          const KindColors &colors);

/// All of them. The same explanation gives the same bytes.
std::vector<Plot> drawPlots(const TuningProblem &problem,
                            const Explanation &explanation);

} // namespace recflex

#endif // RECFLEX_TOOLS_RECFLEX_EXPLAIN_PLOTS_H
