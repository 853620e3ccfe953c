//===- ScheduleProvider.cpp - Candidates of all loaded dialects -----------===//

#include "recflex/Dialect/Emb/IR/ScheduleProvider.h"

#include "mlir/IR/Diagnostics.h"

using namespace mlir;

namespace recflex::emb {

SmallVector<ScheduleAttrInterface> enumerateSchedules(MLIRContext *context,
                                                      const LookupShape &shape,
                                                      const BagStats &stats,
                                                      int64_t threads) {
  SmallVector<ScheduleAttrInterface> candidates;
  // A candidate that does not fit is no error: it is left out in silence.
  auto fits = [&](ScheduleAttrInterface schedule) {
    ScopedDiagnosticHandler quiet(context, [](Diagnostic &) {});
    return schedule.getMinThreads(shape) <= threads &&
           succeeded(schedule.verifyFor(
               [&] { return emitError(UnknownLoc::get(context)); }, shape));
  };
  for (Dialect *dialect : context->getLoadedDialects())
    if (auto *provider = dialect->getRegisteredInterface<ScheduleProvider>())
      provider->enumerate(shape, stats, [&](ScheduleAttrInterface schedule) {
        if (fits(schedule))
          candidates.push_back(schedule);
      });
  return candidates;
}

bool isKnownSchedule(MLIRContext *context, StringRef name) {
  return AbstractAttribute::lookup(name, context) ||
         AbstractAttribute::lookup("emb." + name.str(), context);
}

} // namespace recflex::emb
