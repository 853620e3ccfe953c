//===- Passes.h - Tuning as passes ------------------------------*- C++ -*-===//
//
// The tuner in the pipeline of any compiler. The passes that are registered
// tune with the cost model; a compiler that can measure creates them with a
// factory of its own:
//
//   pm.addPass(createEmbTuneOccupancyPass(
//       [](const MeasurerRequest &request)
//           -> Result<std::unique_ptr<Measurer>> {
//         return std::make_unique<MyMeasurer>(request.module);
//       },
//       options));
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_TUNING_PASSES_H
#define RECFLEX_TUNING_PASSES_H

#include "recflex/Tuning/Trials.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

#include <functional>

namespace recflex {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "recflex/Tuning/Passes.h.inc"

/// What a pass wants a measurer for. It outlives the measurer.
struct MeasurerRequest {
  mlir::ModuleOp module; ///< every lookup has statistics; not to be changed
  const TuningProblem &problem;
  int64_t threads; ///< a block, by the pass's option; 0: as the measurer likes
  int64_t blocks;  ///< a multiprocessor; likewise
};

/// Makes the measurer of one run of a pass. An error fails the pass.
using MeasurerFactory =
    std::function<Result<std::unique_ptr<Measurer>>(const MeasurerRequest &)>;

/// Makes the cost model, for 128 threads and 10 blocks unless others are asked
/// for.
Result<std::unique_ptr<Measurer>>
createCostModel(const MeasurerRequest &request);

std::unique_ptr<mlir::Pass>
createEmbTuneLocalPass(MeasurerFactory factory,
                       EmbTuneLocalPassOptions options = {});
std::unique_ptr<mlir::Pass>
createEmbTuneOccupancyPass(MeasurerFactory factory,
                           EmbTuneOccupancyPassOptions options = {});

} // namespace recflex

#endif // RECFLEX_TUNING_PASSES_H
