//===- PtxHeader.h - What PTX says of itself --------------------*- C++ -*-===//

#ifndef RECFLEX_RUNTIME_PTXHEADER_H
#define RECFLEX_RUNTIME_PTXHEADER_H

#include "recflex/Support/Result.h"

#include <optional>
#include <string>
#include <string_view>

namespace recflex {

/// The two directives that PTX begins with.
struct PtxHeader {
  std::string version; ///< "8.6", of `.version 8.6`: the PTX ISA
  std::string target;  ///< "sm_90", of `.target sm_90`
};

/// Reads them; only comments and white space may stand before and between.
Result<PtxHeader> readPtxHeader(std::string_view ptx);

/// Whether `version` is written as 8.6.
bool isPtxVersion(std::string_view version);

/// The CUDA version, 1000 * major + 10 * minor, whose drivers are the first to
/// take PTX of this version. Nothing for one that is not in the table of
/// PtxHeader.cpp.
std::optional<int> leastDriverFor(std::string_view ptxVersion);

/// The newest PTX version that drivers for that CUDA version take, as far as
/// the same table goes; nothing for those older than the table.
std::optional<std::string> newestPtxFor(int cudaVersion);

/// "12.4" of 12040.
std::string cudaVersionName(int version);

} // namespace recflex

#endif // RECFLEX_RUNTIME_PTXHEADER_H
