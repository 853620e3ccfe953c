//===- StressCommand.cpp - recflex stress ---------------------------------===//

#include "../Command.h"
#include "FormStress.h"

#include "recflex/Serving/Endurance.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

namespace cl = llvm::cl;

namespace recflex {
namespace {

enum class Test { launches, replays, reloads, faults, forms };

/// Malformed batches that are made; they take turns.
constexpr int64_t kMalformedBatches = 512;

/// Few, so that some batches have more faults than are kept.
constexpr int64_t kKeptFaults = 8;

class StressCommand final : public Command {
public:
  StressCommand()
      : Command("stress", "long tests of an artifact: launches, replays, "
                          "loads, bad input, forms of input") {}

  Status run() override {
    if (threads < 1 || streams < 1 || count < 0)
      return makeError("--threads is ", int64_t(threads), ", --streams ",
                       int64_t(streams), ", --count ", int64_t(count),
                       "; give at least 1, 1 and 0");
    auto model = served.read();
    if (!model)
      return model.error();
    std::vector<Test> chosen(tests.begin(), tests.end());
    if (chosen.empty() && served.isOnCpu()) // which has no graphs
      chosen = {Test::launches, Test::reloads, Test::faults, Test::forms};
    else if (chosen.empty())
      chosen = {Test::launches, Test::replays, Test::reloads, Test::faults,
                Test::forms};
    std::vector<std::string> failed;
    for (Test test : chosen) {
      auto report = runTest(test, *model);
      if (!report)
        return report.error().in(nameOf(test));
      print(nameOf(test), *report);
      if (!report->problem.empty())
        failed.push_back(nameOf(test));
    }
    if (failed.empty())
      return {};
    return makeError(failed.size(), " of ", chosen.size(),
                     " tests failed, the first is ", failed.front());
  }

private:
  static std::string nameOf(Test test) {
    switch (test) {
    case Test::launches:
      return "launches";
    case Test::replays:
      return "replays";
    case Test::reloads:
      return "reloads";
    case Test::faults:
      return "faults";
    case Test::forms:
      return "forms";
    }
    return "";
  }

  Result<EnduranceReport> runTest(Test test, ServedModel &model) const {
    if (test == Test::faults)
      return runFaults(model);
    if (test == Test::forms)
      return stressForms(model, served.isOnCpu(), times(10000));
    auto references = model.references();
    if (!references)
      return references.error();
    ContextOptions context;
    context.checks = served.checks();
    auto server = served.load(model, model.batches, context, threads);
    if (!server)
      return server.error();
    if (auto error = verifyAlone(**server, *references); !error)
      return error.error();
    size_t batches = model.batches.size();
    if (test == Test::launches)
      return enduranceLaunches(**server, batches, times(1000000), threads,
                               streams);
    if (test == Test::replays)
      return enduranceReplays(**server, batches, times(100000));
    return enduranceReloads(**server, times(10000));
  }

  /// Malformed batches are made of the right ones in turn.
  Result<EnduranceReport> runFaults(ServedModel &model) const {
    const Manifest &manifest = model.artifact.manifest;
    ContextOptions context;
    context.checks = served.checks() == InputChecks::off ? InputChecks::zeroRow
                                                         : served.checks();
    context.faultCapacity = kKeptFaults;
    auto references = model.references();
    if (!references)
      return references.error();
    std::vector<Batch> batches = model.batches;
    std::vector<std::vector<Fault>> faults;
    int64_t variants = std::min(times(kMalformedBatches), kMalformedBatches);
    for (int64_t i = 0; i != variants; ++i) {
      batches.push_back(plantFaults(
          manifest, model.batches[i % model.batches.size()], /*seed=*/i));
      faults.push_back(findFaults(manifest, batches.back()));
      RepairedInput repaired = repair(manifest, batches.back(), context.checks);
      // Bags may read rows that no right batch reads.
      if (Status status =
              model.tables.prepare(repaired.manifest, repaired.batch);
          !status)
        return status.error();
      auto pooled = poolRepaired(repaired, model.tables.addresses());
      if (!pooled)
        return pooled.error();
      references->push_back(std::move(*pooled));
    }
    auto server = served.load(model, batches, context, /*threads=*/1);
    if (!server)
      return server.error();
    if (auto error = verifyAlone(**server, *references); !error)
      return error.error();
    return enduranceFaults(**server, model.batches.size(), faults,
                           context.faultCapacity, times(100000));
  }

  int64_t times(int64_t full) const {
    return count > 0 ? int64_t(count) : full;
  }

  void print(const std::string &name, const EnduranceReport &r) const {
    llvm::raw_ostream &os = llvm::outs();
    if (json) {
      llvm::json::OStream out(os);
      out.object([&] {
        out.attribute("test", name);
        out.attribute("ok", r.problem.empty());
        out.attribute("count", r.count);
        out.attribute("seconds", r.seconds);
        out.attribute("detail", r.detail);
        out.attribute("problem", r.problem);
      });
      os << '\n';
      os.flush();
      return;
    }
    os << (r.problem.empty() ? "ok     " : "failed ") << name << ": " << r.count
       << " in " << llvm::format("%.1f", r.seconds) << " s";
    if (!r.detail.empty())
      os << "; " << r.detail;
    if (!r.problem.empty())
      os << "; " << r.problem;
    os << '\n';
    os.flush();
  }

  ServedModelOptions served{sub};
  cl::list<Test> tests{
      "tests", cl::CommaSeparated, cl::desc("tests to run (all if none)"),
      cl::values(
          clEnumValN(Test::launches, "launches",
                     "from many threads at once; every output is compared"),
          clEnumValN(Test::replays, "replays",
                     "of one CUDA graph with changing contents"),
          clEnumValN(Test::reloads, "reloads",
                     "of the artifact; free memory must stay the same"),
          clEnumValN(Test::faults, "faults",
                     "of malformed batches; each must be reported"),
          clEnumValN(Test::forms, "forms",
                     "of input and output, with good and bad batches")),
      cl::sub(sub)};
  cl::opt<int64_t> count{
      "count",
      cl::desc("how often each test does its thing (0: 1000000 launches, "
               "100000 replays, 10000 reloads, 100000 malformed batches, "
               "10000 batches in other forms)"),
      cl::init(0), cl::sub(sub)};
  cl::opt<int64_t> threads{"threads", cl::desc("threads that launch"),
                           cl::init(64), cl::sub(sub)};
  cl::opt<int64_t> streams{
      "streams", cl::desc("streams: thread i launches in stream i modulo this"),
      cl::init(8), cl::sub(sub)};
  cl::opt<bool> json{"json", cl::desc("one JSON object a test, for machines"),
                     cl::sub(sub)};
};

} // namespace

std::unique_ptr<Command> createStressCommand() {
  return std::make_unique<StressCommand>();
}

} // namespace recflex
