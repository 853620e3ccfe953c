//===- PaletteModel.h - A model as palettes see it --------------*- C++ -*-===//

#ifndef RECFLEX_TUNING_PALETTES_PALETTEMODEL_H
#define RECFLEX_TUNING_PALETTES_PALETTEMODEL_H

#include "recflex/Conversion/EmbToGPU/KernelPlan.h"
#include "recflex/Runtime/Manifest.h"

#include "mlir/IR/BuiltinOps.h"

namespace recflex {

/// The features of a model's one fused lookup, in its order.
struct PaletteModel {
  struct Feature {
    size_t lookup = 0; ///< number of the emb.lookup in the module
    size_t shape = 0;  ///< index into `shapes`
    int64_t longestBag = 0; ///< in the statistics
    /// What -emb-select-schedules would give it.
    emb::ScheduleAttrInterface untuned;
  };
  std::vector<Feature> features;
  std::vector<BodyShape> shapes; ///< no two alike
  /// With the untuned schedules.
  Manifest manifest;

  /// Of `module`, emb IR with statistics, which stays as it is; for blocks of
  /// `threads` threads, bound as `binding` says: MeasurerRequest. Errors as of
  /// lowerModel(); details in the diagnostics.
  static mlir::FailureOr<PaletteModel>
  build(mlir::ModuleOp module, llvm::StringRef chip, int64_t threads,
        std::optional<emb::BindingKind> binding = {});
};

} // namespace recflex

#endif // RECFLEX_TUNING_PALETTES_PALETTEMODEL_H
