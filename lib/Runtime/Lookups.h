//===- Lookups.h - Checks that host code makes of a batch -------*- C++ -*-===//

#ifndef RECFLEX_LIB_RUNTIME_LOOKUPS_H
#define RECFLEX_LIB_RUNTIME_LOOKUPS_H

#include "recflex/Data/Batch.h"
#include "recflex/Runtime/Manifest.h"

namespace recflex {

/// Checks that `batch` fits `manifest`: its own check, the number of features,
/// the index type, weights where some feature takes them.
inline Status checkBatch(const Manifest &manifest, const Batch &batch) {
  if (Status status = batch.check(manifest.jaggedFeatures); !status)
    return status;
  // The kernels read offsets and values with one type.
  for (const IndexArray *array : {&batch.values, &batch.offsets})
    if (array->type != manifest.indexType)
      return makeError(array == &batch.values ? "values" : "offsets", " are ",
                       toString(array->type), ", the model was compiled for ",
                       toString(manifest.indexType),
                       "; convert the batch or recompile");
  if (manifest.weighted && batch.weights.empty() && batch.values.size() != 0)
    return makeError("the model has weighted features, the batch no weights; "
                     "give one weight a lookup");
  return {};
}

/// The message for `values[position]`, a lookup of feature `f`, sample
/// `sample`, that names no row of the feature's table.
inline Error indexError(const Manifest &manifest, const ManifestFeature &f,
                        const Batch &batch, int64_t sample, int64_t position) {
  const ManifestTable &table = manifest.tables[f.table];
  return makeError("feature '", f.name, "' (", f.key, "), sample ", sample,
                   ", position ", position, ": index ", batch.values[position],
                   " is outside table '", table.name, "' of ", table.rows,
                   " rows");
}

} // namespace recflex

#endif // RECFLEX_LIB_RUNTIME_LOOKUPS_H
