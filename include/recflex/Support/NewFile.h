//===- NewFile.h - A file that appears whole or not at all ------*- C++ -*-===//

#ifndef RECFLEX_SUPPORT_NEWFILE_H
#define RECFLEX_SUPPORT_NEWFILE_H

#include "recflex/Support/Result.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace recflex {

/// A temporary file in the folder of the file that it will be. Without commit()
/// it goes away.
class NewFile {
public:
  /// `path` names a regular file, or none yet. Errors name it and the system's
  /// reason, here and below.
  static Result<std::unique_ptr<NewFile>> create(const std::string &path);
  ~NewFile();
  NewFile(const NewFile &) = delete;
  NewFile &operator=(const NewFile &) = delete;

  const std::string &path() const { return finalPath; }

  /// Writes all of `bytes`, from byte `offset` of the file on.
  Status writeAt(int64_t offset, std::string_view bytes);

  /// Flushes the file and gives it the rights that any new file gets, and its
  /// name. Once.
  Status commit();

private:
  explicit NewFile(const std::string &path) : finalPath(path) {}

  std::string finalPath;
  std::string temporary;
  int fd = -1; ///< once it is committed -1 again
};

} // namespace recflex

#endif // RECFLEX_SUPPORT_NEWFILE_H
