//===- ChildProcess.h - A process that may die ------------------*- C++ -*-===//

#ifndef RECFLEX_LIB_PROFILING_CHILDPROCESS_H
#define RECFLEX_LIB_PROFILING_CHILDPROCESS_H

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>

namespace recflex {

/// One end of a connection that carries messages, whole or not at all.
class MessageEnd {
public:
  using Deadline = std::chrono::steady_clock::time_point;

  explicit MessageEnd(int descriptor) : descriptor(descriptor) {}
  ~MessageEnd();
  MessageEnd(const MessageEnd &) = delete;
  MessageEnd &operator=(const MessageEnd &) = delete;

  enum class Outcome { done, closed, late };
  /// `closed` if the other end is gone, `late` if the deadline passed first; of
  /// no deadline there is none.
  Outcome send(const std::string &message, std::optional<Deadline> deadline);
  Outcome receive(std::string &message, std::optional<Deadline> deadline);

private:
  Outcome transfer(char *bytes, size_t size, bool sends,
                   std::optional<Deadline> deadline);
  int descriptor;
};

/// A fork of this process that talks with it. It ends when this one does.
class ChildProcess {
public:
  /// Runs `serve` in the child, and ends it when that returns. What the child
  /// prints goes nowhere, for this process may be drawing on the terminal.
  /// Null with `problem` set if there can be no more processes.
  static std::optional<ChildProcess>
  start(const std::function<void(MessageEnd &)> &serve, std::string &problem);

  ChildProcess(ChildProcess &&other) noexcept;
  ChildProcess &operator=(ChildProcess &&other) noexcept;
  /// Kills it, if it still runs.
  ~ChildProcess();

  MessageEnd &connection() { return *end; }
  /// Kills it. How it had ended, if it had: "Segmentation fault", "exit code
  /// 1".
  std::string stop();

private:
  ChildProcess(pid_t child, int descriptor);
  pid_t child = -1;
  std::unique_ptr<MessageEnd> end;
};

} // namespace recflex

#endif // RECFLEX_LIB_PROFILING_CHILDPROCESS_H
