//===- NewFile.cpp - A file that appears whole or not at all --------------===//

#include "recflex/Support/NewFile.h"

#include "SystemError.h"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace recflex {

Result<std::unique_ptr<NewFile>> NewFile::create(const std::string &path) {
  std::unique_ptr<NewFile> file(new NewFile(path));
  // mkostemp puts other letters in place of the last six.
  file->temporary = path + ".XXXXXX";
  file->fd = ::mkostemp(file->temporary.data(), O_CLOEXEC);
  if (file->fd < 0)
    return systemError(path, "cannot create the file");
  return file;
}

NewFile::~NewFile() {
  if (fd < 0)
    return;
  ::close(fd);
  ::unlink(temporary.c_str());
}

Status NewFile::writeAt(int64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t n = ::pwrite(fd, bytes.data(), bytes.size(), offset);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return systemError(finalPath, "cannot write the file");
    bytes.remove_prefix(n);
    offset += n;
  }
  return {};
}

Status NewFile::commit() {
  mode_t mask = ::umask(0);
  ::umask(mask);
  if (::fchmod(fd, 0666 & ~mask) != 0 || ::fsync(fd) != 0 ||
      ::rename(temporary.c_str(), finalPath.c_str()) != 0)
    return systemError(finalPath, "cannot write the file");
  ::close(fd);
  fd = -1;
  return {};
}

} // namespace recflex
