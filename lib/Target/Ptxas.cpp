//===- Ptxas.cpp - PTX to cubins ------------------------------------------===//

#include "recflex/Target/Ptxas.h"

#include "recflex/Support/Files.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"

#include <csignal>
#include <thread>

using namespace llvm;

namespace recflex {

namespace {

/// A file of this user alone that goes with its owner, or with the process.
class TemporaryFile {
public:
  explicit TemporaryFile(StringRef suffix) {
    SmallString<128> model;
    sys::path::system_temp_directory(/*ErasedOnReboot=*/true, model);
    sys::path::append(model, "recflex-%%%%%%%%" + suffix);
    int descriptor;
    problem =
        sys::fs::createUniqueFile(model, descriptor, path, sys::fs::OF_None,
                                  sys::fs::owner_read | sys::fs::owner_write);
    created = !problem;
    if (!created)
      return;
    sys::Process::SafelyCloseFileDescriptor(descriptor);
    sys::RemoveFileOnSignal(path);
  }
  ~TemporaryFile() {
    if (!created)
      return;
    sys::fs::remove(path);
    sys::DontRemoveFileOnSignal(path);
  }
  TemporaryFile(const TemporaryFile &) = delete;
  TemporaryFile &operator=(const TemporaryFile &) = delete;

  std::string name() const { return path.str().str(); }

  Status write(StringRef contents) {
    // Into the file itself: one that replaced it might be readable by others.
    raw_fd_ostream os(path, problem, sys::fs::CD_OpenExisting);
    os << contents;
    os.close();
    if (!problem && os.has_error())
      problem = os.error();
    os.clear_error();
    return problem ? Status(makeError(
                         ErrorCode::io, name(),
                         ": cannot write the file: ", problem.message()))
                   : Status();
  }

  std::error_code problem;

private:
  SmallString<128> path;
  bool created = false;
};

} // namespace

Result<Ptxas> Ptxas::find(const std::vector<std::string> &folders) {
  if (ErrorOr<std::string> found = sys::findProgramByName("ptxas"))
    return Ptxas(*found);
  SmallVector<StringRef> paths(folders.begin(), folders.end());
  if (!paths.empty())
    if (ErrorOr<std::string> found = sys::findProgramByName("ptxas", paths))
      return Ptxas(*found);
  return makeError("ptxas, which assembles cubins, is neither on the PATH nor "
                   "in ",
                   folders.empty() ? "any other folder" : join(folders, ", "),
                   "; install the CUDA toolkit, or compile without cubins");
}

/// Runs `arguments`, whose first is the program, until `deadline`; what it says
/// goes to the file `said`. Gives the exit code; -1 with `problem` set if it
/// was killed or did not start.
static int runUntil(ArrayRef<StringRef> arguments, StringRef said,
                    std::chrono::steady_clock::time_point deadline,
                    std::string &problem) {
  bool failed = false;
  sys::ProcessInfo process = sys::ExecuteNoWait(
      arguments.front(), arguments, /*Env=*/std::nullopt,
      {StringRef(""), said, said}, /*MemoryLimit=*/0, &problem, &failed);
  if (failed)
    return -1;
  // A limit of its own would be an alarm, of which a process has only one.
  for (;;) {
    sys::ProcessInfo ended = sys::Wait(process, /*SecondsToWait=*/0, &problem,
                                       /*ProcStat=*/nullptr, /*Polling=*/true);
    if (ended.Pid != 0)
      return ended.ReturnCode;
    if (std::chrono::steady_clock::now() > deadline)
      break;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  kill(process.Pid, SIGKILL);
  sys::Wait(process, /*SecondsToWait=*/std::nullopt, &problem);
  problem = "not done in time";
  return -1;
}

Result<std::string> Ptxas::assemble(const std::string &ptx,
                                    const std::string &chip,
                                    std::chrono::seconds limit) const {
  TemporaryFile input(".ptx"), output(".cubin"), log(".log");
  for (const TemporaryFile *file : {&input, &output, &log})
    if (file->problem)
      return makeError(ErrorCode::io, "cannot create a temporary file: ",
                       file->problem.message());
  if (Status status = input.write(ptx); !status)
    return status.error();

  std::string arch = "-arch=" + chip, in = input.name(), out = output.name(),
              said = log.name();
  std::string problem;
  int code = runUntil({program, arch, in, "-o", out}, said,
                      std::chrono::steady_clock::now() + limit, problem);
  if (code != 0) {
    Result<std::string> text = readFile(said);
    std::string details = text ? StringRef(*text).rtrim().str() : "";
    if (!problem.empty())
      details = problem + (details.empty() ? "" : "\n") + details;
    return makeError(program, " cannot assemble the PTX for ", chip, ": ")
        .then(details.empty() ? "exit code " + std::to_string(code) : details);
  }
  return readFile(out);
}

Result<std::string> Ptxas::version() const {
  TemporaryFile log(".log");
  if (log.problem)
    return makeError(ErrorCode::io,
                     "cannot create a temporary file: ", log.problem.message());
  std::string said = log.name(), problem;
  int code = runUntil(
      {program, "--version"}, said,
      std::chrono::steady_clock::now() + std::chrono::seconds(10), problem);
  Result<std::string> text = readFile(said);
  if (code != 0 || !text)
    return makeError(program, " does not say its version: ",
                     problem.empty() ? "exit code " + std::to_string(code)
                                     : problem);
  // "Cuda compilation tools, release 13.0, V13.0.48"
  StringRef number = StringRef(*text).split(", V").second;
  return number.take_while([](char c) { return isDigit(c) || c == '.'; }).str();
}

} // namespace recflex
