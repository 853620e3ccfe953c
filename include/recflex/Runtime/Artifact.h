//===- Artifact.h - The file that the compiler leaves -----------*- C++ -*-===//
//
// One file: a fixed header, the manifest as JSON, the PTX. Written whole or
// not at all; read with every length checked before use.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_RUNTIME_ARTIFACT_H
#define RECFLEX_RUNTIME_ARTIFACT_H

#include "recflex/Runtime/Manifest.h"
#include "recflex/Support/Result.h"

#include <string>

namespace recflex {

/// Raised whenever the layout of the file changes; the kernels have their own
/// version, abi::kVersion, and a reader wants both to be its own.
constexpr uint32_t kArtifactFormat = 1;

struct Artifact {
  Manifest manifest;
  std::string ptx;
};

/// The artifact's bytes; the same artifact always gives the same bytes.
std::string serialize(const Artifact &artifact);

/// Checks and reads what serialize() wrote. Errors: another format or ABI
/// version, a wrong length or checksum, a manifest that does not pass check().
Result<Artifact> deserialize(const std::string &bytes);

/// Checks the manifest, then writes the file whole or not at all.
Status writeArtifact(const Artifact &artifact, const std::string &path);
Result<Artifact> readArtifact(const std::string &path);

} // namespace recflex

#endif // RECFLEX_RUNTIME_ARTIFACT_H
