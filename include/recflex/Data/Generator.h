//===- Generator.h - Sample batches and tables from a seed ------*- C++ -*-===//
//
// The same seed gives the same bytes on every platform. Every (seed, batch,
// feature) draws from streams of its own, so that a feature's data does not
// depend on the features around it.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_DATA_GENERATOR_H
#define RECFLEX_DATA_GENERATOR_H

#include "recflex/Data/Batch.h"
#include "recflex/Data/ModelSpec.h"
#include "recflex/Support/Result.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace recflex {

/// How often each row of a table is looked up.
enum class Popularity : uint8_t {
  original, ///< in proportion to the cube root of a uniform number of its own
  zipf      ///< the k-th most popular row in proportion to k^-exponent
};

/// What stands in generated tables.
enum class TableFill : uint8_t {
  uniform, ///< uniform in [-1, 1), rounded to the row type
  integers ///< whole numbers from -4 to 4: exact in every row type
};

constexpr std::string_view toString(Popularity p) {
  return p == Popularity::original ? "original" : "zipf";
}
constexpr std::string_view toString(TableFill f) {
  return f == TableFill::uniform ? "uniform" : "integers";
}
template <>
inline std::optional<Popularity> parse<Popularity>(std::string_view name) {
  for (Popularity p : {Popularity::original, Popularity::zipf})
    if (toString(p) == name)
      return p;
  return std::nullopt;
}
template <>
inline std::optional<TableFill> parse<TableFill>(std::string_view name) {
  for (TableFill f : {TableFill::uniform, TableFill::integers})
    if (toString(f) == name)
      return f;
  return std::nullopt;
}

/// The steepest popularity that the generator takes: at 20, all but one in a
/// million lookups go to one row already.
constexpr double maxZipfExponent = 20;

struct GeneratorOptions {
  uint64_t seed = 0;
  Popularity popularity = Popularity::original;
  double zipfExponent = 1.0; ///< 0 (all rows alike) to maxZipfExponent
};

/// Draws batch number `batchNumber` of `batchSize` samples: bag lengths from
/// each feature's distribution, rows by their popularity (a bag may hold a row
/// twice). A model with weighted features gets one weight in [0, 1) a lookup,
/// for all features. Errors: options or model out of range, or more lookups
/// than the model's index type can count.
Result<Batch> generateBatch(const ModelSpec &model, int64_t batchSize,
                            int64_t batchNumber,
                            const GeneratorOptions &options);

/// Fills rows [firstRow, firstRow + numRows) of table number `tableNumber`
/// into `out`, numRows x table.width elements of table.type. An element is a
/// function of (seed, table number, row, column) alone.
void fillTable(const TableSpec &table, int64_t tableNumber, uint64_t seed,
               TableFill fill, void *out, int64_t firstRow, int64_t numRows);

} // namespace recflex

#endif // RECFLEX_DATA_GENERATOR_H
