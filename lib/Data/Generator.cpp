//===- Generator.cpp - Sample batches and tables from a seed --------------===//

#include "recflex/Data/Generator.h"

#include "BagSampler.h"
#include "RowSampler.h"
#include "recflex/Data/ModelLimits.h"
#include "recflex/Data/Random.h"
#include "recflex/Support/HalfFloat.h"

#include <cstring>

namespace recflex {

/// What a stream or a hash is for, so that no two uses share numbers.
namespace {
enum class Purpose : uint64_t { lengths, rows, weights, popularity, elements };
} // namespace

static RandomStream streamOf(Purpose purpose, uint64_t seed, int64_t batch,
                             int64_t feature) {
  return RandomStream(mixKeys(seed, purpose, batch, feature));
}

static Status checkRequest(const ModelSpec &model, int64_t batchSize,
                           const GeneratorOptions &options) {
  if (batchSize < 1 || batchSize > maxBatchSize)
    return makeError("the batch size is ", batchSize, " but must be from 1 to ",
                     maxBatchSize);
  if (!(options.zipfExponent >= 0 && options.zipfExponent <= maxZipfExponent))
    return makeError("the zipf exponent is ", options.zipfExponent,
                     " but must be from 0 to ", maxZipfExponent);
  if (int64_t(model.features.size()) > maxFeatures)
    return makeError("the model has ", model.features.size(),
                     " features; at most ", maxFeatures, " are allowed");
  for (const FeatureSpec &feature : model.features) {
    if (feature.table < 0 || feature.table >= int64_t(model.tables.size()))
      return makeError("feature '", feature.name, "' uses table number ",
                       feature.table, " of ", model.tables.size());
    const TableSpec &table = model.tables[feature.table];
    if (table.rows < 1 || table.rows > maxTableRows)
      return makeError("table '", table.name, "' has ", table.rows,
                       " rows but must have from 1 to ", maxTableRows);
    if (!fitsIndexType(table, model.indexType))
      return makeError("table '", table.name, "' has ", table.rows,
                       " rows, too many for indices of type ",
                       toString(model.indexType), "; use i64");
  }
  return {};
}

/// Draws all bag lengths, as offsets.
static Status drawOffsets(const ModelSpec &model, int64_t batchNumber,
                          uint64_t seed, Batch &batch) {
  // i64 offsets never end: 2^40 lookups are 8 TiB, which is a mistake.
  int64_t limit =
      model.indexType == IndexType::i32 ? INT32_MAX : int64_t(1) << 40;
  batch.offsets.resize(batch.numFeatures * batch.batchSize + 1);
  int64_t total = 0;
  int64_t position = 0;
  batch.offsets.set(position++, 0);
  for (int64_t f = 0; f < batch.numFeatures; ++f) {
    const FeatureSpec &feature = model.features[f];
    RandomStream stream = streamOf(Purpose::lengths, seed, batchNumber, f);
    for (int64_t s = 0; s < batch.batchSize; ++s) {
      total += drawBagLength(feature.bags, stream);
      if (total > limit)
        return makeError(
            "feature '", feature.name, "', sample ", s, ": the batch passes ",
            limit, " lookups, more than indices of type ",
            toString(model.indexType), " allow; ask for fewer samples");
      batch.offsets.set(position++, total);
    }
  }
  return {};
}

/// Draws `count` rows of a table into `out`.
template <typename Index, typename Sampler>
static void drawRows(const Sampler &sampler, RandomStream stream, int64_t count,
                     std::byte *out) {
  for (int64_t i = 0; i < count; ++i) {
    Index row = static_cast<Index>(sampler.draw(stream));
    std::memcpy(out + i * sizeof(Index), &row, sizeof(Index));
  }
}

template <typename Sampler>
static void drawRows(IndexType type, const Sampler &sampler,
                     RandomStream stream, int64_t count, std::byte *out) {
  if (type == IndexType::i32)
    drawRows<int32_t>(sampler, stream, count, out);
  else
    drawRows<int64_t>(sampler, stream, count, out);
}

Result<Batch> generateBatch(const ModelSpec &model, int64_t batchSize,
                            int64_t batchNumber,
                            const GeneratorOptions &options) {
  if (Status checked = checkRequest(model, batchSize, options); !checked)
    return checked.error();
  Batch batch;
  batch.batchSize = batchSize;
  batch.numFeatures = model.features.size();
  batch.values.type = model.indexType;
  batch.offsets.type = model.indexType;
  if (Status drawn = drawOffsets(model, batchNumber, options.seed, batch);
      !drawn)
    return drawn.error();

  int64_t lookups = batch.offsets[batch.numFeatures * batchSize];
  batch.values.resize(lookups);
  if (model.hasWeights())
    batch.weights.resize(lookups);
  for (int64_t f = 0; f < batch.numFeatures; ++f) {
    int64_t begin = batch.offsets[f * batchSize];
    int64_t count = batch.offsets[(f + 1) * batchSize] - begin;
    int64_t tableNumber = model.features[f].table;
    int64_t rows = model.tables[tableNumber].rows;
    uint64_t key = mixKeys(options.seed, Purpose::popularity, tableNumber);
    RandomStream stream = streamOf(Purpose::rows, options.seed, batchNumber, f);
    std::byte *out =
        batch.values.bytes.data() + begin * byteSize(model.indexType);
    if (options.popularity == Popularity::original)
      drawRows(model.indexType, CubeRootSampler(key, rows), stream, count, out);
    else
      drawRows(model.indexType, ZipfSampler(key, rows, options.zipfExponent),
               stream, count, out);
    if (batch.weights.empty())
      continue;
    RandomStream weights =
        streamOf(Purpose::weights, options.seed, batchNumber, f);
    for (int64_t i = begin; i < begin + count; ++i)
      batch.weights[i] = unitFloat(weights.next());
  }
  return batch;
}

/// The element of that number, of a table of that key.
static float elementOf(uint64_t key, uint64_t number, TableFill fill) {
  uint64_t bits = mix(key ^ (number * goldenStep));
  if (fill == TableFill::uniform)
    return unitFloat(bits) * 2 - 1;
  // Nine numbers out of 2^32 parts: 2^32 is no multiple of nine, which makes
  // some of them more frequent by one part in 4e8.
  return static_cast<float>(static_cast<int64_t>((bits >> 32) * 9 >> 32) - 4);
}

template <typename Element, typename Convert>
static void fillElements(uint64_t key, TableFill fill, int64_t first,
                         int64_t count, void *out, Convert convert) {
  Element *elements = static_cast<Element *>(out);
  for (int64_t i = 0; i < count; ++i)
    elements[i] = convert(elementOf(key, first + i, fill));
}

void fillTable(const TableSpec &table, int64_t tableNumber, uint64_t seed,
               TableFill fill, void *out, int64_t firstRow, int64_t numRows) {
  uint64_t key = mixKeys(seed, Purpose::elements, tableNumber);
  int64_t first = firstRow * table.width;
  int64_t count = numRows * table.width;
  switch (table.type) {
  case RowType::f32:
    return fillElements<float>(key, fill, first, count, out,
                               [](float value) { return value; });
  case RowType::f16:
    return fillElements<uint16_t>(key, fill, first, count, out, f32ToF16);
  case RowType::bf16:
    return fillElements<uint16_t>(key, fill, first, count, out, f32ToBF16);
  }
}

} // namespace recflex
