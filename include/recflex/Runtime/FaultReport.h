//===- FaultReport.h - What a context's checks have found -------*- C++ -*-===//

#ifndef RECFLEX_RUNTIME_FAULTREPORT_H
#define RECFLEX_RUNTIME_FAULTREPORT_H

#include "recflex/Runtime/BatchArguments.h"

#include <algorithm>
#include <tuple>
#include <vector>

namespace recflex {

struct FaultReport {
  std::vector<Fault> faults; ///< those that were kept, in order
  int64_t total = 0;         ///< all that there were
};

/// Orders faults by feature, key, sample and position. Which faults are kept
/// when there are more than fit depends on who comes first.
inline void sortFaults(std::vector<Fault> &faults) {
  auto key = [](const Fault &f) {
    return std::tie(f.feature, f.key, f.sample, f.position, f.kind, f.value);
  };
  std::sort(faults.begin(), faults.end(),
            [key](const Fault &a, const Fault &b) { return key(a) < key(b); });
}

} // namespace recflex

#endif // RECFLEX_RUNTIME_FAULTREPORT_H
