//===- Isolation.cpp - Probes that cannot hurt ----------------------------===//

#include "Isolation.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

using Clock = std::chrono::steady_clock;

namespace recflex {

/// The child: writes each finding as one line of JSON.
[[noreturn]] static void runChild(const Probe &probe, int pipe) {
  // What drivers and compilers print is none of the report.
  if (int null = open("/dev/null", O_RDWR); null >= 0) {
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
  }
  llvm::raw_fd_ostream os(pipe, /*shouldClose=*/false, /*unbuffered=*/true);
  probe.run([&](Finding finding) {
    os << (llvm::formatv("{0}", llvm::json::Value(finding.toJson())).str() +
           "\n");
  });
  // No exit handlers: the parent's buffers are here too, and a driver's
  // handlers may hang.
  _exit(0);
}

/// Reads until the end or the deadline; false if it passed.
static bool readAll(int pipe, Clock::time_point deadline, std::string &text) {
  char buffer[4096];
  for (;;) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - Clock::now());
    if (left.count() <= 0)
      return false;
    pollfd waiting{pipe, POLLIN, 0};
    int ready = poll(&waiting, 1, static_cast<int>(left.count()) + 1);
    if (ready < 0 && errno != EINTR)
      return true;
    if (ready <= 0)
      continue;
    ssize_t count = read(pipe, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      return true;
    text.append(buffer, count);
  }
}

static std::vector<Finding> parseFindings(llvm::StringRef text) {
  std::vector<Finding> findings;
  for (llvm::StringRef line : llvm::split(text, '\n')) {
    llvm::Expected<llvm::json::Value> value = llvm::json::parse(line);
    if (!value) { // empty, or cut off by a crash
      llvm::consumeError(value.takeError());
      continue;
    }
    if (const llvm::json::Object *object = value->getAsObject())
      if (auto finding = Finding::fromJson(*object))
        findings.push_back(std::move(*finding));
  }
  return findings;
}

static Finding failure(const Probe &probe, std::string detail,
                       std::string remedy) {
  Finding finding;
  finding.name = probe.name();
  finding.health = Health::failed;
  finding.detail = std::move(detail);
  finding.remedy = std::move(remedy);
  return finding;
}

std::vector<Finding> runIsolated(const Probe &probe,
                                 std::chrono::milliseconds limit) {
  int ends[2];
  if (pipe(ends) != 0)
    return {failure(probe, std::string("no pipe: ") + std::strerror(errno),
                    "free file descriptors and run recflex doctor again")};
  pid_t child = fork();
  if (child < 0) {
    int error = errno;
    close(ends[0]);
    close(ends[1]);
    return {failure(probe, std::string("no process: ") + std::strerror(error),
                    "free memory or processes and run recflex doctor again")};
  }
  if (child == 0) {
    close(ends[0]);
    runChild(probe, ends[1]);
  }
  close(ends[1]);

  std::string text;
  bool inTime = readAll(ends[0], Clock::now() + limit, text);
  close(ends[0]);
  if (!inTime)
    kill(child, SIGKILL);
  std::vector<Finding> findings = parseFindings(text);
  if (!inTime) {
    // A process that is stuck in a driver's call dies when that returns; it is
    // not waited for.
    waitpid(child, nullptr, WNOHANG);
    findings.push_back(failure(
        probe,
        "not done after " + std::to_string(limit.count() / 1000.0) + " s",
        "what it looks at hangs: a driver that does not answer, or a machine "
        "that is too busy; see dmesg"));
    return findings;
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR)
    ;
  if (WIFSIGNALED(status))
    findings.push_back(
        failure(probe, std::string("crashed: ") + strsignal(WTERMSIG(status)),
                "what it looks at is broken: reinstall it; see dmesg"));
  else if (WEXITSTATUS(status) != 0)
    findings.push_back(failure(probe,
                               "ended early with exit code " +
                                   std::to_string(WEXITSTATUS(status)),
                               "what it looks at is broken: reinstall it"));
  return findings;
}

} // namespace recflex
