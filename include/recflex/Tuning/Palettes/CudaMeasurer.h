//===- CudaMeasurer.h - Trials on GPU 0 -------------------------*- C++ -*-===//

#ifndef RECFLEX_TUNING_PALETTES_CUDAMEASURER_H
#define RECFLEX_TUNING_PALETTES_CUDAMEASURER_H

#include "recflex/Data/Batch.h"
#include "recflex/Runtime/HostTables.h"
#include "recflex/Tuning/ModuleTuning.h"

#include <functional>
#include <vector>

namespace recflex {

/// What trials on a device run on.
struct TrialData {
  std::vector<Batch> batches; ///< that the model may see; at least one
  /// The tables, of the model that the manifest describes.
  std::function<Result<HostTables>(const Manifest &)> tables;
  /// Candidates are measured with nothing beside them:
  /// PaletteMeasurer::Options::isolated.
  bool isolated = false;
};

/// Trials on GPU 0, in a child process, which does the measuring for as long as
/// the measurer lives: this process must not have used a GPU before. Errors: no
/// batches, tables that do not fit, no GPU; a module that cannot be compiled,
/// whose diagnostics go to its context.
Result<std::unique_ptr<Measurer>>
createCudaMeasurer(const MeasurerRequest &request, const TrialData &data);

} // namespace recflex

#endif // RECFLEX_TUNING_PALETTES_CUDAMEASURER_H
