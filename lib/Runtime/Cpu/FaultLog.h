//===- FaultLog.h - Faults of many threads ----------------------*- C++ -*-===//

#ifndef RECFLEX_LIB_RUNTIME_CPU_FAULTLOG_H
#define RECFLEX_LIB_RUNTIME_CPU_FAULTLOG_H

#include "recflex/Runtime/FaultReport.h"

#include <atomic>
#include <cstddef>
#include <memory>

namespace recflex {

/// Keeps the first `capacity` faults and counts all. Any number of threads may
/// record; whoever reads or clears must come after them.
class FaultLog {
public:
  explicit FaultLog(size_t capacity) : kept(capacity) {}

  void record(const Fault &fault) {
    uint64_t place = count.fetch_add(1, std::memory_order_relaxed);
    if (place < kept.size())
      kept[place] = fault;
  }

  FaultReport report() const {
    FaultReport report;
    uint64_t total = count.load(std::memory_order_relaxed);
    report.total = static_cast<int64_t>(total);
    report.faults.assign(kept.begin(),
                         kept.begin() + std::min<uint64_t>(total, kept.size()));
    sortFaults(report.faults);
    return report;
  }

  void clear() { count.store(0, std::memory_order_relaxed); }

private:
  std::vector<Fault> kept;
  std::atomic<uint64_t> count{0};
};

} // namespace recflex

#endif // RECFLEX_LIB_RUNTIME_CPU_FAULTLOG_H
