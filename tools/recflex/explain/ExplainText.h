//===- ExplainText.h - An explanation to read -------------------*- C++ -*-===//

#ifndef RECFLEX_TOOLS_RECFLEX_EXPLAIN_EXPLAINTEXT_H
#define RECFLEX_TOOLS_RECFLEX_EXPLAIN_EXPLAINTEXT_H

#include "recflex/Tuning/Explain/Explanation.h"

#include "llvm/Support/raw_ostream.h"

namespace recflex {

/// "0.71", or "unknown".
std::string showCorrelation(const std::optional<double> &correlation);

/// The table's titles, as TextTable takes them.
std::vector<std::string> explanationTitles();
/// A row a class, the largest share first; classes without one at the end.
std::vector<std::vector<std::string>>
explanationRows(const TuningProblem &problem, const Explanation &explanation);

/// What the table is of: one paragraph a string.
std::vector<std::string> summarize(const TuningProblem &problem,
                                   const Explanation &explanation);

/// The table's first rows and the summary.
void printExplanation(llvm::raw_ostream &os, const TuningProblem &problem,
                      const Explanation &explanation);
/// Everything, as one JSON object.
void printExplanationJson(llvm::raw_ostream &os, const TuningProblem &problem,
                          const Explanation &explanation);
/// What the record does not know, and what to do about it.
void printGaps(llvm::raw_ostream &os, const TuningProblem &problem,
               const Explanation &explanation);

} // namespace recflex

#endif // RECFLEX_TOOLS_RECFLEX_EXPLAIN_EXPLAINTEXT_H
