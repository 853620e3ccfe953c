//===- Samples.cpp - Statistics of the caller's batches -------------------===//

#include "Arguments.h"
#include "Handles.h"
#include "Specs.h"

#include "recflex/Pipelines/Samples.h"

#include <cstring>

using namespace recflex;
using namespace recflex::capi;

/// `count` elements at `given`; an array of `type`.
static IndexArray copyArray(const void *given, int64_t count, IndexType type) {
  IndexArray array;
  array.type = type;
  array.resize(count);
  if (count != 0)
    std::memcpy(array.bytes.data(), given, array.bytes.size());
  return array;
}

/// What lengths, one a bag, come to as offsets.
static Result<IndexArray> addUp(const IndexArray &lengths) {
  IndexArray offsets;
  offsets.type = lengths.type;
  offsets.resize(lengths.size() + 1);
  int64_t sum = 0;
  offsets.set(0, 0);
  for (int64_t bag = 0; bag != lengths.size(); ++bag) {
    int64_t length = lengths[bag];
    if (length < 0)
      return makeError("length ", bag, " is ", length,
                       "; it cannot be negative");
    if (__builtin_add_overflow(sum, length, &sum) || !fits(lengths.type, sum))
      return makeError("the lengths come to ", sum, ", too many for ",
                       toString(lengths.type));
    offsets.set(bag + 1, sum);
  }
  return offsets;
}

/// The bounds of all bags.
static Result<IndexArray> readOffsets(const RecflexBatch &given,
                                      const JaggedInput &jagged) {
  if (given.keyStarts || given.views)
    return makeError("has keyStarts or views, which samples cannot have; give "
                     "values with offsets or lengths");
  if (given.batchSize < 1)
    return makeError("batchSize is ", given.batchSize,
                     "; a batch needs at least one sample");
  int64_t bags;
  if (__builtin_mul_overflow(jagged.features, given.batchSize, &bags) ||
      bags > INT64_MAX / 8 - 1)
    return makeError("batchSize is ", given.batchSize, ", too many for ",
                     jagged.features, " features");
  if (!given.offsets == !given.lengths)
    return makeError(given.offsets ? "has offsets and lengths; give one of them"
                                   : "has neither offsets nor lengths; give "
                                     "one of them");
  if (given.offsets)
    return copyArray(given.offsets, bags + 1, jagged.indexType);
  return addUp(copyArray(given.lengths, bags, jagged.indexType));
}

static Result<Batch> readBatch(const RecflexBatch *given,
                               const JaggedInput &jagged) {
  RecflexBatch known;
  if (Status status = readStruct(given, known); !status)
    return status.error();
  Result<IndexArray> offsets = readOffsets(known, jagged);
  if (!offsets)
    return offsets.error();
  Batch batch;
  batch.batchSize = known.batchSize;
  batch.numFeatures = jagged.features;
  batch.offsets = std::move(*offsets);
  int64_t end = batch.offsets[batch.offsets.size() - 1];
  if (known.lookups < 0 || end < 0 || (known.lookups && known.lookups != end))
    return makeError("has ", known.lookups, " lookups, but its bags end at ",
                     end, "; they must be the same, or lookups 0");
  if (end != 0 && !known.values)
    return makeError("values is null; give ", end, " of them");
  batch.values = copyArray(known.values, end, jagged.indexType);
  if (known.weights)
    batch.weights.assign(known.weights, known.weights + end);
  if (Status status = batch.check(jagged.features); !status)
    return status.error();
  return batch;
}

/// Reads `count` batches with `read` and attaches their statistics.
template <typename Read>
static RecflexStatus attach(RecflexModel *model, const void *given,
                            int32_t count, const char *name, Read &&read) {
  return guarded([&]() -> Status {
    if (Status status = need(model, "model is null; import or parse one");
        !status)
      return status;
    if (count < 1)
      return makeError("count is ", count, "; give at least one batch");
    if (!given)
      return makeError(name, " is null; give ", count, " of them");
    Result<JaggedInput> jagged = findJaggedInput(*model->module);
    if (!jagged)
      return jagged.error();
    Result<std::vector<Batch>> batches = read(*jagged);
    if (!batches)
      return batches.error();
    attachStats(*model->module, *batches);
    model->samples = std::move(*batches);
    return {};
  });
}

RecflexStatus recflexModelAttachSampleFiles(RecflexModel *model,
                                            const char *const *paths,
                                            int32_t count) {
  return attach(model, paths, count, "paths",
                [&](const JaggedInput &jagged) -> Result<std::vector<Batch>> {
                  auto read = readStrings(paths, count, "paths");
                  if (!read)
                    return read.error();
                  return readSamples(*read, jagged);
                });
}

RecflexStatus recflexModelAttachSamples(RecflexModel *model,
                                        const RecflexBatch *const *batches,
                                        int32_t count) {
  return attach(model, batches, count, "batches",
                [&](const JaggedInput &jagged) -> Result<std::vector<Batch>> {
                  std::vector<Batch> read;
                  for (int32_t i = 0; i != count; ++i) {
                    Result<Batch> batch = readBatch(batches[i], jagged);
                    if (!batch)
                      return batch.error().in("batches[" + std::to_string(i) +
                                              "]");
                    read.push_back(std::move(*batch));
                  }
                  return read;
                });
}
