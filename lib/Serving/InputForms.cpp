//===- InputForms.cpp - One batch in every form of input ------------------===//

#include "recflex/Serving/InputForms.h"

#include "BadNumbers.h"

#include "recflex/Runtime/InputConversion.h"

#include <algorithm>
#include <cstring>

namespace recflex {

/// The alignment of a packed batch's block, and of the arrays in it.
constexpr DevicePtr kBlockAlignment = 256, kArrayAlignment = 64;

/// Bytes, at least, that nobody may touch between two arrays.
constexpr size_t kGapBytes = 32;

static uint64_t roundUp(uint64_t number, uint64_t multiple) {
  return (number + multiple - 1) / multiple * multiple;
}

const char *nameOf(InputForm form) {
  switch (form) {
  case InputForm::offsets:
    return "offsets";
  case InputForm::lengths:
    return "lengths";
  case InputForm::offsetsKeyStarts:
    return "offsets with keyStarts";
  case InputForm::lengthsKeyStarts:
    return "lengths with keyStarts";
  case InputForm::views:
    return "views";
  }
  return "";
}

Batch makeRagged(const Batch &batch, uint64_t seed) {
  RandomStream random(mixKeys(seed, /*what=*/0x4a66));
  Batch ragged;
  ragged.batchSize = batch.batchSize;
  ragged.numFeatures = batch.numFeatures;
  ragged.values.type = batch.values.type;
  ragged.offsets.type = batch.offsets.type;
  ragged.offsets.append(0);
  for (int64_t key = 0; key != batch.numFeatures; ++key) {
    // All samples of every other key.
    int64_t samples =
        random.below(2) ? batch.batchSize : random.below(batch.batchSize + 1);
    for (int64_t sample = 0; sample != batch.batchSize; ++sample) {
      int64_t bag = key * batch.batchSize + sample;
      for (int64_t at = batch.offsets[bag];
           sample < samples && at != batch.offsets[bag + 1]; ++at) {
        ragged.values.append(batch.values[at]);
        if (!batch.weights.empty())
          ragged.weights.push_back(batch.weights[at]);
      }
      ragged.offsets.append(ragged.values.size());
    }
  }
  return ragged;
}

/// The samples of `key` up to its last bag that is not empty.
static int64_t samplesOf(const Batch &batch, int64_t key) {
  int64_t first = key * batch.batchSize, samples = batch.batchSize;
  while (samples > 0 &&
         batch.offsets[first + samples - 1] == batch.offsets[first + samples])
    --samples;
  return samples;
}

/// The arrays of `key` by themselves.
static KeyArrays cutOut(const Batch &batch, int64_t key) {
  KeyArrays own;
  own.samples = samplesOf(batch, key);
  int64_t bag = key * batch.batchSize;
  int64_t begin = batch.offsets[bag], end = batch.offsets[bag + own.samples];
  own.lookups = end - begin;
  own.values.type = own.offsets.type = batch.values.type;
  for (int64_t at = begin; at != end; ++at) {
    own.values.append(batch.values[at]);
    if (!batch.weights.empty())
      own.weights.push_back(batch.weights[at]);
  }
  for (int64_t sample = 0; sample <= own.samples; ++sample)
    own.offsets.append(batch.offsets[bag + sample] - begin);
  return own;
}

FormedBatch formBatch(const Batch &batch, InputForm form) {
  FormedBatch formed;
  formed.form = form;
  formed.batchSize = batch.batchSize;
  formed.values.type = formed.bounds.type = batch.values.type;
  if (form == InputForm::views) {
    for (int64_t key = 0; key != batch.numFeatures; ++key)
      formed.keys.push_back(cutOut(batch, key));
    return formed;
  }
  formed.values = batch.values;
  formed.weights = batch.weights;
  if (hasKeyStarts(form))
    formed.keyStarts = {0};
  for (int64_t key = 0; key != batch.numFeatures; ++key) {
    int64_t samples =
        hasKeyStarts(form) ? samplesOf(batch, key) : batch.batchSize;
    for (int64_t sample = 0; sample != samples; ++sample) {
      int64_t bag = key * batch.batchSize + sample, begin = batch.offsets[bag];
      formed.bounds.append(hasLengths(form) ? batch.offsets[bag + 1] - begin
                                            : begin);
    }
    formed.bags += samples;
    if (hasKeyStarts(form))
      formed.keyStarts.push_back(static_cast<int32_t>(formed.bags));
  }
  if (!hasLengths(form))
    formed.bounds.append(batch.values.size());
  return formed;
}

/// Any place of an array that has some.
static int64_t drawPlace(RandomStream &random, const IndexArray &array) {
  return static_cast<int64_t>(random.below(array.size()));
}

static void spoilIndex(IndexArray &values, int64_t rows, RandomStream &random) {
  if (values.size() > 0)
    values.set(drawPlace(random, values),
               drawBadIndex(random, values.type, rows));
}

/// A length that is negative, or larger than it was by much.
static int64_t drawBadLength(RandomStream &random, IndexType type,
                             int64_t lookups) {
  if (random.below(3) == 0)
    return type == IndexType::i32 ? INT32_MIN : INT64_MIN;
  return drawBadOffset(random, type, lookups);
}

static void spoilBounds(FormedBatch &batch, RandomStream &random) {
  IndexArray &bounds = batch.bounds;
  int64_t lookups = batch.values.size();
  if (bounds.size() > 0)
    bounds.set(drawPlace(random, bounds),
               hasLengths(batch.form)
                   ? drawBadLength(random, bounds.type, lookups)
                   : drawBadOffset(random, bounds.type, lookups));
}

static void spoilView(KeyArrays &own, int64_t batchSize, RandomStream &random) {
  switch (random.below(8)) {
  case 0: // No array says how many samples there are: only such that can't be.
    own.samples = random.below(2)
                      ? -1 - static_cast<int64_t>(random.below(1000))
                      : batchSize + 1 + random.below(1000);
    break;
  case 1:
    own.lookups = random.below(own.values.size() + 1);
    break;
  case 2:
    own.hasOffsets = false;
    break;
  case 3:
    own.hasWeights = false;
    break;
  default:
    own.offsets.set(drawPlace(random, own.offsets),
                    drawBadOffset(random, own.offsets.type, own.values.size()));
  }
}

void spoil(FormedBatch &batch, const Manifest &manifest, uint64_t seed) {
  std::vector<int64_t> rows = rowsOfKeys(manifest);
  if (rows.empty())
    return;
  RandomStream random(mixKeys(seed, /*what=*/0x5b01));
  int64_t most = *std::max_element(rows.begin(), rows.end());
  for (uint64_t n = 1 + random.below(kMostSpoiled); n != 0; --n) {
    bool index = random.below(2);
    if (batch.form == InputForm::views) {
      size_t key = random.below(batch.keys.size());
      if (index)
        spoilIndex(batch.keys[key].values, rows[key], random);
      else
        spoilView(batch.keys[key], batch.batchSize, random);
    } else if (index) {
      spoilIndex(batch.values, most, random);
    } else if (hasKeyStarts(batch.form) && random.below(2)) {
      batch.keyStarts[random.below(batch.keyStarts.size())] =
          static_cast<int32_t>(
              drawBadOffset(random, IndexType::i32, batch.bags));
    } else {
      spoilBounds(batch, random);
    }
  }
}

namespace {

/// Puts arrays behind one another.
class Packer {
public:
  Packer(DevicePtr base, bool odd) : base(base), odd(odd) {}

  /// The address of a copy of an array of elements of `element` bytes.
  DevicePtr add(const void *from, size_t size, size_t element) {
    size_t at = roundUp(bytes.size() + kGapBytes, kArrayAlignment);
    if (odd)
      at += element;
    bytes.resize(at + size);
    if (size != 0)
      std::memcpy(bytes.data() + at, from, size);
    return base + at;
  }
  DevicePtr add(const IndexArray &array) {
    return add(array.bytes.data(), array.bytes.size(), byteSize(array.type));
  }
  template <typename T> DevicePtr add(const std::vector<T> &array) {
    return add(array.data(), array.size() * sizeof(T), alignof(T));
  }

  std::vector<std::byte> bytes;

private:
  DevicePtr base;
  bool odd;
};

} // namespace

PackedBatch pack(const FormedBatch &batch, DevicePtr base, bool odd) {
  Packer packer(base, odd);
  BatchArguments arguments;
  arguments.batchSize = batch.batchSize;
  if (batch.form == InputForm::views) {
    std::vector<KeyView> views;
    for (const KeyArrays &own : batch.keys)
      views.push_back(
          {packer.add(own.values), own.hasOffsets ? packer.add(own.offsets) : 0,
           own.hasWeights && !own.weights.empty() ? packer.add(own.weights) : 0,
           own.lookups, own.samples});
    arguments.views = packer.add(views);
    return {std::move(packer.bytes), arguments};
  }
  arguments.lookups = batch.values.size();
  if (arguments.lookups != 0)
    arguments.values = packer.add(batch.values);
  if (!batch.weights.empty())
    arguments.weights = packer.add(batch.weights);
  (hasLengths(batch.form) ? arguments.lengths : arguments.offsets) =
      packer.add(batch.bounds);
  if (hasKeyStarts(batch.form)) {
    arguments.keyStarts = packer.add(batch.keyStarts);
    arguments.bags = batch.bags;
  }
  return {std::move(packer.bytes), arguments};
}

HostBatch::HostBatch(const FormedBatch &batch, bool odd) {
  memory.resize(pack(batch, /*base=*/0, odd).bytes.size() + kBlockAlignment);
  auto start = reinterpret_cast<DevicePtr>(memory.data());
  DevicePtr base = roundUp(start, kBlockAlignment);
  PackedBatch packed = pack(batch, base, odd);
  std::copy(packed.bytes.begin(), packed.bytes.end(),
            memory.begin() + (base - start));
  given = packed.arguments;
}

FormedBatch convertForm(const FormedBatch &batch, const Manifest &manifest,
                        const ContextOptions &options) {
  if (batch.form == InputForm::offsets)
    return batch;
  HostBatch host(batch, /*odd=*/false);
  ConvertedInput converted = convertOnHost(host.arguments(), manifest, options);
  FormedBatch result;
  result.batchSize = batch.batchSize;
  result.bounds = std::move(converted.offsets);
  bool views = batch.form == InputForm::views;
  result.values = views ? std::move(converted.values) : batch.values;
  result.weights = views ? std::move(converted.weights) : batch.weights;
  return result;
}

} // namespace recflex
