//===- TextBatch.h - The original RecFlex's text batches --------*- C++ -*-===//

#ifndef RECFLEX_DATA_TEXTBATCH_H
#define RECFLEX_DATA_TEXTBATCH_H

#include "recflex/Data/Batch.h"

#include <string>
#include <vector>

namespace recflex {

/// Reads a folder of batches as the original RecFlex keeps them. `f0.txt`,
/// `f1.txt`, ... hold one sample a line: row numbers with commas between them,
/// or nothing for an empty bag. `batch_sizes.txt` holds one batch size a line;
/// the batches are consecutive lines of every file. Errors name file and line.
Result<std::vector<Batch>> readTextBatches(const std::string &folder,
                                           int64_t numFeatures,
                                           IndexType indexType);

} // namespace recflex

#endif // RECFLEX_DATA_TEXTBATCH_H
