//===- TuneCommand.cpp - recflex tune -------------------------------------===//

#include "../Build.h"
#include "../Command.h"
#include "../Workload.h"
#include "TuneDevices.h"
#include "TuneReport.h"
#include "TuneResult.h"

#include "recflex/Dialect/Emb/IR/ScheduleProvider.h"
#include "recflex/Support/Files.h"
#include "recflex/Tuning/TrialText.h"
#include "recflex/Tuning/TunedModule.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"

#include <chrono>
#include <cmath>

namespace cl = llvm::cl;

namespace recflex {
namespace {

class TuneCommand final : public Command {
public:
  TuneCommand() : Command("tune", "a schedule for every lookup, by trials") {}

  Status run() override {
    if (Status status = checkOptions(); !status)
      return status;
    Result<const TuneDevice *> device = findTuneDevice(deviceName);
    if (!device)
      return device.error();
    CompilerSession session;
    auto module = input.readModule(session.context());
    if (!module)
      return module.error().then(session.takeDetail());
    if (Status status = checkSchedules(session.context()); !status)
      return status;
    Result<std::vector<Batch>> batches = takeStats(**module);
    if (!batches)
      return batches.error();
    auto lookups = collectLookups(**module);
    if (!lookups)
      return lookups.error().then("; give sample batches with --samples");
    TuningProblem problem(std::move(*lookups));

    auto record = recordFile.empty() ? TrialRecord::openInMemory()
                                     : TrialRecord::open(recordFile);
    if (!record)
      return record.error();
    if (Status status = importInto(*record); !status)
      return status;
    TuneRequest request{
        session,
        **module,
        problem,
        *batches,
        threads,
        blocks,
        [&](const Manifest &manifest) { return tables.read(manifest); },
        isolated,
        bindingKind()};
    auto measurer = (*device)->create(request);
    if (!measurer)
      return measurer.error();
    if (Status status =
            tune(session, **module, problem, **device, **measurer, *record);
        !status)
      return status;
    if (exportFile.empty())
      return {};
    Result<std::string> text = exportTrials(*record);
    if (!text)
      return text.error();
    return writeOutput(exportFile, *text);
  }

private:
  /// What is wrong with the options is said before minutes of measuring.
  Status checkOptions() const {
    if (!(budget >= 0))
      return makeError("--time-budget=", budget.getValue(),
                       ": must be 0 or more seconds");
    if (threads != 0 && (threads < 32 || threads > 1024 || threads % 32 != 0))
      return makeError("--threads=", threads.getValue(),
                       ": must be a multiple of 32 from 32 to 1024");
    int64_t each = threads ? threads.getValue() : emb::kDefaultThreads;
    if (blocks < 0 || blocks > 32 || blocks * each > emb::kMaxResidentThreads)
      return makeError("--blocks=", blocks.getValue(),
                       ": must be from 1 to 32, and threads x blocks at most ",
                       emb::kMaxResidentThreads);
    if (Status status = checkBinding(binding.getValue()); !status)
      return status.error().in("--binding=" + binding);
    if (dryRun)
      return {};
    if (output.empty())
      return makeError("say where to write the tuned model with -o tuned.mlir, "
                       "or what would be measured with --dry-run");
    if (output == "-" && json)
      return makeError("-o - and --json both want the standard output; give -o "
                       "a file");
    llvm::StringRef folder = llvm::sys::path::parent_path(output.getValue());
    if (folder.empty())
      folder = ".";
    if (output != "-" &&
        llvm::sys::fs::access(folder, llvm::sys::fs::AccessMode::Write))
      return makeError(ErrorCode::io, output.getValue(),
                       ": its folder does not exist or cannot be written");
    return {};
  }

  /// None if the model says it; a word that is none was refused.
  std::optional<emb::BindingKind> bindingKind() const {
    return emb::symbolizeBindingKind(binding);
  }

  Status checkSchedules(mlir::MLIRContext &context) const {
    for (const std::string &name : only)
      if (!emb::isKnownSchedule(&context, name))
        return makeError("--schedules=", name,
                         ": no dialect has such a schedule");
    return {};
  }

  Result<std::vector<Batch>> takeStats(mlir::ModuleOp module) const {
    Result<JaggedInput> jagged = findJaggedInput(module);
    if (!jagged)
      return jagged.error();
    auto batches = readSamples({samples.begin(), samples.end()}, *jagged);
    if (batches)
      attachStats(module, *batches);
    return batches;
  }

  Status importInto(TrialRecord &record) const {
    if (importFile.empty())
      return {};
    Result<std::string> text = readFile(importFile);
    if (!text)
      return text.error();
    auto imported = importTrials(record, *text);
    if (!imported)
      return imported.error().in(importFile);
    if (!json)
      messages() << importFile << ": " << imported->read << " trials, "
                 << imported->added << " of them new\n";
    return {};
  }

  Status tune(CompilerSession &session, mlir::ModuleOp module,
              const TuningProblem &problem, const TuneDevice &device,
              Measurer &measurer, TrialRecord &record) const {
    llvm::raw_ostream &os = messages();
    std::unique_ptr<TuningObserver> observer =
        json ? createJsonReport(os)
        : llvm::sys::Process::StandardErrIsDisplayed()
            ? createLiveReport(llvm::errs())
            : createLineReport(os);
    Budget time(
        [] {
          return std::chrono::duration<double>(
                     std::chrono::steady_clock::now().time_since_epoch())
              .count();
        },
        budget);
    TuningOptions options;
    options.mutations = mutations;
    options.only.assign(only.begin(), only.end());
    if (options.only.empty())
      options.only = device.schedules;
    Tuner tuner(&session.context(), problem, measurer, record, time, *observer,
                options);
    if (dryRun) {
      auto plan = tuner.plan();
      if (!plan)
        return plan.error();
      json ? printPlanJson(os, problem, *plan)
           : printPlan(os, problem, *plan, measurer);
      return {};
    }
    Result<TuningResult> result = tuner.run();
    observer.reset(); // the last of what it shows
    if (!result)
      return result.error();
    attachTuning(module, problem, *result);
    if (auto kind = bindingKind())
      attachBinding(module, *kind);
    std::string text;
    llvm::raw_string_ostream(text) << module << '\n';
    if (Status status = writeOutput(output, text); !status)
      return status;
    json ? printResultJson(os, problem, *result, measurer)
         : printResult(os, problem, *result, measurer);
    return {};
  }

  /// Where everything goes but the tuned model.
  llvm::raw_ostream &messages() const {
    return output == "-" ? llvm::errs() : llvm::outs();
  }

  ModelInput input{sub};
  cl::list<std::string> samples{
      "samples", cl::CommaSeparated,
      cl::desc("sample batches (safetensors) to tune for; without, the IR's "
               "own statistics count"),
      cl::value_desc("file,..."), cl::sub(sub)};
  TableInput tables{sub};
  cl::opt<std::string> deviceName{
      "device",
      cl::desc("where to measure: cuda (GPU 0) or model (nowhere: estimates)"),
      cl::init("model"), cl::sub(sub)};
  cl::opt<std::string> recordFile{
      "record",
      cl::desc("file that trials are kept in and taken from; it is created"),
      cl::value_desc("file"), cl::sub(sub)};
  cl::opt<double> budget{
      "time-budget", cl::desc("seconds that measuring may take"),
      cl::value_desc("seconds"), cl::init(Budget::kUnlimited), cl::sub(sub)};
  cl::opt<bool> dryRun{"dry-run", cl::desc("only say what would be measured"),
                       cl::sub(sub)};
  cl::opt<bool> json{"json", cl::desc("a JSON object a line instead of text"),
                     cl::sub(sub)};
  cl::opt<int64_t> threads{"threads",
                           cl::desc("threads a block of the fused kernel; "
                                    "without, --device=cuda tries 128 and some "
                                    "of 256, 512 and 1024, and the model takes "
                                    "128"),
                           cl::init(0), cl::sub(sub)};
  cl::opt<int64_t> blocks{
      "blocks",
      cl::desc("blocks a multiprocessor; without, all that make a "
               "difference are tried"),
      cl::init(0), cl::sub(sub)};
  cl::list<std::string> only{"schedules", cl::CommaSeparated,
                             cl::desc("try these schedules alone"),
                             cl::value_desc("name,..."), cl::sub(sub)};
  cl::opt<bool> isolated{
      "isolated",
      cl::desc("measure candidates with no other features beside them, to see "
               "what interference makes of the choice"),
      cl::sub(sub)};
  cl::opt<std::string> binding{
      "binding",
      cl::desc("when blocks are bound to tiles, in trials and in what is "
               "compiled from the tuned model: runtime or fixed; without, as "
               "the model says"),
      cl::value_desc("when"), cl::sub(sub)};
  cl::opt<unsigned> mutations{
      "mutations",
      cl::desc(
          "other schedules to try of each class in the tuned kernel, to see "
          "whether the chosen one is the fastest"),
      cl::init(0), cl::sub(sub)};
  cl::opt<std::string> importFile{
      "import", cl::desc("trials (JSON lines) to add to the record first"),
      cl::value_desc("file"), cl::sub(sub)};
  cl::opt<std::string> exportFile{
      "export",
      cl::desc("write all trials of the record (JSON lines) at the "
               "end"),
      cl::value_desc("file"), cl::sub(sub)};
  cl::opt<std::string> output{"o", cl::desc("where to write the tuned model"),
                              cl::value_desc("tuned.mlir"), cl::sub(sub)};
};

} // namespace

std::unique_ptr<Command> createTuneCommand() {
  return std::make_unique<TuneCommand>();
}

} // namespace recflex
