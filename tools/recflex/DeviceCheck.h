//===- DeviceCheck.h - A batch on a GPU, every way it can run ---*- C++ -*-===//

#ifndef RECFLEX_TOOLS_RECFLEX_DEVICECHECK_H
#define RECFLEX_TOOLS_RECFLEX_DEVICECHECK_H

#include "recflex/Runtime/DeviceBatch.h"
#include "recflex/Runtime/Reference.h"

namespace recflex {

/// Runs `batch`, of which `onDevice` is the copy, and returns the result as
/// poolOnDevice() does. Errors beside that one's: the binding table of the
/// device differs from the host's, or a replay of the launch captured in a CUDA
/// graph gives other bits than the launch itself.
Result<std::vector<float>> poolChecked(const ExecutionContext &context,
                                       const Batch &batch,
                                       const DeviceBatch &onDevice,
                                       const DeviceBuffer &output,
                                       const Stream &stream);

/// How far `pooled` is from the reference. An error if rounding does not
/// explain it: nothing that is wrong is timed.
Result<Comparison> verify(const std::vector<float> &pooled,
                          const std::vector<float> &reference);

} // namespace recflex

#endif // RECFLEX_TOOLS_RECFLEX_DEVICECHECK_H
