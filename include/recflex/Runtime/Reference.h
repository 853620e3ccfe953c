//===- Reference.h - Plain loops that all results must match ----*- C++ -*-===//

#ifndef RECFLEX_RUNTIME_REFERENCE_H
#define RECFLEX_RUNTIME_REFERENCE_H

#include "recflex/Data/Batch.h"
#include "recflex/Runtime/Manifest.h"
#include "recflex/Support/Result.h"

#include <cstddef>
#include <vector>

namespace recflex {

/// Pools every feature of `batch` in double precision and rounds once.
/// `tables[i]` points at rows x width elements of the manifest's table i.
/// Returns [batchSize, outputWidth], row-major; columns that no feature writes
/// are 0. Sum is sum(w * row), mean the same divided by the bag's length (not
/// by its weights), where w is 1 for a feature that is not weighted; max takes
/// no weights; an empty bag gives 0. Runs on all CPU cores.
/// `manifest` has passed check(). Errors: the batch does not fit the manifest;
/// an index outside its table (names feature, sample, position and value).
Result<std::vector<float>>
poolReference(const Manifest &manifest, const std::vector<const void *> &tables,
              const Batch &batch);

/// Largest Comparison::relativeNorm that rounding explains: sums of a few
/// thousand f32 rows, in whatever order, differ by some 1e-6, and by up to 3e-5
/// where a bag repeats one row. A wrong row differs by far more.
constexpr double kRoundingTolerance = 5e-5;

/// How far `actual` is from `expected`, over all elements. `scale` is the root
/// mean square of `expected`. NaN, or a difference where `expected` is all 0,
/// counts as infinitely far; so do arrays of different sizes.
struct Comparison {
  double maxRelativeError = 0; ///< max |a - e| / max(|e|, 1e-3 scale)
  double relativeNorm = 0;     ///< ||a - e|| / ||e||
  int64_t mismatches = 0;      ///< elements that differ at all (NaN differs)
  int64_t firstMismatch = -1;  ///< flat position of the worst element, or -1
};
Comparison compare(const std::vector<float> &actual,
                   const std::vector<float> &expected);

} // namespace recflex

#endif // RECFLEX_RUNTIME_REFERENCE_H
