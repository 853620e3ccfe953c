//===- RandomModel.h - A model, its schedules and a batch, at random ------===//

#ifndef RECFLEX_TEST_DIFFERENTIAL_RANDOMMODEL_H
#define RECFLEX_TEST_DIFFERENTIAL_RANDOMMODEL_H

#include "recflex/Data/Batch.h"
#include "recflex/Data/ModelSpec.h"

#include <random>

namespace recflex {

/// Draws models of 1 to 40 features with every type, pooling and width from 1
/// to 1024, and batches of 1 to 600 samples with bags of 0 to 3,000 rows.
class RandomModel {
public:
  explicit RandomModel(uint64_t seed);

  ModelSpec spec;
  Batch batch;
  int64_t threads = 128; ///< a block
  int64_t blocks = 1;    ///< a multiprocessor
  bool fixedBinding = false;

  /// A number from `low` to `high`, both included.
  int64_t draw(int64_t low, int64_t high);

private:
  void drawTables();
  void drawFeatures();
  void drawBatch();
  int64_t drawWidth();

  std::mt19937_64 engine;
};

} // namespace recflex

#endif // RECFLEX_TEST_DIFFERENTIAL_RANDOMMODEL_H
