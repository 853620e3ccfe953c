//===- InputOnHost.cpp - Other forms of input, on the host ----------------===//
//
// Plain loops from bag to bag: what the input kernels are compared with.
//
//===----------------------------------------------------------------------===//

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
      store(sumLengths(manifest.jaggedFeatures * batch.batchSize));
    return std::move(result);
  }

private:
  void store(const std::vector<int64_t> &offsets) {
    result.offsets.resize(offsets.size());
    for (size_t i = 0; i != offsets.size(); ++i)
      result.offsets.set(i, offsets[i]);
  }

  /// `offset` + `length`, cut off at the limit.
  int64_t advance(int64_t offset, int64_t length) {
    if (length > limit - offset)
      result.bad = true;
    return offset + std::min(length, limit - offset);
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
      int64_t length = lengths[bag];
      result.bad |= length < 0;
      offsets.push_back(
          advance(offsets.back(), std::max<int64_t>(length, 0)));
    }
    return offsets;
  }

  bool isBad(int64_t start, int64_t end) const {
    return start < 0 || end > batch.bags || end < start ||
           end - start > batch.batchSize;
  }

  void expandKeys(const std::vector<int64_t> &bagOffsets) {
    auto *starts = reinterpret_cast<const int32_t *>(batch.keyStarts);
    std::vector<int64_t> offsets;
    int64_t key = 0;
    for (; key < manifest.jaggedFeatures; ++key) {
      int64_t start = starts[key], end = starts[key + 1];
      if (isBad(start, end))
        break;
      for (int64_t sample = 0; sample < batch.batchSize; ++sample)
        offsets.push_back(bagOffsets[std::min(start + sample, end)]);
    }
    result.bad |= key < manifest.jaggedFeatures;
    int64_t last = std::clamp<int64_t>(starts[key], 0, batch.bags);
    offsets.resize(manifest.jaggedFeatures * batch.batchSize + 1,
                   bagOffsets[last]);
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

  void copyViews() {
    auto *views = reinterpret_cast<const KeyView *>(batch.views);
    std::vector<int64_t> ends = {0};
    for (int64_t key = 0; key < manifest.jaggedFeatures; ++key) {
      const KeyView &view = views[key];
      int64_t lookups = view.values ? view.lookups : 0;
      bool isRight = view.samples >= 0 && view.samples <= batch.batchSize &&
                     (view.samples == 0 || view.offsets);
      result.bad |= !isRight;
      IndexReader bounds(view.offsets, manifest.indexType);
      for (int64_t sample = 0; sample < batch.batchSize; ++sample) {
        int64_t end = ends.back();
        if (isRight && sample < view.samples) {
          int64_t from = bounds[sample], to = bounds[sample + 1];
          if (from < 0 || to < from || to > lookups) {
            result.bad = true;
          } else {
            end = advance(end, to - from);
            copyBag(view, from, end - ends.back());
          }
        }
        ends.push_back(end);
      }
    }
    store(ends);
  }

  const BatchArguments &batch;
  const Manifest &manifest;
  int64_t limit;
  ConvertedInput result;
};

} // namespace

ConvertedInput convertOnHost(const BatchArguments &batch,
                             const Manifest &manifest,
                             const ContextOptions &options) {
  return HostConversion(batch, manifest, options).run();
}

} // namespace recflex
