//===- TrialText.h - Trials as JSON lines -----------------------*- C++ -*-===//

#ifndef RECFLEX_TUNING_TRIALTEXT_H
#define RECFLEX_TUNING_TRIALTEXT_H

#include "recflex/Tuning/TrialRecord.h"

namespace recflex {

/// One line of an export, without its end.
std::string toJsonLine(const RecordedTrial &trial);

/// Every trial of the record, one JSON object a line.
Result<std::string> exportTrials(const TrialRecord &record);

struct ImportedTrials {
  int64_t read = 0;
  int64_t added = 0; ///< the others were in the record already
};

/// Adds the trials of an export: all or, with an error that names the line,
/// none.
Result<ImportedTrials> importTrials(TrialRecord &record, std::string_view text);

} // namespace recflex

#endif // RECFLEX_TUNING_TRIALTEXT_H
