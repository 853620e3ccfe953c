//===- ExplainCommand.cpp - recflex explain -------------------------------===//

#include "../Command.h"
#include "../ModelInput.h"
#include "ExplainPage.h"
#include "ExplainText.h"

#include "recflex/Support/Files.h"

#include "llvm/Support/FileSystem.h"

namespace cl = llvm::cl;

namespace recflex {
namespace {

class ExplainCommand final : public Command {
public:
  ExplainCommand()
      : Command("explain", "why a tuned model has the schedules that it has") {}

  Status run() override {
    if (Status status = checkOptions(); !status)
      return status;
    CompilerSession session;
    auto module = input.readModule(session.context());
    if (!module)
      return module.error().then(session.takeDetail());
    auto lookups = collectLookups(**module);
    if (!lookups)
      return lookups.error().in(input.path()).then(kRemedy);
    TuningProblem problem(std::move(*lookups));
    auto state = readTuning(**module, problem);
    if (!state)
      return state.error().in(input.path()).then(kRemedy);
    auto record = TrialRecord::openToRead(recordFile);
    if (!record)
      return record.error();
    auto trials = selectTrials(&session.context(), *record, problem, deviceName,
                               state->binding);
    if (!trials)
      return trials.error();
    ExplainOptions options;
    options.multiprocessors = multiprocessors;
    auto explanation = explain(problem, std::move(*state), *trials, options);
    if (!explanation)
      return explanation.error().in(recordFile);
    if (Status status = writeReport(problem, *explanation); !status)
      return status;
    json ? printExplanationJson(llvm::outs(), problem, *explanation)
         : printExplanation(llvm::outs(), problem, *explanation);
    llvm::outs().flush();
    printGaps(llvm::errs(), problem, *explanation);
    return {};
  }

private:
  /// What to do about a model that nobody has tuned.
  static constexpr const char *kRemedy = "; name a model that recflex tune "
                                         "wrote";

  Status checkOptions() const {
    if (recordFile.empty())
      return makeError("say with --record=trials.db where the trials are that "
                       "the model was tuned with");
    if (multiprocessors < 0)
      return makeError("--multiprocessors=", multiprocessors.getValue(),
                       ": must be 1 or more, or 0 for as many as the fused "
                       "kernels agree with");
    return {};
  }

  Status writeReport(const TuningProblem &problem,
                     const Explanation &explanation) const {
    if (folder.empty())
      return {};
    if (std::error_code error = llvm::sys::fs::create_directories(folder))
      return makeError(ErrorCode::io, folder.getValue(),
                       ": cannot create the folder: ", error.message());
    if (!llvm::sys::fs::is_directory(folder))
      return makeError(ErrorCode::io, folder.getValue(),
                       ": is no folder; name another one with -o");
    std::vector<Plot> plots = drawPlots(problem, explanation);
    for (const Plot &plot : plots)
      if (Status status = writeFile(folder + "/" + plot.file, plot.svg);
          !status)
        return status;
    return writeFile(folder + "/index.html",
                     drawPage(problem, explanation, plots));
  }

  ModelInput input{sub};
  cl::opt<std::string> recordFile{
      "record", cl::desc("the trials that the model was tuned with"),
      cl::value_desc("file"), cl::sub(sub)};
  cl::opt<std::string> deviceName{
      "device-name",
      cl::desc("the device whose trials count, if the record has several"),
      cl::value_desc("name"), cl::sub(sub)};
  cl::opt<int64_t> multiprocessors{
      "multiprocessors",
      cl::desc("of the device; 0 finds the number that the fused kernels agree "
               "with"),
      cl::init(0), cl::sub(sub)};
  cl::opt<bool> json{"json", cl::desc("one JSON object instead of text"),
                     cl::sub(sub)};
  cl::opt<std::string> folder{
      "o", cl::desc("folder for the report: index.html and its plots"),
      cl::value_desc("folder"), cl::sub(sub)};
};

} // namespace

std::unique_ptr<Command> createExplainCommand() {
  return std::make_unique<ExplainCommand>();
}

} // namespace recflex
