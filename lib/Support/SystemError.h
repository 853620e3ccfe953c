//===- SystemError.h - What the system says of a file -----------*- C++ -*-===//

#ifndef RECFLEX_LIB_SUPPORT_SYSTEMERROR_H
#define RECFLEX_LIB_SUPPORT_SYSTEMERROR_H

#include "recflex/Support/Result.h"

#include <cerrno>
#include <cstring>

namespace recflex {

/// "model.json: cannot open the file: No such file or directory", by errno.
inline Error systemError(const std::string &path, const char *what) {
  return makeError(ErrorCode::io, path, ": ", what, ": ", std::strerror(errno));
}

} // namespace recflex

#endif // RECFLEX_LIB_SUPPORT_SYSTEMERROR_H
