//===- BatchFile.cpp - A batch in a safetensors file ----------------------===//

#include "recflex/Data/BatchFile.h"

#include "TextFields.h"
#include "recflex/Data/SafeTensors.h"

#include <cstring>

namespace recflex {

static constexpr const char *batchFormat = "recflex.batch.v1";

Status writeBatch(const Batch &batch, const std::string &path) {
  if (Status checked = batch.check(batch.numFeatures); !checked)
    return checked.error().in(path);
  std::vector<TensorInfo> tensors = {
      {"values", dtypeOf(batch.values.type), {batch.values.size()}},
      {"offsets", dtypeOf(batch.offsets.type), {batch.offsets.size()}}};
  if (!batch.weights.empty())
    tensors.push_back({"weights", DType::f32, {int64_t(batch.weights.size())}});
  Result<SafeTensorsWriter> writer = SafeTensorsWriter::create(
      path, std::move(tensors),
      {{"format", batchFormat},
       {"batch_size", std::to_string(batch.batchSize)},
       {"num_features", std::to_string(batch.numFeatures)}});
  if (!writer)
    return writer.error();
  for (const IndexArray *array : {&batch.values, &batch.offsets})
    if (Status put = writer->write(array->bytes.data(), array->bytes.size());
        !put)
      return put;
  if (Status put = writer->write(batch.weights.data(),
                                 batch.weights.size() * sizeof(float));
      !put)
    return put;
  return writer->commit();
}

namespace {
/// Looks at an I32 or I64 tensor as numbers, wherever its bytes stand.
struct IndexView {
  const std::byte *data;
  int64_t size;
  bool wide;

  int64_t operator[](int64_t i) const {
    if (wide) {
      int64_t value;
      std::memcpy(&value, data + i * 8, sizeof value);
      return value;
    }
    int32_t value;
    std::memcpy(&value, data + i * 4, sizeof value);
    return value;
  }
};
} // namespace

/// The one-dimensional index tensor of that name.
static Result<IndexView> viewIndices(const SafeTensors &file,
                                     std::string_view name) {
  const TensorView *view = file.find(name);
  if (!view)
    return makeError("has no tensor '", name,
                     "'; a batch file has values and offsets (or lengths)");
  if (view->type != DType::i32 && view->type != DType::i64)
    return makeError("tensor '", name, "' is ", toString(view->type),
                     " but must be I32 or I64");
  if (view->shape.size() != 1)
    return makeError("tensor '", name, "' has shape ", toString(view->shape),
                     " but must have one dimension");
  return IndexView{view->data, view->shape[0], view->type == DType::i64};
}

/// Copies indices, converted to `type`.
static Result<IndexArray> copyIndices(const IndexView &from, IndexType type,
                                      std::string_view name) {
  IndexArray to;
  to.type = type;
  to.resize(from.size);
  if (from.wide == (type == IndexType::i64)) {
    if (from.size > 0)
      std::memcpy(to.bytes.data(), from.data, to.bytes.size());
    return to;
  }
  for (int64_t i = 0; i < from.size; ++i) {
    int64_t value = from[i];
    if (!fits(type, value))
      return makeError("tensor '", name, "': ", name, "[", i, "] is ", value,
                       ", which does not fit the model's index type ",
                       toString(type), "; compile the model for i64");
    to.set(i, value);
  }
  return to;
}

/// Sums lengths up to offsets, which must end at `total`.
static Result<IndexArray> sumLengths(const IndexView &lengths, int64_t total,
                                     IndexType type) {
  if (!fits(type, total))
    return makeError("has ", total, " values, more than offsets of type ",
                     toString(type), " can count");
  IndexArray offsets;
  offsets.type = type;
  offsets.resize(lengths.size + 1);
  int64_t sum = 0;
  offsets.set(0, 0);
  for (int64_t i = 0; i < lengths.size; ++i) {
    int64_t length = lengths[i];
    if (length < 0 || length > total - sum)
      return makeError("lengths[", i, "] is ", length, " after a sum of ", sum,
                       "; lengths must not be negative, and must sum up to "
                       "the number of values, ",
                       total);
    sum += length;
    offsets.set(i + 1, sum);
  }
  return offsets;
}

/// A count from the metadata; nothing where the file has none.
static Result<std::optional<int64_t>> metadataCount(const SafeTensors &file,
                                                    const std::string &key) {
  auto entry = file.metadata().find(key);
  if (entry == file.metadata().end())
    return std::optional<int64_t>();
  std::optional<int64_t> count = parseNumber<int64_t>(entry->second);
  if (!count)
    return makeError("__metadata__ key '", key, "' is '", entry->second,
                     "', which is not a number");
  return count;
}

/// The batch size, from wherever the file tells it.
static Result<int64_t> findBatchSize(const SafeTensors &file, int64_t bags,
                                     int64_t features) {
  Result<std::optional<int64_t>> count = metadataCount(file, "batch_size");
  if (!count)
    return count.error();
  if (*count)
    return **count;
  if (const TensorView *view = file.find("batch_size")) {
    bool wide = view->type == DType::i64;
    if ((!wide && view->type != DType::i32) || view->elements() != 1)
      return makeError("tensor 'batch_size' is ", toString(view->type), " of ",
                       "shape ", toString(view->shape),
                       " but must be one I64 number");
    return IndexView{view->data, 1, wide}[0];
  }
  if (features < 1 || bags % features != 0)
    return makeError("has ", bags, " bags, which is no multiple of the ",
                     "model's ", features,
                     " features; it must hold features * samples bags");
  return bags / features;
}

static Result<Batch> readBatch(const SafeTensors &file, int64_t features,
                               IndexType type) {
  auto format = file.metadata().find("format");
  if (format != file.metadata().end() && format->second != batchFormat &&
      format->second.rfind("recflex.", 0) == 0)
    return makeError("has the format '", format->second, "' but must have '",
                     batchFormat, "'");
  Result<std::optional<int64_t>> stored = metadataCount(file, "num_features");
  if (!stored)
    return stored.error();

  Batch batch;
  batch.numFeatures = *stored ? **stored : features;
  Result<IndexView> values = viewIndices(file, "values");
  if (!values)
    return values.error();
  bool hasLengths = file.find("lengths");
  if (hasLengths && file.find("offsets"))
    return makeError("has both 'offsets' and 'lengths'; keep one of them");
  Result<IndexView> bounds =
      viewIndices(file, hasLengths ? "lengths" : "offsets");
  if (!bounds)
    return bounds.error();
  if (!hasLengths && bounds->size == 0)
    return makeError("tensor 'offsets' is empty; it must hold features * "
                     "samples + 1 numbers");

  Result<IndexArray> copied = copyIndices(*values, type, "values");
  if (!copied)
    return copied.error();
  batch.values = std::move(*copied);
  Result<IndexArray> offsets = hasLengths
                                   ? sumLengths(*bounds, values->size, type)
                                   : copyIndices(*bounds, type, "offsets");
  if (!offsets)
    return offsets.error();
  batch.offsets = std::move(*offsets);

  if (const TensorView *weights = file.find("weights")) {
    if (weights->type != DType::f32)
      return makeError("tensor 'weights' is ", toString(weights->type),
                       " but must be F32");
    if (weights->shape != TensorShape{values->size})
      return makeError("tensor 'weights' has shape ", toString(weights->shape),
                       " but values have ", toString({values->size}),
                       "; give one weight a value");
    batch.weights.resize(values->size);
    if (values->size > 0)
      std::memcpy(batch.weights.data(), weights->data, weights->bytes);
  }

  Result<int64_t> batchSize =
      findBatchSize(file, batch.offsets.size() - 1, batch.numFeatures);
  if (!batchSize)
    return batchSize.error();
  batch.batchSize = *batchSize;
  if (Status checked = batch.check(features); !checked)
    return checked.error();
  return batch;
}

Result<Batch> readBatch(const std::string &path, int64_t expectedFeatures,
                        IndexType expected) {
  Result<SafeTensors> file = SafeTensors::open(path);
  if (!file)
    return file.error();
  Result<Batch> batch = readBatch(*file, expectedFeatures, expected);
  if (!batch)
    return batch.error().in(path);
  return batch;
}

} // namespace recflex
