//===- PooledOutputs.h - Pooled rows, and what they must be -----*- C++ -*-===//

#ifndef RECFLEX_LIB_PROFILING_POOLEDOUTPUTS_H
#define RECFLEX_LIB_PROFILING_POOLEDOUTPUTS_H

#include "recflex/Runtime/DeviceMemory.h"
#include "recflex/Runtime/Manifest.h"
#include "recflex/Runtime/PtxModule.h"

namespace recflex {

/// An output, and the references of several batches, in device memory: every
/// run can be compared with little more than the time to read it.
class PooledOutputs {
public:
  /// `references[i]` is [batch size, outputWidth] of batch i.
  static Result<PooledOutputs>
  create(const Stream &stream, const Manifest &manifest,
         const std::vector<std::vector<float>> &references);

  DevicePtr address() const { return output.address(); }

  /// Enqueues: the output becomes NaN.
  Status poison(const Stream &stream) const;
  /// Enqueues: the output is compared with batch i's reference.
  Status compare(const Stream &stream, size_t i) const;
  /// Of each feature the worst ||output - reference|| / ||reference|| of the
  /// comparisons since the last call; every batch must have had one. Waits.
  Result<std::vector<double>> takeErrors(const Stream &stream) const;

private:
  PtxModule module;
  DeviceKernel kernel;
  int64_t features = 0, width = 0;
  std::vector<int64_t> batchSizes;
  DeviceBuffer output, columns, sums;
  std::vector<DeviceBuffer> references;
};

} // namespace recflex

#endif // RECFLEX_LIB_PROFILING_POOLEDOUTPUTS_H
