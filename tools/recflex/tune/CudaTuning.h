//===- CudaTuning.h - Trials on GPU 0 ---------------------------*- C++ -*-===//

#ifndef RECFLEX_TOOLS_RECFLEX_TUNE_CUDATUNING_H
#define RECFLEX_TOOLS_RECFLEX_TUNE_CUDATUNING_H

#include "TuneDevices.h"

namespace recflex {

/// Errors: no samples, tables that do not fit, no GPU.
Result<std::unique_ptr<Measurer>>
createCudaMeasurer(const TuneRequest &request);

} // namespace recflex

#endif // RECFLEX_TOOLS_RECFLEX_TUNE_CUDATUNING_H
