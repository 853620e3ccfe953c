//===- CpuFuzzer.cpp - Batches that nobody checked, on the CPU ------------===//
//
// The arrays are as large as the batch says, to the byte, and hold anything.
// Whatever stands in them: nothing outside is read or written, every fault has
// a place in the batch, and a second launch gives the same bits.
//
//===----------------------------------------------------------------------===//

#include "FuzzTarget.h"
#include "TestModel.h"

#include "recflex/Runtime/CpuForward.h"

#include <cstring>
#include <fuzzer/FuzzedDataProvider.h>

namespace recflex {

namespace {

constexpr int64_t kKeys = 4, kMostSamples = 9, kMostLookups = 40;

/// An array with nothing behind it, in the index type or another.
using Bytes = std::vector<std::byte>;

DevicePtr addressOf(const Bytes &bytes) {
  return bytes.empty() ? 0 : reinterpret_cast<DevicePtr>(bytes.data());
}

/// The test model with tables of numbers, on one thread.
std::shared_ptr<const CpuTables> makeTables(IndexType type,
                                            CpuInstructions instructions) {
  alignas(16) static const float users[10 * 2] = {1, 2, 3};
  alignas(16) static const uint16_t items[20 * 8] = {0x3c00, 0x4000};
  Manifest manifest = makeTestManifest();
  manifest.indexType = type;
  auto model = CpuModel::load(manifest, {/*threads=*/1, instructions});
  require(accepted(model), "no model");
  auto tables = CpuTables::attach(*model, {reinterpret_cast<DevicePtr>(users),
                                           reinterpret_cast<DevicePtr>(items)});
  require(accepted(tables), "no tables");
  return *tables;
}

/// A batch made of whatever bytes there are, with its arrays.
class AnyBatch {
public:
  AnyBatch(FuzzedDataProvider &data, IndexType type) : data(data), type(type) {
    batch.batchSize = data.ConsumeIntegralInRange<int64_t>(0, kMostSamples);
    batch.outputType =
        data.PickValueInArray({RowType::f32, RowType::f16, RowType::bf16});
    batch.outputStride = data.ConsumeIntegralInRange<int64_t>(11, 17);
    if (batch.batchSize > 0)
      output.resize(((batch.batchSize - 1) * batch.outputStride + 12) *
                    byteSize(batch.outputType));
    batch.output = addressOf(output);
    if (data.ConsumeBool())
      fillViews();
    else
      fillShared();
  }

  BatchArguments batch;
  Bytes output;

private:
  /// Numbers of `bytes` bytes, most of them near 0 to `usual`.
  Bytes numbers(int64_t count, int64_t usual, size_t bytes) {
    Bytes array(count * bytes);
    for (int64_t i = 0; i != count; ++i) {
      int64_t number = data.ConsumeIntegralInRange<int64_t>(-1, usual);
      if (number < 0)
        number = data.ConsumeIntegral<int64_t>();
      std::memcpy(array.data() + i * bytes, &number, bytes);
    }
    return array;
  }

  Bytes indices(int64_t count, int64_t usual) {
    return numbers(count, usual, byteSize(type));
  }

  DevicePtr keep(Bytes array) {
    arrays.push_back(std::move(array));
    return addressOf(arrays.back());
  }

  void fillShared() {
    batch.lookups = data.ConsumeIntegralInRange<int64_t>(0, kMostLookups);
    batch.values = keep(indices(batch.lookups, 21));
    if (batch.values)
      batch.weights = keep(numbers(batch.lookups, 100, sizeof(float)));
    int64_t bags = kKeys * batch.batchSize;
    if (data.ConsumeBool()) {
      bags = data.ConsumeIntegralInRange<int64_t>(0, bags);
      batch.keyStarts = keep(numbers(kKeys + 1, bags, sizeof(int32_t)));
      batch.bags = bags;
    }
    if (data.ConsumeBool())
      batch.offsets = keep(indices(bags + 1, batch.lookups));
    else
      batch.lengths = keep(indices(bags, 3));
  }

  void fillViews() {
    std::vector<KeyView> views(kKeys);
    for (KeyView &view : views) {
      view.samples =
          data.ConsumeIntegralInRange<int64_t>(-1, batch.batchSize + 1);
      view.lookups = data.ConsumeIntegralInRange<int64_t>(0, kMostLookups / 4);
      view.values = keep(indices(view.lookups, 21));
      if (data.ConsumeBool())
        view.weights = keep(numbers(view.lookups, 100, sizeof(float)));
      if (data.ConsumeBool())
        view.offsets =
            keep(indices(std::max<int64_t>(view.samples, 0) + 1, view.lookups));
    }
    Bytes bytes(kKeys * sizeof(KeyView));
    std::memcpy(bytes.data(), views.data(), bytes.size());
    batch.views = keep(std::move(bytes));
  }

  FuzzedDataProvider &data;
  IndexType type;
  std::vector<Bytes> arrays;
};

} // namespace

static void checkFault(const Fault &fault, const BatchArguments &batch) {
  require(fault.feature >= -1 && fault.feature < 3, "a fault of no feature");
  require(fault.key >= 0 && fault.key < kKeys, "a fault of no key");
  require(fault.sample >= 0 &&
              fault.sample < std::max<int64_t>(batch.batchSize, 1),
          "a fault of no sample");
  require(fault.position >= 0 && fault.position < kMostLookups,
          "a fault of no position");
}

static void pool(const std::shared_ptr<const CpuTables> &tables,
                 FuzzedDataProvider &data) {
  ContextOptions options;
  options.checks = data.PickValueInArray(
      {InputChecks::off, InputChecks::zeroRow, InputChecks::zeroBag});
  options.faultCapacity = data.ConsumeIntegralInRange<int64_t>(-1, 8);
  options.maxBatch = data.ConsumeIntegralInRange<int64_t>(-1, kMostSamples);
  options.maxLookups = kMostLookups;
  Result<CpuContext> context = CpuContext::create(tables, options);
  if (!accepted(context))
    return;
  AnyBatch any(data, tables->model().manifest().indexType);
  // Without checks a batch that does not say how many values it has is
  // believed.
  if (options.checks == InputChecks::off && any.batch.lookups == 0)
    any.batch.values = 0;
  if (!accepted(context->launch(any.batch)))
    return;
  FaultReport report = context->faults();
  require(options.checks != InputChecks::off || report.total == 0,
          "a fault without checks");
  require(static_cast<int64_t>(report.faults.size()) ==
              std::min(report.total, options.faultCapacity),
          "another number of faults than were counted");
  for (const Fault &fault : report.faults)
    checkFault(fault, any.batch);

  Bytes first = any.output;
  std::fill(any.output.begin(), any.output.end(), std::byte{0xff});
  context->clearFaults();
  require(accepted(context->launch(any.batch)), "a second launch fails");
  require(context->faults().total == report.total, "other faults");
  int64_t rowBytes = 12 * byteSize(any.batch.outputType);
  int64_t stride = any.batch.outputStride * byteSize(any.batch.outputType);
  for (int64_t s = 0; s != any.batch.batchSize; ++s)
    require(std::memcmp(first.data() + s * stride,
                        any.output.data() + s * stride, rowBytes) == 0,
            "other bits");
}

} // namespace recflex

using namespace recflex;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const std::shared_ptr<const CpuTables> tables[] = {
      makeTables(IndexType::i32, CpuInstructions::best),
      makeTables(IndexType::i64, CpuInstructions::best),
      makeTables(IndexType::i32, CpuInstructions::plain),
      makeTables(IndexType::i64, CpuInstructions::plain)};
  if (size == 0)
    return 0;
  runLimited(size, [&] {
    FuzzedDataProvider provider(data + 1, size - 1);
    pool(tables[data[0] % std::size(tables)], provider);
  });
  return 0;
}
