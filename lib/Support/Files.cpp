//===- Files.cpp - Whole files in, whole files out ------------------------===//

#include "recflex/Support/Files.h"

#include "SystemError.h"

#include "recflex/Support/NewFile.h"

#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace recflex {

namespace {
/// Closes a descriptor when it goes out of scope.
struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0)
      ::close(fd);
  }
};
} // namespace

static Error folderError(const std::string &path) {
  return makeError(ErrorCode::io, path, ": is a folder; name a file");
}

/// Reads `fd`, of `expected` bytes, to its end.
static Result<std::string> readAll(int fd, const std::string &path,
                                   off_t expected, size_t limit) {
  std::string contents;
  contents.reserve(expected > 0 ? expected : 0);
  char buffer[1 << 16];
  for (;;) {
    ssize_t n = ::read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return systemError(path, "cannot read the file");
    if (n == 0)
      return contents;
    if (static_cast<size_t>(n) > limit - contents.size())
      return makeError(ErrorCode::io, path, ": is longer than ", limit,
                       " bytes, the most that is read");
    contents.append(buffer, n);
  }
}

Result<std::string> readFile(const std::string &path) {
  Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd < 0)
    return systemError(path, "cannot open the file");
  struct stat info;
  if (::fstat(file.fd, &info) != 0)
    return systemError(path, "cannot stat the file");
  if (S_ISDIR(info.st_mode))
    return folderError(path);
  return readAll(file.fd, path, info.st_size, SIZE_MAX);
}

Result<std::string> readRegularFile(const std::string &path, size_t limit) {
  // Without O_NONBLOCK a pipe would wait for its writer here.
  Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.fd < 0)
    return systemError(path, "cannot open the file");
  struct stat info;
  if (::fstat(file.fd, &info) != 0)
    return systemError(path, "cannot stat the file");
  if (S_ISDIR(info.st_mode))
    return folderError(path);
  if (!S_ISREG(info.st_mode))
    return makeError(ErrorCode::io, path,
                     ": is a device or a pipe; name a regular file");
  if (static_cast<uint64_t>(info.st_size) > limit)
    return makeError(ErrorCode::io, path, ": is ", info.st_size,
                     " bytes long, more than the ", limit,
                     " that are read at most");
  return readAll(file.fd, path, info.st_size, limit);
}

/// Writes all of `contents` to `fd`; false with errno set if it cannot.
static bool writeAll(int fd, std::string_view contents) {
  while (!contents.empty()) {
    ssize_t n = ::write(fd, contents.data(), contents.size());
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return false;
    contents.remove_prefix(n);
  }
  return true;
}

/// Devices and pipes have no "whole or not at all": writes straight to them.
static Status writeSpecialFile(const std::string &path,
                               std::string_view contents) {
  Descriptor file{::open(path.c_str(), O_WRONLY | O_CLOEXEC)};
  if (file.fd < 0)
    return systemError(path, "cannot open the file");
  if (!writeAll(file.fd, contents))
    return systemError(path, "cannot write the file");
  return {};
}

Status writeOutput(const std::string &path, std::string_view contents) {
  if (path != "-")
    return writeFile(path, contents);
  if (!writeAll(STDOUT_FILENO, contents))
    return systemError("standard output", "cannot write");
  return {};
}

Status writeFile(const std::string &path, std::string_view contents) {
  struct stat info;
  if (::stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode)) {
    if (S_ISDIR(info.st_mode))
      return folderError(path);
    return writeSpecialFile(path, contents);
  }
  auto file = NewFile::create(path);
  if (!file)
    return file.error();
  if (Status status = (*file)->writeAt(0, contents); !status)
    return status;
  return (*file)->commit();
}

} // namespace recflex
