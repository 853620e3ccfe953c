//===- InputOnHost.cpp - Other forms of input, on the host ----------------===//
//
// Plain loops from bag to bag: what the input kernels are compared with.
//
//===----------------------------------------------------------------------===//

#include "recflex/Runtime/FaultReport.h"
#include "recflex/Runtime/InputConversion.h"

#include <algorithm>

namespace recflex {

namespace {

/// Reads an array of the index type in host memory.
class IndexReader {
public:
  IndexReader(DevicePtr address, IndexType type)
      : address(address), type(type) {}

  int64_t operator[](int64_t i) const {
    if (type == IndexType::i32)
      return reinterpret_cast<const int32_t *>(address)[i];
    return reinterpret_cast<const int64_t *>(address)[i];
  }

private:
  DevicePtr address;
  IndexType type;
};

class HostConversion {
public:
  HostConversion(const BatchArguments &batch, const Manifest &manifest,
                 const ContextOptions &options)
      : batch(batch), manifest(manifest),
        limit(batch.views ? options.maxLookups
                          : maxScannedOffset(manifest.indexType)) {
    result.offsets.type = result.values.type = manifest.indexType;
  }

  ConvertedInput run() {
    if (batch.views)
      copyViews();
    else if (batch.keyStarts)
      expandKeys(batch.lengths ? sumLengths(batch.bags) : copyOffsets());
    else
      sumAllLengths();
    sortFaults(result.faults);
    return std::move(result);
  }

private:
  void store(const std::vector<int64_t> &offsets) {
    result.offsets.resize(offsets.size());
    for (size_t i = 0; i != offsets.size(); ++i)
      result.offsets.set(i, offsets[i]);
  }

  void record(FaultKind kind, int64_t key, int64_t sample, int64_t value) {
    result.faults.push_back({kind, /*feature=*/-1, static_cast<int32_t>(key),
                             static_cast<int32_t>(sample), /*position=*/0,
                             value});
  }

  std::vector<int64_t> copyOffsets() const {
    IndexReader given(batch.offsets, manifest.indexType);
    std::vector<int64_t> offsets;
    for (int64_t bag = 0; bag <= batch.bags; ++bag)
      offsets.push_back(given[bag]);
    return offsets;
  }

  std::vector<int64_t> sumLengths(int64_t bags) {
    IndexReader lengths(batch.lengths, manifest.indexType);
    std::vector<int64_t> offsets = {0};
    for (int64_t bag = 0; bag < bags; ++bag) {
      int64_t length = std::max<int64_t>(lengths[bag], 0), sum = offsets.back();
      offsets.push_back(sum + std::min(length, limit - sum));
    }
    return offsets;
  }

  void recordLength(int64_t key, int64_t sample, int64_t bag) {
    int64_t length = IndexReader(batch.lengths, manifest.indexType)[bag];
    if (length < 0)
      record(FaultKind::length, key, sample, length);
  }

  void sumAllLengths() {
    store(sumLengths(manifest.jaggedFeatures * batch.batchSize));
    for (int64_t key = 0; key < manifest.jaggedFeatures; ++key)
      for (int64_t sample = 0; sample < batch.batchSize; ++sample)
        recordLength(key, sample, key * batch.batchSize + sample);
  }

  void expandKeys(const std::vector<int64_t> &bagOffsets) {
    auto *starts = reinterpret_cast<const int32_t *>(batch.keyStarts);
    std::vector<int64_t> offsets;
    bool lost = false; // behind a key that cannot be right
    int64_t last = std::clamp<int64_t>(starts[0], 0, batch.bags);
    for (int64_t key = 0; key < manifest.jaggedFeatures; ++key) {
      int64_t start = starts[key], end = starts[key + 1];
      bool badStart = start < 0 || start > batch.bags;
      if (badStart || end > batch.bags || end < start ||
          end - start > batch.batchSize) {
        record(FaultKind::keyStart, key, 0, badStart ? start : end);
        lost = true;
      }
      for (int64_t sample = 0; sample < batch.batchSize; ++sample) {
        offsets.push_back(
            bagOffsets[lost ? last : std::min(start + sample, end)]);
        if (!lost && batch.lengths && start + sample < end)
          recordLength(key, sample, start + sample);
      }
      if (!lost)
        last = end;
    }
    offsets.push_back(bagOffsets[last]);
    store(offsets);
  }

  /// Appends the first `count` values of the bag that begins at `begin`.
  void copyBag(const KeyView &view, int64_t begin, int64_t count) {
    IndexReader values(view.values, manifest.indexType);
    auto *weights = reinterpret_cast<const float *>(view.weights);
    for (int64_t i = begin; i < begin + count; ++i) {
      result.values.append(values[i]);
      if (manifest.weighted)
        result.weights.push_back(weights ? weights[i] : 0.0f);
    }
  }

  /// Appends bag `sample` of a view.
  void convertBag(const KeyView &view, int64_t key, int64_t sample) {
    IndexReader bounds(view.offsets, manifest.indexType);
    int64_t begin = bounds[sample], end = bounds[sample + 1];
    int64_t lookups = view.values ? std::max<int64_t>(view.lookups, 0) : 0;
    if (begin < 0 || end < begin || end > lookups) {
      bool badBegin = begin < 0 || begin > lookups;
      record(FaultKind::offsets, key, sample, badBegin ? begin : end);
      return;
    }
    int64_t room = limit - result.values.size();
    if (end - begin > room && !isFull) {
      isFull = true;
      record(FaultKind::offsets, key, sample, limit + 1);
    }
    copyBag(view, begin, std::min(end - begin, room));
  }

  void copyViews() {
    auto *views = reinterpret_cast<const KeyView *>(batch.views);
    std::vector<int64_t> offsets = {0};
    for (int64_t key = 0; key < manifest.jaggedFeatures; ++key) {
      const KeyView &view = views[key];
      bool bad = view.samples < 0 || view.samples > batch.batchSize;
      if (bad)
        record(FaultKind::keyStart, key, 0, view.samples);
      for (int64_t sample = 0; sample < batch.batchSize; ++sample) {
        if (!bad && view.offsets && sample < view.samples)
          convertBag(view, key, sample);
        offsets.push_back(result.values.size());
      }
    }
    store(offsets);
  }

  const BatchArguments &batch;
  const Manifest &manifest;
  int64_t limit;
  bool isFull = false; ///< whether a bag of a view was cut off
  ConvertedInput result;
};

} // namespace

ConvertedInput convertOnHost(const BatchArguments &batch,
                             const Manifest &manifest,
                             const ContextOptions &options) {
  return HostConversion(batch, manifest, options).run();
}

} // namespace recflex
