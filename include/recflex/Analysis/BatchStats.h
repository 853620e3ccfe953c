//===- BatchStats.h - Statistics of sample batches --------------*- C++ -*-===//

#ifndef RECFLEX_ANALYSIS_BATCHSTATS_H
#define RECFLEX_ANALYSIS_BATCHSTATS_H

#include "recflex/Data/Batch.h"
#include "recflex/Dialect/Emb/IR/LookupShape.h"

#include <vector>

namespace recflex {

/// Statistics of every feature over `batches`, which have passed Batch::check
/// for `numFeatures` features. Distinct rows and the batch size are means over
/// the batches.
std::vector<emb::BagStats> measureBags(const std::vector<Batch> &batches,
                                       int64_t numFeatures);

} // namespace recflex

#endif // RECFLEX_ANALYSIS_BATCHSTATS_H
