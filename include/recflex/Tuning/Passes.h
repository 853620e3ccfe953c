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

#include "recflex/Tuning/ModuleTuning.h"

#include "mlir/Pass/Pass.h"

namespace recflex {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "recflex/Tuning/Passes.h.inc"

std::unique_ptr<mlir::Pass>
createEmbTuneLocalPass(MeasurerFactory factory,
                       EmbTuneLocalPassOptions options = {});
std::unique_ptr<mlir::Pass>
createEmbTuneOccupancyPass(MeasurerFactory factory,
                           EmbTuneOccupancyPassOptions options = {});

} // namespace recflex

#endif // RECFLEX_TUNING_PASSES_H
