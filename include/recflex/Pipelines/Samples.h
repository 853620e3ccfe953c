//===- Samples.h - A model's statistics from sample batches -----*- C++ -*-===//

#ifndef RECFLEX_PIPELINES_SAMPLES_H
#define RECFLEX_PIPELINES_SAMPLES_H

#include "recflex/Data/Batch.h"

#include "mlir/IR/BuiltinOps.h"

#include <string>
#include <vector>

namespace recflex {

/// The jagged input of the model's function: features and index type.
struct JaggedInput {
  int64_t features = 0;
  IndexType indexType = IndexType::i32;
};
Result<JaggedInput> findJaggedInput(mlir::ModuleOp module);

/// Reads sample batches for that input.
Result<std::vector<Batch>> readSamples(const std::vector<std::string> &paths,
                                       const JaggedInput &jagged);

/// Attaches the statistics of `batches` to the lookups of `module`.
void attachStats(mlir::ModuleOp module, const std::vector<Batch> &batches);

} // namespace recflex

#endif // RECFLEX_PIPELINES_SAMPLES_H
