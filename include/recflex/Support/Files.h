//===- Files.h - Whole files in, whole files out ----------------*- C++ -*-===//

#ifndef RECFLEX_SUPPORT_FILES_H
#define RECFLEX_SUPPORT_FILES_H

#include "recflex/Support/Result.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace recflex {

/// Reads a file. The error names the path and the system's reason.
Result<std::string> readFile(const std::string &path);

/// Reads a regular file of at most `limit` bytes. A folder, a device or a pipe
/// is refused without waiting for it.
Result<std::string> readRegularFile(const std::string &path, size_t limit);

/// Writes a file so that it appears whole or not at all: a temporary file in
/// the same folder, flushed, then renamed over `path`.
Status writeFile(const std::string &path, std::string_view contents);

/// The same, but "-" is the standard output.
Status writeOutput(const std::string &path, std::string_view contents);

} // namespace recflex

#endif // RECFLEX_SUPPORT_FILES_H
