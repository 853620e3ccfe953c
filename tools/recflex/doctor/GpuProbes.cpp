//===- GpuProbes.cpp - The driver and the GPUs ----------------------------===//

#include "Probes.h"
#include "TinyModel.h"

#include "../serve/Servers.h"

#include "recflex/Runtime/Chip.h"
#include "recflex/Runtime/Device.h"
#include "recflex/Runtime/PtxHeader.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <dlfcn.h>

namespace recflex {
namespace {

constexpr const char *kLibrary = "libcuda.so.1";

constexpr const char *kInstallDriver =
    "install NVIDIA's driver: apt-get install nvidia-driver (Debian's "
    "non-free), or https://www.nvidia.com/drivers; in a container, start it "
    "with the GPUs (docker run --gpus all)";
constexpr const char *kRestartDriver =
    "see nvidia-smi and dmesg; a driver that was updated wants a reboot";

/// "580.65.06" of the kernel's module; empty where that is not known.
std::string kernelModuleVersion() {
  auto file =
      llvm::MemoryBuffer::getFileAsStream("/proc/driver/nvidia/version");
  if (!file)
    return "";
  llvm::StringRef line = (*file)->getBuffer().split('\n').first;
  // "NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.65.06  Sun Jul ..."
  llvm::SmallVector<llvm::StringRef> words;
  line.split(words, ' ', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  for (llvm::StringRef word : words)
    if (llvm::isDigit(word.front()) && word.contains('.'))
      return word.str();
  return "";
}

class DriverProbe final : public Probe {
public:
  DriverProbe() : Probe("driver") {}

  void run(Report report) const override {
    Finding finding;
    finding.name = name();
    finding.facts = llvm::json::Object{{"gpus", 0}};
    if (!dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL)) {
      const char *reason = dlerror();
      finding.health = Health::missing;
      finding.detail =
          std::string("no CUDA driver: ") + (reason ? reason : kLibrary);
      finding.remedy = kInstallDriver;
      return report(std::move(finding));
    }
    auto driver = CudaDriver::load(kLibrary);
    int version = 0, count = 0;
    Status status;
    if (!driver)
      status = driver.error();
    else if (status = (*driver)->check((*driver)->driverGetVersion(&version),
                                       "cuDriverGetVersion");
             status)
      status = (*driver)->check((*driver)->deviceGetCount(&count),
                                "cuDeviceGetCount");
    if (!status) {
      finding.health = Health::failed;
      finding.detail = status.error().message;
      finding.remedy = kRestartDriver;
      return report(std::move(finding));
    }
    std::string module = kernelModuleVersion();
    finding.detail = std::string(kLibrary) + " " +
                     (module.empty() ? "" : module + " ") + "for CUDA " +
                     cudaVersionName(version);
    finding.facts = llvm::json::Object{{"gpus", count},
                                       {"cuda", cudaVersionName(version)},
                                       {"module", module}};
    if (auto ptx = newestPtxFor(version)) {
      finding.detail += ", takes PTX up to ISA " + *ptx;
      finding.facts["ptx_isa"] = *ptx;
    }
    finding.detail += ", GPUs: " + std::to_string(count);
    report(std::move(finding));
  }
};

class GpuProbe final : public Probe {
public:
  explicit GpuProbe(int ordinal)
      : Probe("gpu " + std::to_string(ordinal)), ordinal(ordinal) {}

  void run(Report report) const override {
    auto device = Device::open(ordinal);
    if (!device)
      return report(failure(device.error()));
    const DeviceProperties &gpu = (*device)->properties();
    auto free = (*device)->freeMemory();
    if (!free)
      return report(failure(free.error()));
    report(describe(gpu, *free));
    for (const char *chip : {"sm_90", "sm_80"})
      if (runsOn(chip, gpu.major, gpu.minor))
        return report(runModel(chip));
    Finding finding = failure(
        makeError("is ", gpu.chip(), "; RecFlex compiles for sm_80 and later"));
    finding.remedy = "use a GPU of compute capability 8.0 or later";
    report(std::move(finding));
  }

private:
  Finding failure(const Error &error) const {
    Finding finding;
    finding.name = name();
    finding.health = Health::failed;
    finding.detail = error.message;
    finding.remedy = kRestartDriver;
    return finding;
  }

  Finding describe(const DeviceProperties &gpu, int64_t free) const {
    constexpr double gib = int64_t{1} << 30;
    Finding finding;
    finding.name = name();
    llvm::raw_string_ostream(finding.detail)
        << gpu.name << " (" << gpu.chip() << "), " << gpu.multiprocessors
        << " multiprocessors, L2 " << (gpu.l2Bytes >> 20) << " MiB, memory "
        << llvm::format("%.1f of %.1f GiB free", free / gib,
                        gpu.memoryBytes / gib);
    finding.facts = llvm::json::Object{{"name", gpu.name},
                                       {"chip", gpu.chip()},
                                       {"multiprocessors", gpu.multiprocessors},
                                       {"l2_bytes", gpu.l2Bytes},
                                       {"memory_bytes", gpu.memoryBytes},
                                       {"free_bytes", free}};
    return finding;
  }

  Finding runModel(const std::string &chip) const {
    auto model = TinyModel::compile(chip);
    if (!model)
      return failure(model.error());
    ServerOptions options;
    options.ordinal = ordinal;
    auto server = createCudaServer((*model)->artifact(), (*model)->tables(),
                                   (*model)->batches(), options);
    if (!server)
      return failure(server.error());
    auto error = (*model)->verify(**server);
    if (!error)
      return failure(error.error());
    Finding finding;
    finding.name = name();
    finding.facts = llvm::json::Object{{"runs", chip}};
    llvm::raw_string_ostream(finding.detail)
        << "runs artifacts for " << chip << ", verified: max rel. error "
        << llvm::format("%.2e", *error);
    return finding;
  }

  int ordinal;
};

} // namespace

std::unique_ptr<Probe> createDriverProbe() {
  return std::make_unique<DriverProbe>();
}
std::unique_ptr<Probe> createGpuProbe(int ordinal) {
  return std::make_unique<GpuProbe>(ordinal);
}

} // namespace recflex
