//===- Context.cpp - Creating contexts ------------------------------------===//

#include "Handles.h"
#include "LastError.h"
#include "Structs.h"

using namespace recflex;
using namespace recflex::capi;

/// The caller's options, or the defaults.
static Status readOptions(const RecflexContextOptions *given,
                          ContextOptions &options) {
  if (!given)
    return {};
  RecflexContextOptions known;
  if (Status status = readStruct(given, known); !status)
    return status;
  // Before it becomes an enumeration.
  if (known.checks < RECFLEX_CHECKS_OFF ||
      known.checks > RECFLEX_CHECKS_ZERO_BAG)
    return makeError("checks is ", known.checks, "; give one of RecflexChecks");
  options.checks = static_cast<InputChecks>(known.checks);
  if (known.faultCapacity != 0)
    options.faultCapacity = known.faultCapacity;
  options.maxBatch = known.maxBatch;
  options.maxLookups = known.maxLookups;
  return check(options);
}

RecflexStatus recflexContextCreate(const RecflexTables *tables,
                                   const RecflexContextOptions *options,
                                   RecflexContext **context) {
  return guarded([&]() -> Status {
    if (Status status = need(tables, "tables is null; attach some"); !status)
      return status;
    if (Status status = need(context, "context is null; give the address of a "
                                      "RecflexContext *");
        !status)
      return status;
    ContextOptions known;
    if (Status status = readOptions(options, known); !status)
      return status;
    auto backend = tables->backend->createContext(known);
    if (!backend)
      return backend.error();
    *context = new RecflexContext{tables->module, std::move(*backend)};
    return {};
  });
}

void recflexContextDestroy(RecflexContext *context) { delete context; }
