//===- BatchFile.h - A batch in a safetensors file --------------*- C++ -*-===//

#ifndef RECFLEX_DATA_BATCHFILE_H
#define RECFLEX_DATA_BATCHFILE_H

#include "recflex/Data/Batch.h"

#include <string>

namespace recflex {

/// Writes `batch`, which must pass its check(), as the tensors `values` and
/// `offsets` (I32 or I64), `weights` (F32) if it has any, and the metadata
/// `format`, `batch_size` and `num_features`.
Status writeBatch(const Batch &batch, const std::string &path);

/// Reads a batch for a model of `expectedFeatures` features that takes indices
/// of type `expected`; the batch passed its check(). The file may be
/// writeBatch()'s, or any with the tensors
///   values    [lookups], I32 or I64;
///   offsets   [features * samples + 1], or lengths [features * samples];
///   weights   [lookups], F32, optional.
/// The batch size comes from the metadata, or else from a tensor `batch_size`
/// of one element, or else from the number of offsets. Indices of the other
/// type are converted; one that does not fit is an error.
Result<Batch> readBatch(const std::string &path, int64_t expectedFeatures,
                        IndexType expected);

} // namespace recflex

#endif // RECFLEX_DATA_BATCHFILE_H
