//===- RandomModel.cpp - A model, its schedules and a batch, at random ----===//

#include "RandomModel.h"

#include <algorithm>

namespace recflex {

/// Elements pooled a model: keeps one model under a second, and still lets bags
/// of 3,000 rows and rows of 1,024 columns occur.
static constexpr int64_t kElementBudget = 3'000'000;

RandomModel::RandomModel(uint64_t seed) : engine(seed) {
  spec.name = "random";
  spec.indexType = draw(0, 1) ? IndexType::i64 : IndexType::i32;
  threads = draw(0, 1) ? 32 << draw(1, 4) : 32 * draw(1, 12);
  blocks = std::max<int64_t>(1, 640 / threads);
  drawTables();
  drawFeatures();
  drawBatch();
  fixedBinding = draw(0, 1);
}

int64_t RandomModel::draw(int64_t low, int64_t high) {
  // Not std::uniform_int_distribution: it differs between libraries, and a seed
  // must mean the same model everywhere.
  return low + static_cast<int64_t>(engine() % (high - low + 1));
}

/// Widths that people use, odd ones, and anything.
int64_t RandomModel::drawWidth() {
  switch (draw(0, 3)) {
  case 0:
    return int64_t(1) << draw(0, 10);
  case 1:
    return 4 * draw(1, 32);
  case 2:
    return draw(1, 33);
  default:
    return draw(1, 1024);
  }
}

void RandomModel::drawTables() {
  int64_t count = draw(1, 12);
  for (int64_t i = 0; i < count; ++i) {
    TableSpec table;
    table.name = "t" + std::to_string(i);
    table.rows = draw(0, 4) == 0 ? 1 : draw(2, 3000);
    table.width = drawWidth();
    table.type = static_cast<RowType>(draw(0, 2));
    spec.tables.push_back(table);
  }
}

void RandomModel::drawFeatures() {
  // Many features seldom, and large batches: they take most of the time, and
  // show little more.
  int64_t count = draw(0, 3) == 0 ? 1 : draw(2, draw(0, 3) ? 10 : 40);
  for (int64_t i = 0; i < count; ++i) {
    FeatureSpec feature;
    feature.name = "f" + std::to_string(i);
    feature.table = draw(0, spec.tables.size() - 1);
    feature.pooling = static_cast<Pooling>(draw(0, 2));
    feature.weighted = feature.pooling != Pooling::max && draw(0, 3) == 0;
    spec.features.push_back(feature);
  }
}

void RandomModel::drawBatch() {
  batch.numFeatures = spec.features.size();
  batch.batchSize = draw(0, 4) == 0 ? 1 : draw(1, draw(0, 4) ? 40 : 600);
  batch.values.type = batch.offsets.type = spec.indexType;
  batch.offsets.append(0);
  int64_t share = kElementBudget / batch.numFeatures;
  for (const FeatureSpec &feature : spec.features) {
    const TableSpec &table = spec.tables[feature.table];
    int64_t budget = share / table.width;
    // The kind of bags: all empty, one-hot, short, long, or one very long.
    int64_t kind = draw(0, 5);
    int64_t hot = draw(0, batch.batchSize - 1);
    for (int64_t s = 0; s < batch.batchSize; ++s) {
      int64_t length = 0;
      if (kind == 1)
        length = draw(0, 1);
      else if (kind == 2)
        length = draw(0, 12);
      else if (kind == 3)
        length = draw(0, 2) ? draw(0, 100) : 0;
      else if (kind == 4)
        length = draw(0, 3000);
      else if (kind == 5)
        length = s == hot ? 3000 : draw(0, 3);
      length = std::min(length, budget);
      budget -= length;
      int64_t repeated = draw(0, table.rows - 1);
      bool repeats = draw(0, 9) == 0;
      for (int64_t i = 0; i < length; ++i)
        batch.values.append(repeats ? repeated : draw(0, table.rows - 1));
      batch.offsets.append(batch.values.size());
    }
  }
  if (spec.hasWeights())
    for (int64_t i = 0; i < batch.values.size(); ++i)
      batch.weights.push_back(static_cast<float>(draw(-2, 2)));
}

} // namespace recflex
