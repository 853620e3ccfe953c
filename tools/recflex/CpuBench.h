//===- CpuBench.h - Times on the CPU ----------------------------*- C++ -*-===//

#ifndef RECFLEX_TOOLS_RECFLEX_CPUBENCH_H
#define RECFLEX_TOOLS_RECFLEX_CPUBENCH_H

#include "recflex/Runtime/HostTables.h"
#include "recflex/Runtime/Timing.h"

namespace recflex {

struct CpuMeasurement {
  std::string processor;    ///< "znver4"
  std::string instructions; ///< "avx512"
  int32_t threads = 0;
  Timing time; ///< seconds a batch
  Timing busy; ///< seconds of all threads together, a batch
  double maxRelativeError = 0, relativeNorm = 0;
};

/// Verifies the first batch against the reference, then launches `batches` in
/// turn for a second or two, each launch timed by itself.
Result<CpuMeasurement> benchOnCpu(const Manifest &manifest, HostTables &tables,
                                  const std::vector<Batch> &batches,
                                  int32_t threads);

} // namespace recflex

#endif // RECFLEX_TOOLS_RECFLEX_CPUBENCH_H
