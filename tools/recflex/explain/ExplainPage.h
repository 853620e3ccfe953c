//===- ExplainPage.h - An explanation as one page ---------------*- C++ -*-===//

#ifndef RECFLEX_TOOLS_RECFLEX_EXPLAIN_EXPLAINPAGE_H
#define RECFLEX_TOOLS_RECFLEX_EXPLAIN_EXPLAINPAGE_H

#include "Plots.h"

namespace recflex {

/// An HTML page with the summary, the plots and the table of all classes. It
/// needs no other file.
std::string drawPage(const TuningProblem &problem,
                     const Explanation &explanation,
                     const std::vector<Plot> &plots);

} // namespace recflex

#endif // RECFLEX_TOOLS_RECFLEX_EXPLAIN_EXPLAINPAGE_H
