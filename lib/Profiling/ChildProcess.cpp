//===- ChildProcess.cpp - A process that may die --------------------------===//

#include "ChildProcess.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>

using Clock = std::chrono::steady_clock;

namespace recflex {

//===----------------------------------------------------------------------===//
// MessageEnd
//===----------------------------------------------------------------------===//

MessageEnd::~MessageEnd() { close(descriptor); }

MessageEnd::Outcome MessageEnd::transfer(char *bytes, size_t size, bool sends,
                                         std::optional<Deadline> deadline) {
  while (size != 0) {
    int wait = -1;
    if (deadline) {
      auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          *deadline - Clock::now());
      if (left.count() <= 0)
        return Outcome::late;
      wait = static_cast<int>(std::min<int64_t>(left.count() + 1, 1 << 30));
    }
    pollfd waiting{descriptor, static_cast<short>(sends ? POLLOUT : POLLIN), 0};
    int ready = poll(&waiting, 1, wait);
    if (ready < 0 && errno != EINTR)
      return Outcome::closed;
    if (ready <= 0)
      continue;
    // Without a signal where the other end is gone.
    ssize_t count =
        sends ? ::send(descriptor, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT)
              : recv(descriptor, bytes, size, MSG_DONTWAIT);
    if (count < 0 && (errno == EINTR || errno == EAGAIN))
      continue;
    if (count <= 0)
      return Outcome::closed;
    bytes += count;
    size -= count;
  }
  return Outcome::done;
}

MessageEnd::Outcome MessageEnd::send(const std::string &message,
                                     std::optional<Deadline> deadline) {
  uint64_t size = message.size();
  Outcome outcome = transfer(reinterpret_cast<char *>(&size), sizeof size,
                             /*sends=*/true, deadline);
  if (outcome != Outcome::done)
    return outcome;
  return transfer(const_cast<char *>(message.data()), message.size(),
                  /*sends=*/true, deadline);
}

MessageEnd::Outcome MessageEnd::receive(std::string &message,
                                        std::optional<Deadline> deadline) {
  uint64_t size = 0;
  Outcome outcome = transfer(reinterpret_cast<char *>(&size), sizeof size,
                             /*sends=*/false, deadline);
  if (outcome != Outcome::done)
    return outcome;
  message.resize(size);
  return transfer(message.data(), size, /*sends=*/false, deadline);
}

//===----------------------------------------------------------------------===//
// ChildProcess
//===----------------------------------------------------------------------===//

[[noreturn]] static void
runChild(int descriptor, pid_t parent,
         const std::function<void(MessageEnd &)> &serve) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) // it was faster
    _exit(1);
  // A Ctrl-C is for the parent, which then takes its leave of this one.
  std::signal(SIGINT, SIG_IGN);
  if (int null = open("/dev/null", O_RDWR); null >= 0) {
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
  }
  MessageEnd end(descriptor);
  serve(end);
  // No exit handlers: the parent's buffers are here too, and a driver's
  // handlers may hang.
  _exit(0);
}

std::optional<ChildProcess>
ChildProcess::start(const std::function<void(MessageEnd &)> &serve,
                    std::string &problem) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    problem = std::strerror(errno);
    return std::nullopt;
  }
  pid_t parent = getpid(), child = fork();
  if (child < 0) {
    problem = std::strerror(errno);
    close(ends[0]);
    close(ends[1]);
    return std::nullopt;
  }
  if (child == 0) {
    close(ends[0]);
    runChild(ends[1], parent, serve);
  }
  close(ends[1]);
  return ChildProcess(child, ends[0]);
}

ChildProcess::ChildProcess(pid_t child, int descriptor)
    : child(child), end(std::make_unique<MessageEnd>(descriptor)) {}

ChildProcess::ChildProcess(ChildProcess &&other) noexcept
    : child(std::exchange(other.child, -1)), end(std::move(other.end)) {}

ChildProcess &ChildProcess::operator=(ChildProcess &&other) noexcept {
  std::swap(child, other.child);
  std::swap(end, other.end);
  return *this;
}

ChildProcess::~ChildProcess() { stop(); }

static std::string describeEnd(int status) {
  if (WIFSIGNALED(status))
    return strsignal(WTERMSIG(status));
  return "exit code " + std::to_string(WEXITSTATUS(status));
}

std::string ChildProcess::stop() {
  if (child < 0)
    return "";
  end.reset();
  int status = 0;
  // What has closed its end is about to be gone by itself.
  for (int i = 0; i != 20; ++i) {
    if (waitpid(child, &status, WNOHANG) == child) {
      child = -1;
      return describeEnd(status);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(i));
  }
  kill(child, SIGKILL);
  // One that is stuck in a driver's call dies when that returns; it is not
  // waited for without end.
  for (int i = 0; i != 100; ++i) {
    if (waitpid(child, &status, WNOHANG) == child)
      break;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  child = -1;
  return "killed";
}

} // namespace recflex
