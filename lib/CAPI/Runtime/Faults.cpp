//===- Faults.cpp - What the checks have found ----------------------------===//

#include "Handles.h"
#include "LastError.h"

#include <algorithm>
#include <cstring>

using namespace recflex;
using namespace recflex::capi;

RecflexStatus recflexContextFaults(RecflexContext *context, void *stream,
                                   RecflexFault *faults, int64_t capacity,
                                   int64_t *count, int64_t *total) {
  return guarded([&]() -> Status {
    if (Status status = need(context, "context is null; create one"); !status)
      return status;
    if (capacity < 0)
      return makeError("capacity is ", capacity,
                       "; give the number of faults that there is room for");
    Result<FaultReport> report = context->backend->faults(stream);
    if (!report)
      return report.error();
    int64_t written =
        faults ? std::min<int64_t>(capacity, report->faults.size()) : 0;
    // Fault and RecflexFault are alike: Layouts.cpp.
    if (written != 0)
      std::memcpy(faults, report->faults.data(), written * sizeof *faults);
    if (count)
      *count = written;
    if (total)
      *total = report->total;
    return {};
  });
}

RecflexStatus recflexContextClearFaults(RecflexContext *context, void *stream) {
  return guarded([&]() -> Status {
    if (Status status = need(context, "context is null; create one"); !status)
      return status;
    return context->backend->clearFaults(stream);
  });
}

size_t recflexFaultText(const RecflexModule *module, const RecflexFault *fault,
                        char *text, size_t size) {
  size_t needed = 0;
  guarded([&]() -> Status {
    if (text && size != 0)
      text[0] = '\0';
    if (Status status = need(module, "module is null; load one"); !status)
      return status;
    if (Status status = need(fault, "fault is null; give one"); !status)
      return status;
    Fault known;
    std::memcpy(&known, fault, sizeof known);
    std::string description = describe(known, module->backend->manifest());
    needed = description.size();
    if (text && size != 0) {
      size_t length = std::min(needed, size - 1);
      std::memcpy(text, description.data(), length);
      text[length] = '\0';
    }
    return {};
  });
  return needed;
}
