//===- BatchArguments.cpp - What can be seen of a batch from outside ------===//

#include "recflex/Runtime/BatchArguments.h"

namespace recflex {

Status check(const ContextOptions &options) {
  if (options.checks > InputChecks::zeroBag)
    return makeError("checks is ", static_cast<int>(options.checks),
                     "; give 0 (off), 1 (zero rows) or 2 (zero bags)");
  if (options.faultCapacity < 0 || options.faultCapacity > kMaxFaultCapacity)
    return makeError("faultCapacity is ", options.faultCapacity,
                     "; give 0 to ", kMaxFaultCapacity);
  if (options.maxBatch < 0 || options.maxBatch > INT32_MAX)
    return makeError("maxBatch is ", options.maxBatch, "; give 0 to ",
                     INT32_MAX);
  if (options.maxLookups < 0)
    return makeError("maxLookups is ", options.maxLookups,
                     "; give 0 or more lookups");
  return {};
}

Status checkTables(const std::vector<DevicePtr> &tables,
                   const Manifest &manifest) {
  constexpr DevicePtr kAlignment = 16;
  if (tables.size() != manifest.tables.size())
    return makeError(tables.size(), " tables are attached, the model has ",
                     manifest.tables.size());
  for (size_t i = 0; i != tables.size(); ++i)
    if (tables[i] == 0 || tables[i] % kAlignment != 0)
      return makeError("table ", i, " ('", manifest.tables[i].name,
                       "') is attached at address ", tables[i],
                       "; give device memory aligned to ", kAlignment,
                       " bytes");
  return {};
}

namespace {

/// An array that a launch is given.
struct Array {
  const char *name;
  DevicePtr address;
  DevicePtr alignment;
  bool required;
};

} // namespace

static Status checkArray(const Array &array) {
  if (array.required && array.address == 0)
    return makeError(array.name, " has address 0; give device memory");
  if (array.address % array.alignment != 0)
    return makeError(array.name, " has address ", array.address,
                     ", which is not aligned to ", array.alignment, " bytes");
  return {};
}

/// Views alone, or values with one of offsets and lengths.
static Status checkForm(const BatchArguments &batch) {
  if (batch.views) {
    if (batch.values || batch.offsets || batch.lengths || batch.weights ||
        batch.keyStarts)
      return makeError("views are given together with values, offsets, "
                       "lengths, weights or keyStarts; give one or the other");
    return {};
  }
  if (batch.offsets && batch.lengths)
    return makeError("offsets and lengths are both given; give one of them");
  if (!batch.offsets && !batch.lengths)
    return makeError("offsets has address 0; give offsets, lengths or views");
  return {};
}

/// Whether the context has room for what must be converted.
static Status checkRoom(const BatchArguments &batch,
                        const ContextOptions &options) {
  const char *form = batch.views       ? "views"
                     : batch.lengths   ? "lengths"
                     : batch.keyStarts ? "keyStarts"
                                       : nullptr;
  if (!form)
    return {};
  if (options.maxBatch == 0 || (batch.views && options.maxLookups == 0))
    return makeError("the batch is given with ", form,
                     ", for which the context has no room; create it with ",
                     batch.views ? "maxBatch and maxLookups" : "maxBatch");
  if (batch.batchSize > options.maxBatch)
    return makeError(ErrorCode::limitExceeded, "the batch has ",
                     batch.batchSize, " samples, the context has room for ",
                     options.maxBatch, " given with ", form,
                     "; create it with a larger maxBatch");
  return {};
}

static Status checkCounts(const BatchArguments &batch,
                          const Manifest &manifest) {
  if (batch.batchSize < 0)
    return makeError("the batch size is ", batch.batchSize,
                     "; give 0 or more samples");
  if (batch.lookups < 0)
    return makeError("lookups is ", batch.lookups,
                     "; give the length of values");
  if (batch.values == 0 && batch.lookups != 0)
    return makeError("values has address 0, but there are ", batch.lookups,
                     " lookups; give device memory");
  int64_t bags;
  if (__builtin_mul_overflow(batch.batchSize, int64_t{manifest.jaggedFeatures},
                             &bags))
    bags = INT64_MAX;
  if (batch.keyStarts && (batch.bags < 0 || batch.bags > bags))
    return makeError("bags is ", batch.bags, "; give keyStarts[",
                     manifest.jaggedFeatures, "], 0 to ",
                     manifest.jaggedFeatures, " keys x ", batch.batchSize,
                     " samples");
  return {};
}

Status check(const BatchArguments &batch, const Manifest &manifest,
             const ContextOptions &options) {
  if (Status status = checkCounts(batch, manifest); !status)
    return status;
  if (Status status = checkForm(batch); !status)
    return status;
  if (Status status = checkRoom(batch, options); !status)
    return status;
  if (batch.outputStride < manifest.outputWidth ||
      batch.outputStride > INT32_MAX)
    return makeError("the output's rows are ", batch.outputStride,
                     " elements apart; give at least ", manifest.outputWidth,
                     " (the model's width), below 2^31");
  DevicePtr index = byteSize(manifest.indexType);
  // A batch without a single lookup has no weights either.
  bool weighted = manifest.weighted && batch.values != 0;
  for (const Array &array :
       {Array{"values", batch.values, index, false},
        Array{"offsets", batch.offsets, index, false},
        Array{"lengths", batch.lengths, index, false},
        Array{"weights", batch.weights, sizeof(float), weighted},
        Array{"keyStarts", batch.keyStarts, sizeof(int32_t), false},
        Array{"views", batch.views, alignof(KeyView), false},
        Array{"output", batch.output,
              static_cast<DevicePtr>(byteSize(batch.outputType)), true}})
    if (Status status = checkArray(array); !status)
      return status;
  return {};
}

} // namespace recflex
