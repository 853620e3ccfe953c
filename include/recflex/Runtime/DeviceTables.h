//===- DeviceTables.h - Tables in device memory -----------------*- C++ -*-===//

#ifndef RECFLEX_RUNTIME_DEVICETABLES_H
#define RECFLEX_RUNTIME_DEVICETABLES_H

#include "recflex/Runtime/DeviceMemory.h"
#include "recflex/Runtime/HostTables.h"

namespace recflex {

/// Tables in device memory, one buffer each.
struct DeviceTables {
  std::vector<DeviceBuffer> buffers;

  /// Copies all rows, and waits. Errors name the table.
  static Result<DeviceTables> upload(const Stream &stream,
                                     const Manifest &manifest,
                                     const HostTables &tables);
  std::vector<DevicePtr> addresses() const;
};

} // namespace recflex

#endif // RECFLEX_RUNTIME_DEVICETABLES_H
