//===- CompilerProbes.cpp - What needs no GPU -----------------------------===//

#include "Probes.h"
#include "TinyModel.h"

#include "../Runner.h"
#include "../serve/Servers.h"

#include "llvm-c/Target.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>
#include <thread>

namespace recflex {
namespace {

constexpr const char *kReinstall =
    "build or install RecFlex again (docs/Building.md); if that does not help, "
    "report it with the message above";

Finding makeFinding(const Probe &probe, Health health, std::string detail,
                    std::string remedy = "") {
  Finding finding;
  finding.name = probe.name();
  finding.health = health;
  finding.detail = std::move(detail);
  finding.remedy = std::move(remedy);
  return finding;
}

std::string verified(const std::string &what, double error) {
  std::string text;
  llvm::raw_string_ostream(text)
      << what << ", verified: max rel. error " << llvm::format("%.2e", error);
  return text;
}

/// The chips of LLVM's NVPTX backend that RecFlex compiles for, oldest first.
std::vector<int> listChips() {
  LLVMInitializeNVPTXTargetInfo();
  LLVMInitializeNVPTXTarget();
  LLVMInitializeNVPTXTargetMC();
  llvm::Triple triple("nvptx64-nvidia-cuda");
  std::string error;
  const llvm::Target *target =
      llvm::TargetRegistry::lookupTarget(triple, error);
  if (!target)
    return {};
  std::unique_ptr<llvm::MCSubtargetInfo> info(
      target->createMCSubtargetInfo(triple, /*CPU=*/"", /*Features=*/""));
  std::vector<int> chips;
  for (const llvm::SubtargetSubTypeKV &chip :
       info->getAllProcessorDescriptions()) {
    llvm::StringRef name = chip.Key;
    int number;
    // Those with a letter behind the number are variants of one chip.
    if (name.consume_front("sm_") && !name.getAsInteger(10, number) &&
        number >= 80)
      chips.push_back(number);
  }
  llvm::sort(chips);
  return chips;
}

class VersionProbe final : public Probe {
public:
  VersionProbe() : Probe("recflex") {}

  void run(Report report) const override {
    std::string chips;
    llvm::json::Array list;
    for (int chip : listChips()) {
      chips += (chips.empty() ? "sm_" : ", sm_") + std::to_string(chip);
      list.push_back("sm_" + std::to_string(chip));
    }
    Finding finding = makeFinding(
        *this, chips.empty() ? Health::failed : Health::ok,
        "version " RECFLEX_VERSION ", artifact format " +
            std::to_string(kArtifactFormat) + ", kernel ABI " +
            std::to_string(abi::kVersion) + ", LLVM " LLVM_VERSION_STRING +
            (chips.empty() ? " without NVPTX backend" : " for " + chips),
        chips.empty() ? kReinstall : "");
    finding.facts =
        llvm::json::Object{{"version", RECFLEX_VERSION},
                           {"artifact_format", int64_t(kArtifactFormat)},
                           {"abi", int64_t(abi::kVersion)},
                           {"llvm", LLVM_VERSION_STRING},
                           {"chips", std::move(list)}};
    report(std::move(finding));
  }
};

class CompilerProbe final : public Probe {
public:
  CompilerProbe() : Probe("compiler") {}

  void run(Report report) const override {
    auto begin = std::chrono::steady_clock::now();
    auto model = TinyModel::compile("sm_90");
    if (!model)
      return report(makeFinding(*this, Health::failed, model.error().message,
                                kReinstall));
    int64_t milliseconds =
        std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::steady_clock::now() - begin)
            .count();
    llvm::StringRef ptx = (*model)->artifact().ptx;
    llvm::StringRef isa = ptx.split(".version ").second.take_until([](char c) {
      return llvm::isSpace(c);
    });
    Finding finding = makeFinding(*this, Health::ok,
                                  "compiles a model for sm_90 in " +
                                      std::to_string(milliseconds) +
                                      " ms, PTX ISA " + isa.str());
    finding.facts =
        llvm::json::Object{{"ptx_isa", isa}, {"milliseconds", milliseconds}};
    report(std::move(finding));
  }
};

class SimulatorProbe final : public Probe {
public:
  SimulatorProbe() : Probe("simulator") {}

  void run(Report report) const override {
    auto error = simulate();
    if (!error)
      return report(makeFinding(*this, Health::failed, error.error().message,
                                kReinstall));
    report(makeFinding(*this, Health::ok,
                       verified("runs the GPU's kernels on this CPU", *error)));
  }

private:
  static Result<double> simulate() {
    auto model = TinyModel::compile("sm_90");
    if (!model)
      return model.error();
    auto runner = createSimRunner((*model)->lowered(), (*model)->tables());
    if (!runner)
      return runner.error();
    auto output = (*runner)->run((*model)->batches().front());
    if (!output)
      return output.error();
    return (*model)->verify(*output);
  }
};

class CpuProbe final : public Probe {
public:
  CpuProbe() : Probe("cpu") {}

  void run(Report report) const override {
    auto model = TinyModel::compile("sm_90");
    if (!model)
      return report(makeFinding(*this, Health::failed, model.error().message,
                                kReinstall));
    auto server = createCpuServer((*model)->artifact(), (*model)->tables(),
                                  (*model)->batches(), ServerOptions());
    if (!server)
      return report(makeFinding(*this, Health::failed, server.error().message,
                                kReinstall));
    auto error = (*model)->verify(**server);
    if (!error)
      return report(makeFinding(*this, Health::failed, error.error().message,
                                kReinstall));
    report(makeFinding(
        *this, Health::ok,
        verified("runs artifacts on " + (*server)->describe(), *error)));
  }
};

} // namespace

std::unique_ptr<Probe> createVersionProbe() {
  return std::make_unique<VersionProbe>();
}
std::unique_ptr<Probe> createCompilerProbe() {
  return std::make_unique<CompilerProbe>();
}
std::unique_ptr<Probe> createSimulatorProbe() {
  return std::make_unique<SimulatorProbe>();
}
std::unique_ptr<Probe> createCpuProbe() { return std::make_unique<CpuProbe>(); }

} // namespace recflex
