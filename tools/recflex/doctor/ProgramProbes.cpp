//===- ProgramProbes.cpp - Programs of others -----------------------------===//

#include "Probes.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"

#include <cstdlib>

namespace recflex {

/// A program that prints its version does so at once.
constexpr unsigned kProgramSeconds = 10;

/// Where the programs of CUDA toolkits stand when they are not on the PATH.
static std::vector<std::string> toolkitFolders() {
  std::vector<std::string> folders;
  for (const char *variable : {"CUDA_HOME", "CUDA_PATH"})
    if (const char *root = std::getenv(variable))
      folders.push_back(std::string(root) + "/bin");
  folders.push_back("/usr/local/cuda/bin");
  folders.push_back("/usr/local/cuda/compute-sanitizer");
  folders.push_back("/opt/cuda/bin");
  return folders;
}

static std::string findProgram(llvm::StringRef name) {
  if (auto found = llvm::sys::findProgramByName(name))
    return *found;
  std::vector<std::string> folders = toolkitFolders();
  std::vector<llvm::StringRef> paths(folders.begin(), folders.end());
  if (auto found = llvm::sys::findProgramByName(name, paths))
    return *found;
  return "";
}

namespace {

/// What a program did.
struct ProgramRun {
  int code = -1; ///< exit code, or negative
  std::string error;
  std::string output; ///< both streams
};

} // namespace

static ProgramRun runProgram(const std::string &path,
                             const std::vector<std::string> &arguments) {
  ProgramRun result;
  llvm::SmallString<128> file;
  if (std::error_code error =
          llvm::sys::fs::createTemporaryFile("recflex-doctor", "txt", file)) {
    result.error = "no temporary file: " + error.message();
    return result;
  }
  std::vector<llvm::StringRef> argv{path};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  llvm::StringRef output = file.str();
  std::optional<llvm::StringRef> redirects[] = {llvm::StringRef(""), output,
                                                output};
  result.code = llvm::sys::ExecuteAndWait(path, argv, /*Env=*/std::nullopt,
                                          redirects, kProgramSeconds,
                                          /*MemoryLimit=*/0, &result.error);
  if (auto buffer = llvm::MemoryBuffer::getFile(file))
    result.output = (*buffer)->getBuffer().str();
  llvm::sys::fs::remove(file);
  return result;
}

/// The line that says the version: the last with a digit in it.
static std::string versionLine(llvm::StringRef output) {
  llvm::StringRef found;
  for (llvm::StringRef line : llvm::split(output, '\n'))
    if (line.find_first_of("0123456789") != llvm::StringRef::npos &&
        !line.starts_with("Build "))
      found = line;
  return found.trim().str();
}

namespace {

class ProgramProbe final : public Probe {
public:
  explicit ProgramProbe(ProgramQuery query)
      : Probe(query.name), query(std::move(query)) {}

  void run(Report report) const override {
    Finding finding;
    finding.name = name();
    std::string path = findProgram(query.name);
    if (path.empty()) {
      finding.health = Health::missing;
      finding.detail = "not on the PATH, nor with a CUDA toolkit; " +
                       query.purpose + " needs it";
      finding.remedy = query.remedy;
      return report(std::move(finding));
    }
    ProgramRun run = runProgram(path, query.arguments);
    finding.facts = llvm::json::Object{{"path", path}};
    if (run.code != 0) {
      finding.health = Health::failed;
      finding.detail =
          path + " does not run: " +
          (run.error.empty() ? "exit code " + std::to_string(run.code)
                             : run.error);
      finding.remedy = "install it again: " + query.remedy;
      return report(std::move(finding));
    }
    std::string version = versionLine(run.output);
    finding.detail = version + " (" + path + ")";
    finding.facts["version"] = version;
    report(std::move(finding));
  }

private:
  ProgramQuery query;
};

class PyTorchProbe final : public Probe {
public:
  PyTorchProbe() : Probe("pytorch") {}

  void run(Report report) const override {
    Finding finding;
    finding.name = name();
    std::string python = findProgram("python3");
    ProgramRun run;
    // The package's version file: importing all of PyTorch takes seconds.
    if (!python.empty())
      run = runProgram(python, {"-c", "from importlib.metadata import version\n"
                                      "print('PyTorch', version('torch'))"});
    if (python.empty() || run.code != 0) {
      finding.health = Health::missing;
      finding.detail = "python3 has no package torch; sharing a GPU with "
                       "PyTorch needs it";
      finding.remedy = "pip install torch (https://pytorch.org)";
      return report(std::move(finding));
    }
    finding.detail = versionLine(run.output);
    report(std::move(finding));
  }
};

} // namespace

std::unique_ptr<Probe> createProgramProbe(ProgramQuery query) {
  return std::make_unique<ProgramProbe>(std::move(query));
}

std::vector<std::unique_ptr<Probe>> createProgramProbes() {
  auto remedy = [](const char *pip, const char *apt) {
    return std::string("pip install ") + pip +
           "; or, with NVIDIA's packages "
           "(https://developer.nvidia.com/cuda-downloads), apt-get install " +
           apt;
  };
  std::vector<std::unique_ptr<Probe>> probes;
  for (ProgramQuery &query : std::vector<ProgramQuery>{
           {"ptxas",
            {"--version"},
            "seeing registers and spills without a GPU",
            remedy("nvidia-cuda-nvcc", "cuda-nvcc-13-0")},
           {"nvcc",
            {"--version"},
            "compiling CUDA C++ of your own",
            remedy("nvidia-cuda-nvcc", "cuda-nvcc-13-0")},
           {"compute-sanitizer",
            {"--version"},
            "tools/scripts/sanitize-gpu.sh",
            remedy("nvidia-cuda-sanitizer-api", "cuda-sanitizer-13-0")},
           {"python3",
            {"--version"},
            "running the tests",
            "apt-get install python3"}})
    probes.push_back(createProgramProbe(std::move(query)));
  return probes;
}

std::unique_ptr<Probe> createPyTorchProbe() {
  return std::make_unique<PyTorchProbe>();
}

} // namespace recflex
