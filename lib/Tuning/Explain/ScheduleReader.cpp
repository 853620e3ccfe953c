//===- ScheduleReader.cpp - Schedules from a record's text ----------------===//

#include "ScheduleReader.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/Diagnostics.h"

namespace recflex {

using mlir::Diagnostic;
using mlir::ScopedDiagnosticHandler;

emb::ScheduleAttrInterface ScheduleReader::read(llvm::StringRef text) {
  auto [entry, isNew] = known.try_emplace(text);
  if (isNew) {
    ScopedDiagnosticHandler quiet(context, [](Diagnostic &) {});
    entry->second = mlir::dyn_cast_or_null<emb::ScheduleAttrInterface>(
        mlir::parseAttribute(text, context));
  }
  return entry->second;
}

bool ScheduleReader::fits(emb::ScheduleAttrInterface schedule,
                          const emb::LookupShape &shape,
                          const Occupancy &occupancy) const {
  ScopedDiagnosticHandler quiet(context, [](Diagnostic &) {});
  return schedule.getMinThreads(shape) <= occupancy.threads &&
         succeeded(schedule.verifyFor(
             [&] { return emitError(mlir::UnknownLoc::get(context)); }, shape));
}

} // namespace recflex
