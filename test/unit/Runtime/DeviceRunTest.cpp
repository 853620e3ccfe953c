//===- DeviceRunTest.cpp - Whole runs on the fake driver -----------------===//

#include "recflex/Runtime/DeviceBatch.h"
#include "recflex/Runtime/DeviceBench.h"

#include "FakeContext.h"

#include <cmath>
#include <cstring>
#include <gtest/gtest.h>

namespace recflex {
namespace {

/// Does on the host what the three kernels would, with `context`'s batch.
struct HostKernels {
  const std::vector<abi::FeatureDescriptor> descriptors =
      makeDescriptors(makeTestManifest());
  Batch batch;
  std::vector<float> result;

  void operator()(const FakeLaunch &launch) const {
    Binding binding = bindOnHost(descriptors, batch.offsets, batch.batchSize);
    auto store = [](uint64_t to, const auto &from) {
      std::memcpy(reinterpret_cast<void *>(to), from.data(),
                  from.size() * sizeof from[0]);
    };
    if (launch.kernel == "recflex_bind_keys") {
      store(launch.arguments[4], binding.keys);
    } else if (launch.kernel == "recflex_bind_order") {
      store(launch.arguments[2], binding.order);
      store(launch.arguments[3], binding.starts);
    } else if (launch.kernel == "recflex_forward") {
      store(launch.arguments[7], result);
    }
  }
};

Batch makeTestBatch() {
  Batch batch =
      makeBatch(4, 2, {3, 0, 1, 2, 0, 0, 1, 1}, {5, 5, 19, 1, 2, 1, 2, 9});
  batch.weights.assign(8, 0.5f);
  return batch;
}

TEST(DeviceBatch, PoolsAndReadsBack) {
  FakeCuda cuda;
  Result<ExecutionContext> context = makeContext(cuda);
  ASSERT_TRUE(context);
  const Manifest &m = context->module().manifest();
  Result<Stream> stream = Stream::create(context->module().device());
  ASSERT_TRUE(stream);
  HostKernels kernels;
  kernels.batch = makeTestBatch();
  kernels.result.resize(23); // the last element is never written
  for (size_t i = 0; i != kernels.result.size(); ++i)
    kernels.result[i] = static_cast<float>(i);
  cuda.onLaunch = kernels;

  Result<DeviceBatch> batch = DeviceBatch::upload(*stream, m, kernels.batch);
  ASSERT_TRUE(batch) << batch.error().message;
  BatchArguments a = batch->arguments(m, 0x40);
  EXPECT_EQ(a.outputStride, 12);
  EXPECT_EQ(a.batchSize, 2);
  EXPECT_EQ(std::memcmp(reinterpret_cast<void *>(a.values),
                        kernels.batch.values.bytes.data(), 8 * 4),
            0);
  EXPECT_EQ(std::memcmp(reinterpret_cast<void *>(a.offsets),
                        kernels.batch.offsets.bytes.data(), 9 * 4),
            0);
  EXPECT_EQ(*reinterpret_cast<float *>(a.weights + 28), 0.5f);

  Result<DeviceBuffer> output =
      DeviceBuffer::allocate(stream->device(), *outputBytes(m, 2));
  ASSERT_TRUE(output);
  EXPECT_EQ(output->size(), 2 * 12 * 4);
  for (int round = 0; round != 2; ++round) {
    Result<std::vector<float>> result =
        poolOnDevice(*context, *batch, *output, *stream);
    ASSERT_TRUE(result) << result.error().message;
    ASSERT_EQ(result->size(), 24u);
    EXPECT_EQ((*result)[22], 22);
    EXPECT_TRUE(std::isnan((*result)[23]));
  }

  Result<Binding> binding = readBinding(*context, *stream);
  ASSERT_TRUE(binding);
  Binding expected = bindOnHost(kernels.descriptors, kernels.batch.offsets, 2);
  EXPECT_EQ(binding->keys, expected.keys);
  EXPECT_EQ(binding->order, expected.order);
  EXPECT_EQ(binding->starts, expected.starts);

  Result<DeviceBuffer> small = DeviceBuffer::allocate(stream->device(), 95);
  ASSERT_TRUE(small);
  EXPECT_FALSE(poolOnDevice(*context, *batch, *small, *stream));
  EXPECT_FALSE(timeForward(*context, *context, {}, *output, *stream));
  EXPECT_TRUE(cuda.misuse.empty());
}

/// Everything that a program does with a GPU, once.
Status runAll(const FakeCuda &cuda) {
  Result<ExecutionContext> context = makeContext(cuda);
  if (!context)
    return context.error();
  const DeviceModule &module = context->module();
  Result<Stream> stream = Stream::create(module.device());
  if (!stream)
    return stream.error();
  std::vector<char> rows(1000);
  Result<DeviceBuffer> table = DeviceBuffer::allocate(module.device(), 1000);
  if (!table)
    return table.error();
  if (Status status =
          uploadTable(*stream, table->address(), rows.data(), 1000, 300);
      !status)
    return status;

  std::vector<DeviceBatch> batches;
  Result<DeviceBatch> batch =
      DeviceBatch::upload(*stream, module.manifest(), makeTestBatch());
  if (!batch)
    return batch.error();
  batches.push_back(std::move(*batch));
  Result<DeviceBuffer> output = DeviceBuffer::allocate(module.device(), 96);
  if (!output)
    return output.error();
  if (auto result = poolOnDevice(*context, batches[0], *output, *stream);
      !result)
    return result.error();
  if (auto binding = readBinding(*context, *stream); !binding)
    return binding.error();

  BenchOptions options;
  options.samples = 2;
  options.warmupSeconds = 1e-3;
  if (auto times = timeForward(*context, *context, batches, *output, *stream,
                               options);
      !times)
    return times.error();
  if (auto rate = measureCopyRate(*stream, options); !rate)
    return rate.error();
  if (auto rate = measureL2ReadRate(*stream, options); !rate)
    return rate.error();
  return {};
}

TEST(DeviceModule, EveryFailingCallIsReportedAndNothingLeaks) {
  size_t calls;
  {
    FakeCuda cuda;
    Status status = runAll(cuda);
    ASSERT_TRUE(status) << status.error().message;
    EXPECT_TRUE(cuda.alive.empty());
    EXPECT_EQ(cuda.retained, 0);
    EXPECT_EQ(cuda.contextDepth, 0);
    for (const std::string &misuse : cuda.misuse)
      ADD_FAILURE() << misuse;
    calls = cuda.calls.size();
  }
  for (size_t k = 0; k != calls; ++k) {
    FakeCuda cuda;
    cuda.failAt = static_cast<int>(k);
    Status status = runAll(cuda);
    // A context that cannot be pushed while something is given back harms
    // nobody, and has nobody to be told.
    bool mayPass = cuda.calls[k] == "cuCtxPushCurrent";
    EXPECT_TRUE(!status || mayPass) << k << ": " << cuda.calls[k];
    if (!status) {
      EXPECT_NE(status.error().message.find("CUDA_ERROR_OUT_OF_MEMORY"),
                std::string::npos)
          << status.error().message;
    }
    EXPECT_TRUE(cuda.alive.empty()) << k << ": " << cuda.calls[k];
    EXPECT_EQ(cuda.retained, 0) << k << ": " << cuda.calls[k];
    EXPECT_EQ(cuda.contextDepth, 0) << k << ": " << cuda.calls[k];
    EXPECT_TRUE(cuda.misuse.empty() || mayPass)
        << k << ": " << cuda.calls[k] << ": " << cuda.misuse[0];
  }
}

} // namespace
} // namespace recflex
