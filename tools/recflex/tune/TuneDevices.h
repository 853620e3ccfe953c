//===- TuneDevices.h - What recflex tune can measure on ---------*- C++ -*-===//

#ifndef RECFLEX_TOOLS_RECFLEX_TUNE_TUNEDEVICES_H
#define RECFLEX_TOOLS_RECFLEX_TUNE_TUNEDEVICES_H

#include "../ModelInput.h"

#include "recflex/Data/Batch.h"
#include "recflex/Runtime/HostTables.h"
#include "recflex/Support/Result.h"
#include "recflex/Tuning/Trials.h"

#include "mlir/IR/BuiltinOps.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace recflex {

/// What a measurer is made for. It outlives the measurer.
struct TuneRequest {
  CompilerSession &session;
  mlir::ModuleOp module; ///< emb IR with statistics
  const TuningProblem &problem;
  const std::vector<Batch> &batches; ///< the samples; none if the IR has stats
  int64_t threads;                   ///< a block; 0 leaves it to the measurer
  int64_t blocks; ///< a multiprocessor; 0 leaves it to the measurer
  /// The model's tables, as the command line says.
  std::function<Result<HostTables>(const Manifest &)> tables;
  bool isolated; ///< candidates are measured with nothing beside them
  std::optional<emb::BindingKind> binding; ///< MeasurerRequest::binding
};

struct TuneDevice {
  const char *name; ///< for --device
  const char *summary;
  Result<std::unique_ptr<Measurer>> (*create)(const TuneRequest &request);
  /// Schedules to try where none are named; all if there are none here.
  std::vector<std::string> schedules;
};

/// Every device that trials can be made on, the default first.
llvm::ArrayRef<TuneDevice> tuneDevices();

/// The device of that name; the error lists the names.
Result<const TuneDevice *> findTuneDevice(const std::string &name);

} // namespace recflex

#endif // RECFLEX_TOOLS_RECFLEX_TUNE_TUNEDEVICES_H
