//===- ModelSpec.h - A model's tables and features --------------*- C++ -*-===//
//
// What the embedding layer of a model consists of, independent of any file
// format: read from JSON or from the original RecFlex configuration files,
// turned into `emb` IR by `recflex import`, and sampled by `recflex generate`.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_DATA_MODELSPEC_H
#define RECFLEX_DATA_MODELSPEC_H

#include "recflex/Support/Types.h"

#include <cstdint>
#include <string>
#include <vector>

namespace recflex {

/// One embedding table: `rows` x `width` elements, row-major.
struct TableSpec {
  std::string name;
  int64_t rows = 0;
  int64_t width = 0;
  RowType type = RowType::f32;
};

/// How many rows a sample of a feature looks up. `coverage` is the share of
/// samples in which the feature is present at all; the others are empty bags.
struct BagDistribution {
  enum class Kind {
    oneHot,       ///< exactly one row
    fixed,        ///< exactly `hotness` rows
    normal,       ///< normal(mean, stddev) truncated to [0, max]
    normalOneSide ///< normal(mean, stddev) truncated to [0, infinity)
  };
  Kind kind = Kind::oneHot;
  double coverage = 1.0;
  int64_t hotness = 1;
  double mean = 0.0;
  double stddev = 0.0;
  int64_t max = 0;
};

/// One feature: a column of bags, pooled from one table.
struct FeatureSpec {
  std::string name;
  int64_t table = 0; ///< index into ModelSpec::tables
  Pooling pooling = Pooling::sum;
  bool weighted = false; ///< per-sample weights multiply the rows
  BagDistribution bags;
};

/// A model's embedding layer. Features stand in the order of the jagged input
/// and of the output's columns.
struct ModelSpec {
  std::string name;
  IndexType indexType = IndexType::i32;
  std::vector<TableSpec> tables;
  std::vector<FeatureSpec> features;

  bool hasWeights() const {
    for (const FeatureSpec &f : features)
      if (f.weighted)
        return true;
    return false;
  }
};

} // namespace recflex

#endif // RECFLEX_DATA_MODELSPEC_H
