//===- BatchStats.cpp - Statistics of sample batches ----------------------===//

#include "recflex/Analysis/BatchStats.h"

#include <algorithm>
#include <cmath>

namespace recflex {

namespace {
/// Sums over the bags of one feature.
struct Sums {
  double bags = 0, lookups = 0, squares = 0, present = 0, distinct = 0;
  int64_t longest = 0;
};
} // namespace

/// Distinct values in values[begin, end).
static int64_t countDistinct(const IndexArray &values, int64_t begin,
                             int64_t end, std::vector<int64_t> &scratch) {
  scratch.clear();
  for (int64_t i = begin; i < end; ++i)
    scratch.push_back(values[i]);
  std::sort(scratch.begin(), scratch.end());
  return std::unique(scratch.begin(), scratch.end()) - scratch.begin();
}

std::vector<emb::BagStats> measureBags(const std::vector<Batch> &batches,
                                       int64_t numFeatures) {
  std::vector<Sums> sums(numFeatures);
  std::vector<int64_t> scratch;
  double samples = 0;
  for (const Batch &batch : batches) {
    samples += static_cast<double>(batch.batchSize);
    for (int64_t f = 0; f < numFeatures; ++f) {
      Sums &sum = sums[f];
      int64_t first = f * batch.batchSize;
      for (int64_t s = 0; s < batch.batchSize; ++s) {
        int64_t length =
            batch.offsets[first + s + 1] - batch.offsets[first + s];
        sum.bags += 1;
        sum.lookups += static_cast<double>(length);
        sum.squares += static_cast<double>(length) * static_cast<double>(length);
        sum.present += length > 0;
        sum.longest = std::max(sum.longest, length);
      }
      sum.distinct += static_cast<double>(
          countDistinct(batch.values, batch.offsets[first],
                        batch.offsets[first + batch.batchSize], scratch));
    }
  }

  std::vector<emb::BagStats> stats(numFeatures);
  double count = static_cast<double>(batches.size());
  for (int64_t f = 0; f < numFeatures; ++f) {
    const Sums &sum = sums[f];
    if (sum.bags == 0)
      continue;
    stats[f].mean = sum.lookups / sum.bags;
    double variance = sum.squares / sum.bags - stats[f].mean * stats[f].mean;
    stats[f].stddev = std::sqrt(std::max(0.0, variance));
    stats[f].max = sum.longest;
    stats[f].coverage = sum.present / sum.bags;
    stats[f].distinct = sum.distinct / count;
    stats[f].batch = static_cast<int64_t>(samples / count);
  }
  return stats;
}

} // namespace recflex
