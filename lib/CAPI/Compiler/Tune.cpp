//===- Tune.cpp - Schedules by trials -------------------------------------===//

#include "Arguments.h"
#include "Handles.h"
#include "Specs.h"

#include "recflex/Dialect/Emb/IR/ScheduleProvider.h"
#include "recflex/Tuning/Palettes/CudaMeasurer.h"

using namespace recflex;
using namespace recflex::capi;

/// Whether a block, and a multiprocessor, can be like that.
static Status checkOccupancy(RecflexModel &model, int64_t threads,
                             int64_t blocks) {
  auto onError = [&] { return mlir::emitError(model.module->getLoc()); };
  if (mlir::failed(emb::OccupancyAttr::verify(
          onError, threads ? threads : emb::kDefaultThreads,
          blocks ? blocks : 1)))
    return model.session->takeError().in("RecflexTuneOptions");
  return {};
}

/// What trials of `model` on a GPU run on; the tables are those of the file, or
/// generated if there is none.
static TrialData trialData(const RecflexModel &model, std::string file) {
  return {model.samples, [file = std::move(file)](const Manifest &manifest) {
            return file.empty() ? HostTables::generate(manifest, /*seed=*/0,
                                                       TableFill::uniform)
                                : HostTables::open(file, manifest);
          }};
}

static Result<ModuleTuning> readSettings(RecflexModel &model,
                                         const RecflexTuneOptions *options) {
  RecflexTuneOptions known = {};
  if (options)
    if (Status status = readStruct(options, known); !status)
      return status.error();
  auto device = readEnum<RecflexTuneDevice>(known.device, RECFLEX_TUNE_GPU,
                                            "RecflexTuneOptions.device",
                                            "RecflexTuneDevice");
  if (!device)
    return device.error();
  if (*device == RECFLEX_TUNE_GPU && model.samples.empty())
    return makeError("the model has no samples, which trials on a GPU run on; "
                     "attach some");
  if (Status status = checkOccupancy(model, known.threads, known.blocks);
      !status)
    return status.error();
  if (!(known.timeBudget >= 0))
    return makeError("RecflexTuneOptions.timeBudget is ", known.timeBudget,
                     "; it must be 0 or more seconds");
  auto schedules = readStrings(known.schedules, known.scheduleCount,
                               "RecflexTuneOptions.schedules");
  if (!schedules)
    return schedules.error();
  for (const std::string &name : *schedules)
    if (!emb::isKnownSchedule(&model.session->context(), name))
      return makeError("RecflexTuneOptions.schedules: no dialect has a "
                       "schedule '",
                       name, "'");
  ModuleTuning settings;
  if (known.binding) {
    if (Status status =
            checkBindingWord(known.binding, "RecflexTuneOptions.binding");
        !status)
      return status.error();
    settings.binding = emb::symbolizeBindingKind(known.binding);
  }
  if (*device == RECFLEX_TUNE_GPU)
    settings.factory = [data =
                            trialData(model, known.tables ? known.tables : "")](
                           const MeasurerRequest &request) {
      return createCudaMeasurer(request, data);
    };
  settings.record = known.record ? known.record : "";
  settings.schedules = std::move(*schedules);
  settings.threads = known.threads;
  settings.blocks = known.blocks;
  settings.seconds = known.timeBudget;
  return settings;
}

RecflexStatus recflexModelTune(RecflexModel *model,
                               const RecflexTuneOptions *options,
                               RecflexTuneResult *result) {
  return guarded([&]() -> Status {
    if (Status status = need(model, "model is null; import or parse one");
        !status)
      return status;
    if (result)
      if (Status status = checkStruct(result); !status)
        return status;
    (void)model->session->takeDetail();
    Result<ModuleTuning> settings = readSettings(*model, options);
    if (!settings)
      return settings.error();
    Result<TunedModule> tuned = tuneModule(*model->module, *settings);
    if (!tuned)
      return tuned.error().then(model->session->takeDetail());
    if (!result)
      return {};
    const TuningResult &found = tuned->result;
    RecflexTuneResult ours = {};
    ours.threads = static_cast<int32_t>(found.occupancy.threads);
    ours.blocks = static_cast<int32_t>(found.occupancy.blocks);
    ours.outOfTime = found.outOfTime;
    ours.measured = static_cast<int64_t>(found.measured);
    ours.known = static_cast<int64_t>(found.known);
    ours.seconds = found.kernel ? found.kernel->cost : 0;
    writeStruct(ours, result);
    return {};
  });
}
