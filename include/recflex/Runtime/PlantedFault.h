//===- PlantedFault.h - Kernels that are wrong on purpose -------*- C++ -*-===//

#ifndef RECFLEX_RUNTIME_PLANTEDFAULT_H
#define RECFLEX_RUNTIME_PLANTEDFAULT_H

#include "recflex/Runtime/Device.h"

namespace recflex {

/// One fault for each tool of compute-sanitizer.
enum class PlantedFault {
  outOfBounds,   ///< memcheck: reads just past an allocation
  race,          ///< racecheck: reads what another warp writes, unordered
  uninitialized, ///< initcheck: reads memory that nobody has written
  barrier        ///< synccheck: a barrier that half of a warp skips
};

/// Runs a kernel with that fault and waits for it. A tool that finds nothing in
/// it would find nothing in others. Without a tool nothing shows, and nothing
/// is damaged. Errors: the driver's.
Status plantFault(const DevicePointer &device, PlantedFault fault);

} // namespace recflex

#endif // RECFLEX_RUNTIME_PLANTEDFAULT_H
