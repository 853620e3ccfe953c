//===- DoctorCommand.cpp - recflex doctor ---------------------------------===//

#include "../Command.h"
#include "Isolation.h"
#include "Probes.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <set>

namespace cl = llvm::cl;
namespace json = llvm::json;

namespace recflex {
namespace {

enum class Target { cpu, cuda };

/// A probe, and whether all is lost if it fails.
struct Task {
  std::unique_ptr<Probe> probe;
  bool necessary = false;
};

class DoctorCommand final : public Command {
public:
  DoctorCommand()
      : Command("doctor",
                "what this machine has, what works, what is missing") {}

  Status run() override {
    if (!(seconds > 0))
      return makeError("--seconds is ", double(seconds),
                       "; give a probe more time than that");
    bool wantsGpu = target == Target::cuda;
    perform({createVersionProbe(), /*necessary=*/true});
    perform({createCompilerProbe(), /*necessary=*/true});
    perform({createSimulatorProbe(), /*necessary=*/true});
    perform({createCpuProbe(), /*necessary=*/true});
    int64_t gpus = perform({createDriverProbe(), wantsGpu});
    for (int64_t i = 0; i != gpus; ++i)
      perform({createGpuProbe(static_cast<int>(i)), wantsGpu});
    for (std::unique_ptr<Probe> &probe : createProgramProbes())
      perform({std::move(probe), /*necessary=*/false});
    perform({createPyTorchProbe(), /*necessary=*/false});
    return conclude();
  }

private:
  /// Runs a probe and prints what it found; the number of GPUs, if it says so.
  int64_t perform(Task task) {
    int64_t gpus = 0;
    if (!isChosenProbe(task.probe->name()))
      return gpus;
    std::chrono::milliseconds limit(static_cast<int64_t>(seconds * 1e3));
    for (Finding &finding : runIsolated(*task.probe, limit)) {
      if (task.necessary && finding.health != Health::ok &&
          (broken.empty() || broken.back() != finding.name))
        broken.push_back(finding.name);
      if (auto count = finding.facts.getInteger("gpus"))
        gpus = *count;
      if (!asJson) {
        print(finding);
        continue;
      }
      json::Object object = finding.toJson();
      object["necessary"] = task.necessary;
      findings.push_back(std::move(object));
    }
    return gpus;
  }

  /// "gpu" chooses all of "gpu 0", "gpu 1", ..., and the driver, which knows
  /// how many there are.
  bool isChosenProbe(llvm::StringRef name) {
    std::string kind = name.split(' ').first.str();
    names.insert(kind);
    return only.empty() || llvm::is_contained(only, kind) ||
           (kind == "driver" && llvm::is_contained(only, "gpu"));
  }

  /// Names of --only that no probe has.
  Status checkNames() {
    names.insert("gpu");
    for (const std::string &name : only)
      if (!names.count(name))
        return makeError("--only=", name,
                         ": there is no such thing to look "
                         "at; there are ",
                         llvm::join(names, ", "));
    return {};
  }

  static void print(const Finding &finding) {
    llvm::raw_ostream &os = llvm::outs();
    os << llvm::left_justify(toString(finding.health), 8)
       << llvm::left_justify(finding.name, 18) << finding.detail << '\n';
    if (!finding.remedy.empty())
      os << "                          -> " << finding.remedy << '\n';
    os.flush();
  }

  Status conclude() {
    if (Status status = checkNames(); !status)
      return status;
    if (asJson)
      llvm::outs() << llvm::formatv(
          "{0:2}\n",
          json::Value(json::Object{{"ok", broken.empty()},
                                   {"findings", std::move(findings)}}));
    if (broken.empty()) {
      if (!asJson)
        llvm::outs() << "all that is necessary works\n";
      return {};
    }
    return makeError("necessary, but not working: ", llvm::join(broken, ", "));
  }

  cl::opt<Target> target{
      "device", cl::desc("what has to work"),
      cl::values(
          clEnumValN(Target::cpu, "cpu",
                     "compiler, simulator and CPU (default)"),
          clEnumValN(Target::cuda, "cuda", "the driver and every GPU as well")),
      cl::init(Target::cpu), cl::sub(sub)};
  cl::opt<double> seconds{"seconds",
                          cl::desc("how long to wait for each probe"),
                          cl::init(60), cl::sub(sub)};
  cl::list<std::string> only{"only", cl::CommaSeparated,
                             cl::desc("look at these alone, say compiler,gpu"),
                             cl::value_desc("name,..."), cl::sub(sub)};
  cl::opt<bool> asJson{"json", cl::desc("one JSON object, for machines"),
                       cl::sub(sub)};
  std::vector<std::string> broken;
  std::set<std::string> names; ///< of the probes, "gpu" once for all GPUs
  json::Array findings;
};

} // namespace

std::unique_ptr<Command> createDoctorCommand() {
  return std::make_unique<DoctorCommand>();
}

} // namespace recflex
