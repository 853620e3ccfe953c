//===- Isolation.h - Probes that cannot hurt --------------------*- C++ -*-===//

#ifndef RECFLEX_TOOLS_RECFLEX_DOCTOR_ISOLATION_H
#define RECFLEX_TOOLS_RECFLEX_DOCTOR_ISOLATION_H

#include "Probe.h"

#include <chrono>
#include <vector>

namespace recflex {

/// Runs `probe` in a child process and returns what it reported. A probe that
/// crashes, or is not done in time (it is then killed), adds a failed finding
/// that says so to those it had reported. To be called while the process has
/// one thread.
std::vector<Finding> runIsolated(const Probe &probe,
                                 std::chrono::milliseconds limit);

} // namespace recflex

#endif // RECFLEX_TOOLS_RECFLEX_DOCTOR_ISOLATION_H
