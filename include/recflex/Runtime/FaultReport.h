//===- FaultReport.h - What was bad in a context's batches ------*- C++ -*-===//

#ifndef RECFLEX_RUNTIME_FAULTREPORT_H
#define RECFLEX_RUNTIME_FAULTREPORT_H

#include "recflex/Runtime/BatchArguments.h"

#include <string>
#include <vector>

namespace recflex {

/// Faults of a context's launches since they were last cleared.
struct FaultReport {
  int64_t total = 0;         ///< all of them
  std::vector<Fault> faults; ///< the first ContextOptions::faultCapacity,
                             ///< by feature, key, sample, position
};

bool operator==(const Fault &a, const Fault &b);

/// Orders faults by feature, key, sample and position.
void sortFaults(std::vector<Fault> &faults);

/// "feature 'user' (3), sample 7, position 120: index 1000000 is outside the
/// 5000 rows of table 'user'". `fault` may hold anything.
std::string describe(const Fault &fault, const Manifest &manifest);

} // namespace recflex

#endif // RECFLEX_RUNTIME_FAULTREPORT_H
