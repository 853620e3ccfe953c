//===- KeyInputs.cpp - Where each key's lookups stand ---------------------===//

#include "KeyInputs.h"

#include "BagFaults.h"
#include "recflex/Runtime/InputConversion.h"

#include <algorithm>
#include <new>

namespace recflex {

/// Lengths that are summed up in one go: some microseconds.
constexpr int64_t kChunk = 16384;

/// Stands in for the bounds of keys that have none.
alignas(8) static constexpr std::byte kNoBounds[8] = {};

template <typename T> static const T *hostArray(DevicePtr address) {
  return reinterpret_cast<const T *>(address);
}

static int64_t readIndex(const std::byte *array, IndexType type, int64_t i) {
  return type == IndexType::i32 ? reinterpret_cast<const int32_t *>(array)[i]
                                : reinterpret_cast<const int64_t *>(array)[i];
}

/// Adds a length; a negative one counts as 0. Stays at `limit`, as the kernels
/// of a GPU do.
static int64_t addLength(int64_t sum, int64_t length, int64_t limit) {
  int64_t result;
  if (__builtin_add_overflow(sum, length < 0 ? 0 : length, &result))
    return limit;
  return std::min(result, limit);
}

Result<KeyInputs> KeyInputs::create(const Manifest &manifest,
                                    const ContextOptions &options) {
  KeyInputs inputs;
  inputs.indexType = manifest.indexType;
  inputs.keys.resize(manifest.jaggedFeatures);
  inputs.firstBags.resize(manifest.jaggedFeatures);
  if (options.maxBatch == 0)
    return inputs;
  int64_t bags;
  if (!__builtin_mul_overflow(options.maxBatch,
                              int64_t{manifest.jaggedFeatures}, &bags) &&
      bags <= INT64_MAX / 16)
    inputs.offsets.reset(new (std::nothrow) int64_t[bags + 1]);
  if (!inputs.offsets)
    return makeError(ErrorCode::outOfMemory,
                     "there is no memory for the "
                     "offsets of ",
                     manifest.jaggedFeatures, " keys x ", options.maxBatch,
                     " samples; give a smaller maxBatch");
  inputs.chunks.resize(bags / kChunk + 1);
  return inputs;
}

void KeyInputs::read(const BatchArguments &batch, CpuThreadPool &pool,
                     FaultLog *log) {
  type = indexType;
  fromViews = batch.views != 0;
  if (fromViews) {
    readViews(batch, pool, log);
    return;
  }
  if (batch.lengths) {
    int64_t bags = batch.keyStarts
                       ? batch.bags
                       : batch.batchSize * static_cast<int64_t>(keys.size());
    sumLengths(hostArray<std::byte>(batch.lengths), bags, pool);
    type = IndexType::i64;
  }
  readShared(batch, log);
  if (batch.lengths && log)
    recordLengths(batch, *log);
}

void KeyInputs::readShared(const BatchArguments &batch, FaultLog *log) {
  const std::byte *bounds =
      batch.lengths ? reinterpret_cast<const std::byte *>(offsets.get())
                    : hostArray<std::byte>(batch.offsets);
  const int32_t *starts = hostArray<int32_t>(batch.keyStarts);
  int64_t bags =
      starts ? batch.bags : batch.batchSize * static_cast<int64_t>(keys.size());
  // Without checks nobody has to say how many values there are.
  int64_t lookups = batch.lookups;
  if (!log && lookups == 0 && batch.values)
    lookups = readIndex(bounds, type, bags);

  bool lost = false; // behind a key whose starts cannot be right
  int64_t last = starts ? std::clamp<int64_t>(starts[0], 0, bags) : bags;
  for (size_t j = 0; j != keys.size(); ++j) {
    int64_t first = static_cast<int64_t>(j) * batch.batchSize;
    int64_t samples = batch.batchSize;
    if (starts) {
      first = starts[j];
      int64_t end = starts[j + 1];
      samples = end - first;
      bool badFirst = first < 0 || first > bags;
      if (badFirst || end > bags || samples < 0 || samples > batch.batchSize) {
        if (log)
          log->record({FaultKind::keyStart, -1, static_cast<int32_t>(j), 0, 0,
                       badFirst ? first : end});
        lost = true;
      }
      if (lost)
        first = samples = 0;
      else
        last = end;
    }
    firstBags[j] = first;
    keys[j] = {hostArray<std::byte>(batch.values),
               hostArray<float>(batch.weights),
               samples == 0 ? kNoBounds : bounds + first * byteSize(type),
               samples, lookups, readIndex(bounds, type, last)};
  }
}

void KeyInputs::readViews(const BatchArguments &batch, CpuThreadPool &pool,
                          FaultLog *log) {
  const KeyView *views = hostArray<KeyView>(batch.views);
  for (size_t j = 0; j != keys.size(); ++j) {
    const KeyView &view = views[j];
    int64_t samples = view.samples;
    if (samples < 0 || samples > batch.batchSize) {
      if (log)
        log->record(
            {FaultKind::keyStart, -1, static_cast<int32_t>(j), 0, 0, samples});
      samples = 0;
    }
    // A GPU would read address 0; here a key that lacks an array is empty.
    if (!view.offsets)
      samples = 0;
    keys[j] = {hostArray<std::byte>(view.values),
               hostArray<float>(view.weights),
               samples == 0 ? kNoBounds : hostArray<std::byte>(view.offsets),
               samples, view.values ? std::max<int64_t>(view.lookups, 0) : 0};
  }
  if (log)
    pool.run(static_cast<int64_t>(keys.size()), 1, [&](int64_t key) {
      checkViewBags(static_cast<int32_t>(key), *log);
    });
}

void KeyInputs::checkViewBags(int32_t key, FaultLog &log) const {
  const KeyInput &input = keys[key];
  for (int64_t s = 0; s != input.samples; ++s) {
    int64_t begin = boundAt(input, type, s);
    int64_t end = boundAt(input, type, s + 1);
    if (!isGoodBag(begin, end, input.lookups))
      log.record(boundsFault(-1, key, s, begin, end, input.lookups));
  }
}

void KeyInputs::sumLengths(const std::byte *lengths, int64_t bags,
                           CpuThreadPool &pool) {
  int64_t count = (bags + kChunk - 1) / kChunk;
  int64_t limit = maxScannedOffset(indexType);
  // The sum of each chunk, then of the chunks ahead, then of the bags ahead.
  pool.run(count, 1, [&](int64_t c) {
    Chunk &chunk = chunks[c];
    chunk = {};
    for (int64_t i = c * kChunk; i != std::min(bags, (c + 1) * kChunk); ++i) {
      int64_t length = readIndex(lengths, indexType, i);
      chunk.begin = addLength(chunk.begin, length, limit);
      chunk.negative |= length < 0;
    }
  });
  int64_t sum = 0;
  for (int64_t c = 0; c != count; ++c) {
    int64_t length = chunks[c].begin;
    chunks[c].begin = sum;
    sum = addLength(sum, length, limit);
  }
  offsets[bags] = sum;
  pool.run(count, 1, [&](int64_t c) {
    int64_t at = chunks[c].begin;
    for (int64_t i = c * kChunk; i != std::min(bags, (c + 1) * kChunk); ++i) {
      offsets[i] = at;
      at = addLength(at, readIndex(lengths, indexType, i), limit);
    }
  });
}

void KeyInputs::recordLengths(const BatchArguments &batch,
                              FaultLog &log) const {
  const std::byte *lengths = hostArray<std::byte>(batch.lengths);
  for (size_t j = 0; j != keys.size(); ++j) {
    int64_t begin = firstBags[j], end = begin + keys[j].samples;
    for (int64_t bag = begin; bag < end; ++bag) {
      // Nearly always the whole chunk is good.
      if (!chunks[bag / kChunk].negative) {
        bag = (bag / kChunk + 1) * kChunk - 1;
        continue;
      }
      if (int64_t length = readIndex(lengths, indexType, bag); length < 0)
        log.record({FaultKind::length, -1, static_cast<int32_t>(j),
                    static_cast<int32_t>(bag - begin), 0, length});
    }
  }
}

} // namespace recflex
