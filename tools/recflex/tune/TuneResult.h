//===- TuneResult.h - What a tuner chose, to read ---------------*- C++ -*-===//

#ifndef RECFLEX_TOOLS_RECFLEX_TUNE_TUNERESULT_H
#define RECFLEX_TOOLS_RECFLEX_TUNE_TUNERESULT_H

#include "recflex/Tuning/Tuner.h"

namespace recflex {

void printResult(llvm::raw_ostream &os, const TuningProblem &problem,
                 const TuningResult &result, const Measurer &measurer);
/// The same as one JSON object on a line.
void printResultJson(llvm::raw_ostream &os, const TuningProblem &problem,
                     const TuningResult &result, const Measurer &measurer);

/// What would be measured.
void printPlan(llvm::raw_ostream &os, const TuningProblem &problem,
               const std::vector<PlannedTrials> &plan,
               const Measurer &measurer);
void printPlanJson(llvm::raw_ostream &os, const TuningProblem &problem,
                   const std::vector<PlannedTrials> &plan);

} // namespace recflex

#endif // RECFLEX_TOOLS_RECFLEX_TUNE_TUNERESULT_H
