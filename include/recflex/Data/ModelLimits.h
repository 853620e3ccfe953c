//===- ModelLimits.h - What a model description may hold --------*- C++ -*-===//

#ifndef RECFLEX_DATA_MODELLIMITS_H
#define RECFLEX_DATA_MODELLIMITS_H

#include "recflex/Data/ModelSpec.h"

#include <cstdint>

namespace recflex {

/// The widest row that the schedules are made for.
constexpr int64_t maxTableWidth = 1024;

/// Rows of one table. 2^40 rows of 1024 f32 are 2^52 bytes, so that no product
/// of a model's sizes can overflow 63 bits.
constexpr int64_t maxTableRows = int64_t(1) << 40;

/// Lookups of one bag: means, deviations and maxima stay below it too.
constexpr int64_t maxHotness = int64_t(1) << 24;

/// Tables, and features, of one model, and the bytes that a `count` may bring
/// the names of either to: a model takes at most 64 MiB more than its file,
/// however short that is.
constexpr int64_t maxTables = 65536;
constexpr int64_t maxFeatures = 65536;
constexpr int64_t maxCountedNameBytes = int64_t(4) << 20;

/// Batches of one folder of text files.
constexpr int64_t maxTextBatches = 65536;

/// Samples of one batch.
constexpr int64_t maxBatchSize = int64_t(1) << 24;

/// Whether every row of `table` has a number of that type.
inline bool fitsIndexType(const TableSpec &table, IndexType type) {
  return type == IndexType::i64 || table.rows <= int64_t(1) << 31;
}

} // namespace recflex

#endif // RECFLEX_DATA_MODELLIMITS_H
