//===- Malformed.h - Batches that are wrong on purpose ----------*- C++ -*-===//
//
// Plants bad indices and offsets, and says on the host what a checked launch
// must then report and pool: by plain loops that share nothing with kernels.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_SERVING_MALFORMED_H
#define RECFLEX_SERVING_MALFORMED_H

#include "recflex/Data/Batch.h"
#include "recflex/Runtime/FaultReport.h"

namespace recflex {

/// `batch`, which is right, with some indices outside their tables and some
/// offsets that decrease or lie outside the values: at least one of them. The
/// same seed gives the same batch. A batch of no samples or a model of no
/// features is left as it is.
Batch plantFaults(const Manifest &manifest, Batch batch, uint64_t seed);

/// Every fault of `batch`, sorted, as FaultReport counts them: an index
/// outside its table once for each feature that looks it up, bounds that are
/// bad once for each feature of the key.
std::vector<Fault> findFaults(const Manifest &manifest, const Batch &batch);

/// A right batch, whose features have a key each, that pools what is right in a
/// malformed one: bags with bad bounds are empty and bad indices are left out,
/// with all of their bag where the checks say so.
struct RepairedInput {
  Manifest manifest; ///< for `batch`; the same outputs
  Batch batch;
  std::vector<int64_t> lengths; ///< of bags [feature, sample], bad indices too
};
RepairedInput repair(const Manifest &manifest, const Batch &batch,
                     InputChecks checks);

/// What a launch with `checks` must pool, in double precision, like
/// poolReference(). An index that reads as a row of zeros counts in the length
/// that a mean divides by, and a maximum is then at least 0.
Result<std::vector<float>>
poolRepaired(const RepairedInput &repaired,
             const std::vector<const void *> &tables);

} // namespace recflex

#endif // RECFLEX_SERVING_MALFORMED_H
