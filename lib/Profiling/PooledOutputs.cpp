//===- PooledOutputs.cpp - Pooled rows, and what they must be -------------===//

#include "PooledOutputs.h"

#include "ColumnErrorPtx.h"

#include <algorithm>
#include <cmath>

namespace recflex {

/// A copy of `values` in device memory.
template <typename T>
static Result<DeviceBuffer> upload(const Stream &stream,
                                   const std::vector<T> &values) {
  int64_t bytes = values.size() * sizeof(T);
  Result<DeviceBuffer> buffer = DeviceBuffer::allocate(stream.device(), bytes);
  if (!buffer || bytes == 0)
    return buffer;
  if (Status status =
          copyToDevice(stream, buffer->address(), values.data(), bytes);
      !status)
    return status.error();
  return buffer;
}

Result<PooledOutputs>
PooledOutputs::create(const Stream &stream, const Manifest &manifest,
                      const std::vector<std::vector<float>> &references) {
  PooledOutputs result;
  Result<PtxModule> module = loadPtx(stream.device(), kColumnErrorPtx);
  if (!module)
    return module.error();
  Result<DeviceKernel> kernel =
      findKernel(*module, kColumnErrorKernel, kColumnErrorThreads);
  if (!kernel)
    return kernel.error();
  result.module = std::move(*module);
  result.kernel = *kernel;
  result.features = manifest.features.size();
  result.width = manifest.outputWidth;

  std::vector<int32_t> columns;
  for (const ManifestFeature &feature : manifest.features) {
    columns.push_back(static_cast<int32_t>(feature.column));
    columns.push_back(
        static_cast<int32_t>(manifest.tables[feature.table].width));
  }
  Result<DeviceBuffer> uploaded = upload(stream, columns);
  if (!uploaded)
    return uploaded.error();
  result.columns = std::move(*uploaded);

  size_t largest = 0;
  for (const std::vector<float> &reference : references) {
    Result<DeviceBuffer> buffer = upload(stream, reference);
    if (!buffer)
      return buffer.error();
    result.references.push_back(std::move(*buffer));
    result.batchSizes.push_back(reference.size() / result.width);
    largest = std::max(largest, reference.size());
  }
  int64_t sumBytes = references.size() * result.features * 2 * sizeof(float);
  for (auto [buffer, bytes] :
       {std::pair{&result.output, int64_t(largest * sizeof(float))},
        std::pair{&result.sums, sumBytes}}) {
    Result<DeviceBuffer> memory =
        DeviceBuffer::allocate(stream.device(), bytes);
    if (!memory)
      return memory.error();
    *buffer = std::move(*memory);
  }
  if (Status status = fillBytes(stream, result.sums.address(), 0, sumBytes);
      !status)
    return status.error();
  return result;
}

Status PooledOutputs::poison(const Stream &stream) const {
  return fillBytes(stream, output.address(), 0xFF, output.size());
}

Status PooledOutputs::compare(const Stream &stream, size_t i) const {
  if (batchSizes[i] == 0)
    return {};
  ContextScope scope(*stream.device());
  if (!scope)
    return scope.error();
  DevicePtr actual = output.address(), expected = references[i].address();
  uint64_t stride = width;
  uint32_t batch = static_cast<uint32_t>(batchSizes[i]);
  DevicePtr where = columns.address();
  DevicePtr to = sums.address() + i * features * 2 * sizeof(float);
  return launchKernel(stream.device()->driver(), kernel, features,
                      kColumnErrorThreads, stream.get(), actual, expected,
                      stride, batch, where, to);
}

/// ||a - e|| / ||e|| from the sums of squares.
static double relativeError(float errors, float norm) {
  if (errors == 0)
    return 0;
  return norm == 0 ? INFINITY : std::sqrt(double(errors) / norm);
}

Result<std::vector<double>>
PooledOutputs::takeErrors(const Stream &stream) const {
  std::vector<float> all(references.size() * features * 2);
  int64_t bytes = all.size() * sizeof(float);
  if (Status status = copyToHost(stream, all.data(), sums.address(), bytes);
      !status)
    return status.error();
  if (Status status = fillBytes(stream, sums.address(), 0, bytes); !status)
    return status.error();
  std::vector<double> worst(features, 0);
  for (size_t i = 0; i != all.size() / 2; ++i) {
    double error = relativeError(all[2 * i], all[2 * i + 1]);
    double &of = worst[i % features];
    // Not a number stays, whatever comes.
    if (!(error <= of))
      of = std::isnan(of) ? of : error;
  }
  return worst;
}

} // namespace recflex
