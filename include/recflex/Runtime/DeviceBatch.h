//===- DeviceBatch.h - A batch in device memory -----------------*- C++ -*-===//

#ifndef RECFLEX_RUNTIME_DEVICEBATCH_H
#define RECFLEX_RUNTIME_DEVICEBATCH_H

#include "recflex/Data/Batch.h"
#include "recflex/Runtime/ExecutionContext.h"

namespace recflex {

/// A batch's arrays in device memory.
class DeviceBatch {
public:
  /// Checks that `batch` fits `manifest` (shapes, types, weights; indices are
  /// not looked at) and copies it.
  static Result<DeviceBatch>
  upload(const Stream &stream, const Manifest &manifest, const Batch &batch);

  /// Copies `batch` as it is: it may be malformed.
  static Result<DeviceBatch> uploadUnchecked(const Stream &stream,
                                             const Batch &batch);

  int64_t batchSize() const { return samples; }
  int64_t lookups() const { return valueCount; }

  /// The arrays, of which values and weights may be empty.
  const DeviceBuffer &valuesBuffer() const { return values; }
  const DeviceBuffer &offsetsBuffer() const { return offsets; }
  const DeviceBuffer &weightsBuffer() const { return weights; }

  /// What a launch wants, with dense output rows at `output`.
  BatchArguments arguments(const Manifest &manifest, DevicePtr output) const;

private:
  DeviceBatch() = default;
  int64_t samples = 0, valueCount = 0;
  DeviceBuffer values, offsets, weights;
};

/// Bytes of the dense output of `batchSize` samples: f32, row-major.
Result<int64_t> outputBytes(const Manifest &manifest, int64_t batchSize);

/// Runs one batch and brings the result back: fills `output` with NaN, so that
/// an element that no kernel writes shows, launches, waits and copies.
/// Returns [batchSize, outputWidth]. `output` holds at least outputBytes().
Result<std::vector<float>> poolOnDevice(const ExecutionContext &context,
                                        const DeviceBatch &batch,
                                        const DeviceBuffer &output,
                                        const Stream &stream);

/// The binding table that the last launch in `stream` left in `context`, whose
/// artifact binds at run time.
Result<Binding> readBinding(const ExecutionContext &context,
                            const Stream &stream);

} // namespace recflex

#endif // RECFLEX_RUNTIME_DEVICEBATCH_H
