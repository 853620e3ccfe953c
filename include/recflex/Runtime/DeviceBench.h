//===- DeviceBench.h - Times on the GPU -------------------------*- C++ -*-===//

#ifndef RECFLEX_RUNTIME_DEVICEBENCH_H
#define RECFLEX_RUNTIME_DEVICEBENCH_H

#include "recflex/Runtime/DeviceBatch.h"
#include "recflex/Runtime/Timing.h"

#include <functional>
#include <vector>

namespace recflex {

struct BenchOptions {
  int samples = 31;            ///< measurements that quantiles are taken of
  double sampleSeconds = 2e-3; ///< at least this long each: gaps and the
                               ///< events' resolution (0.5 us) then vanish
  double warmupSeconds = 0.1;  ///< first, until clocks have risen
};

/// Functions that each enqueue one piece of work into a stream.
using Rotation = std::vector<std::function<Status()>>;

/// Times a rotation, whose work goes to `stream`. All of it is captured once,
/// in order, into one graph, which is replayed as often as a sample needs.
/// Returns the seconds of one piece, averaged within a sample over the whole
/// rotation. To measure as in production, give so many batches that the rows of
/// one have left the L2 cache when its turn comes again.
Result<Timing> timeRotation(const Stream &stream, const Rotation &rotation,
                            const BenchOptions &options = {});

/// Times several of them in turn, a sample of each at a time, so that clocks
/// and temperature are the same for all. Returns the samples of each.
Result<std::vector<std::vector<double>>>
sampleRotations(const Stream &stream, const std::vector<Rotation> &rotations,
                const BenchOptions &options = {});

/// Times of a forward, seconds a batch.
struct ForwardTimes {
  Timing total;   ///< binding and pooling
  Timing binding; ///< the two binding kernels alone; 0 if there are none
  Timing pooling; ///< the pooling kernel alone, bound before
  Timing checked; ///< as total, with InputChecks::zeroRow
  Timing ratio;   ///< checked / total, sample by sample
  Timing launch;  ///< of the host, for one launch without a graph
};

/// Times the forward of `batches` in rotation, in a context without checks and
/// in one of the same tables with checks; all write to `output`, which holds
/// the largest one's outputBytes().
Result<ForwardTimes> timeForward(const ExecutionContext &context,
                                 const ExecutionContext &checkedContext,
                                 const std::vector<DeviceBatch> &batches,
                                 const DeviceBuffer &output,
                                 const Stream &stream,
                                 const BenchOptions &options = {});

/// The rate of a device-to-device copy far larger than the L2 cache: bytes
/// read plus bytes written a second, median. Takes up to 2 GiB of device
/// memory, at most half of what is free.
Result<double> measureCopyRate(const Stream &stream,
                               const BenchOptions &options = {});

/// The rate at which all multiprocessors together read a buffer that stays in
/// the L2 cache, past their L1 caches: bytes a second, median.
Result<double> measureL2ReadRate(const Stream &stream,
                                 const BenchOptions &options = {});

} // namespace recflex

#endif // RECFLEX_RUNTIME_DEVICEBENCH_H
