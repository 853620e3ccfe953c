//===- TuneReport.h - How a tuner's progress is shown -----------*- C++ -*-===//

#ifndef RECFLEX_TOOLS_RECFLEX_TUNE_TUNEREPORT_H
#define RECFLEX_TOOLS_RECFLEX_TUNE_TUNEREPORT_H

#include "recflex/Tuning/Progress.h"

#include "llvm/Support/raw_ostream.h"

#include <memory>

namespace recflex {

/// "12.3 us", of seconds.
std::string showSeconds(double seconds);

/// A table that is drawn again and again in its place.
std::unique_ptr<TuningObserver> createLiveReport(llvm::raw_ostream &os);
/// A line a step.
std::unique_ptr<TuningObserver> createLineReport(llvm::raw_ostream &os);
/// A JSON object a step.
std::unique_ptr<TuningObserver> createJsonReport(llvm::raw_ostream &os);

} // namespace recflex

#endif // RECFLEX_TOOLS_RECFLEX_TUNE_TUNEREPORT_H
