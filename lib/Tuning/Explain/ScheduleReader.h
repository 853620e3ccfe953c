//===- ScheduleReader.h - Schedules from a record's text --------*- C++ -*-===//

#ifndef RECFLEX_LIB_TUNING_EXPLAIN_SCHEDULEREADER_H
#define RECFLEX_LIB_TUNING_EXPLAIN_SCHEDULEREADER_H

#include "recflex/Tuning/Measurer.h"

#include "llvm/ADT/StringMap.h"

namespace recflex {

/// Turns texts into schedules, each text once. A record may come from anywhere.
class ScheduleReader {
public:
  explicit ScheduleReader(mlir::MLIRContext *context) : context(context) {}

  /// Null if the text is that of no schedule of a loaded dialect.
  emb::ScheduleAttrInterface read(llvm::StringRef text);

  /// Whether the schedule can do such a lookup at that occupancy.
  bool fits(emb::ScheduleAttrInterface schedule, const emb::LookupShape &shape,
            const Occupancy &occupancy) const;

private:
  mlir::MLIRContext *context;
  llvm::StringMap<emb::ScheduleAttrInterface> known;
};

} // namespace recflex

#endif // RECFLEX_LIB_TUNING_EXPLAIN_SCHEDULEREADER_H
