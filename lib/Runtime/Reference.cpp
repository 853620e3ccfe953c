//===- Reference.cpp - The plain loops that every result must match -------===//

#include "recflex/Runtime/Reference.h"

#include "Lookups.h"
#include "recflex/Support/HalfFloat.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <thread>

namespace recflex {

/// Widens the elements at `from` to double precision.
static void loadRow(const char *from, RowType type, std::vector<double> &row) {
  for (double &value : row) {
    value = readElement(from, type);
    from += byteSize(type);
  }
}

namespace {
/// Pools one feature of a batch into its columns of the output.
class FeaturePooler {
public:
  FeaturePooler(const Manifest &manifest, const ManifestFeature &feature,
                const void *rows, const Batch &batch, float *output)
      : manifest(manifest), feature(feature),
        table(manifest.tables[feature.table]),
        rows(static_cast<const char *>(rows)), batch(batch), output(output),
        row(table.width), pooled(table.width) {}

  Status run() {
    for (int64_t sample = 0; sample != batch.batchSize; ++sample) {
      int64_t bag = feature.key * batch.batchSize + sample;
      int64_t begin = batch.offsets[bag], end = batch.offsets[bag + 1];
      std::fill(pooled.begin(), pooled.end(), 0.0);
      for (int64_t i = begin; i != end; ++i) {
        int64_t index = batch.values[i];
        if (index < 0 || index >= table.rows)
          return indexError(manifest, feature, batch, sample, i);
        addRow(index, feature.weighted ? batch.weights[i] : 1.0, i == begin);
      }
      double scale = feature.pooling == Pooling::mean && end != begin
                         ? static_cast<double>(end - begin)
                         : 1.0;
      float *to = output + sample * manifest.outputWidth + feature.column;
      for (int64_t d = 0; d != table.width; ++d)
        to[d] = static_cast<float>(pooled[d] / scale);
    }
    return {};
  }

private:
  const Manifest &manifest;
  const ManifestFeature &feature;
  const ManifestTable &table;
  const char *rows;
  const Batch &batch;
  float *output;
  std::vector<double> row, pooled;

  void addRow(int64_t index, double weight, bool first) {
    loadRow(rows + index * table.width * byteSize(table.type), table.type, row);
    if (first && feature.pooling == Pooling::max)
      pooled = row;
    else if (feature.pooling == Pooling::max)
      for (int64_t d = 0; d != table.width; ++d)
        pooled[d] = std::max(pooled[d], row[d]);
    else
      for (int64_t d = 0; d != table.width; ++d)
        pooled[d] += weight * row[d];
  }
};
} // namespace

Result<std::vector<float>>
poolReference(const Manifest &manifest, const std::vector<const void *> &tables,
              const Batch &batch) {
  if (tables.size() != manifest.tables.size())
    return makeError(tables.size(), " tables are given, the model has ",
                     manifest.tables.size());
  for (size_t i = 0; i != tables.size(); ++i)
    if (!tables[i])
      return makeError("table ", i, " ('", manifest.tables[i].name,
                       "') has no rows in memory");
  if (Status status = checkBatch(manifest, batch); !status)
    return status.error();
  int64_t elements;
  if (__builtin_mul_overflow(batch.batchSize, manifest.outputWidth, &elements))
    return makeError("an output of ", batch.batchSize, " x ",
                     manifest.outputWidth, " does not fit memory");

  std::vector<float> output(elements);
  size_t count = manifest.features.size();
  std::vector<Status> outcomes(count);
  std::atomic<size_t> next{0};
  auto work = [&] {
    for (size_t i = next++; i < count; i = next++) {
      const ManifestFeature &f = manifest.features[i];
      outcomes[i] =
          FeaturePooler(manifest, f, tables[f.table], batch, output.data())
              .run();
    }
  };
  std::vector<std::thread> threads;
  size_t helpers = std::min<size_t>(std::thread::hardware_concurrency(), count);
  for (size_t i = 1; i < helpers; ++i)
    threads.emplace_back(work);
  work();
  for (std::thread &thread : threads)
    thread.join();

  // The first feature's error, whichever thread was quicker.
  for (const Status &outcome : outcomes)
    if (!outcome)
      return outcome.error();
  return output;
}

Comparison compare(const std::vector<float> &actual,
                   const std::vector<float> &expected) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Comparison result;
  if (actual.size() != expected.size()) {
    result.maxRelativeError = result.relativeNorm = infinity;
    result.mismatches = std::max(actual.size(), expected.size());
    result.firstMismatch = std::min(actual.size(), expected.size());
    return result;
  }

  double squares = 0;
  for (float e : expected)
    squares += static_cast<double>(e) * e;
  double scale = expected.empty() ? 0 : std::sqrt(squares / expected.size());
  double smallest = std::isfinite(scale) ? 1e-3 * scale : 0;

  double differences = 0;
  for (size_t i = 0; i != expected.size(); ++i) {
    if (actual[i] == expected[i]) // never true of NaN
      continue;
    ++result.mismatches;
    double difference = std::fabs(static_cast<double>(actual[i]) - expected[i]);
    differences += difference * difference;
    double error =
        difference /
        std::max(std::fabs(static_cast<double>(expected[i])), smallest);
    if (!std::isfinite(error)) // NaN, an infinity, or a result where 0 belongs
      error = infinity;
    if (result.firstMismatch < 0 || error > result.maxRelativeError) {
      result.maxRelativeError = error;
      result.firstMismatch = i;
    }
  }
  if (result.mismatches != 0)
    result.relativeNorm = std::sqrt(differences / squares);
  if (!std::isfinite(result.relativeNorm))
    result.relativeNorm = infinity;
  return result;
}

} // namespace recflex
