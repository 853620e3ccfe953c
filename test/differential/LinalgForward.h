//===- LinalgForward.h - A batch by linalg on the CPU -----------*- C++ -*-===//

#ifndef RECFLEX_TEST_DIFFERENTIAL_LINALGFORWARD_H
#define RECFLEX_TEST_DIFFERENTIAL_LINALGFORWARD_H

#include "recflex/Data/Batch.h"

#include "mlir/IR/BuiltinOps.h"

namespace recflex {

/// Lowers `module`, as importModel() made it, by -convert-emb-to-linalg and
/// upstream passes, compiles it for this CPU and pools the batch: [batchSize,
/// outputWidth]. The module stays as it is. `tables` are as the function takes
/// them.
Result<std::vector<float>> poolByLinalg(mlir::ModuleOp module,
                                        llvm::ArrayRef<const void *> tables,
                                        const Batch &batch,
                                        int64_t outputWidth);

} // namespace recflex

#endif // RECFLEX_TEST_DIFFERENTIAL_LINALGFORWARD_H
