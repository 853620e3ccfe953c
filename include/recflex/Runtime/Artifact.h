//===- Artifact.h - The file that the compiler leaves -----------*- C++ -*-===//
//
// One file: a manifest, the PTX, cubins made from it. Written whole or not at
// all; read with everything checked before use. Its layout is in
// ArtifactLayout.h.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_RUNTIME_ARTIFACT_H
#define RECFLEX_RUNTIME_ARTIFACT_H

#include "recflex/Runtime/ArtifactLayout.h"
#include "recflex/Runtime/Manifest.h"
#include "recflex/Support/Result.h"

#include <string>
#include <string_view>
#include <vector>

namespace recflex {

/// The kernels, assembled for one chip.
struct Cubin {
  std::string chip;  ///< "sm_90"
  std::string image; ///< an ELF file for the CUDA machine
};

struct Artifact {
  Manifest manifest;
  std::string ptx;
  std::vector<Cubin> cubins = {}; ///< no two for the same chip
};

/// Longest file that readArtifact() reads: 1 GiB. Manifest and PTX of 10,000
/// features are a hundredth of it.
constexpr size_t kMaxArtifactBytes = size_t{1} << 30;

/// Checks the manifest, that the PTX says the same of itself, and that cubins
/// are such. Errors: badArtifact.
Status check(const Artifact &artifact);

/// The bytes of an artifact that passes check(); the same artifact always
/// gives the same bytes.
std::string serialize(const Artifact &artifact);

/// Checks and reads what serialize() wrote. Memory: a few times the bytes'.
/// Errors: badArtifact, unsupportedVersion.
Result<Artifact> deserialize(std::string_view bytes);

/// Checks the artifact, then writes the file whole or not at all.
Status writeArtifact(const Artifact &artifact, const std::string &path);

/// The bytes of the regular file `path`, unchecked. Errors: io.
Result<std::string> readArtifactBytes(const std::string &path);

/// readArtifactBytes() and deserialize(). Errors name the file.
Result<Artifact> readArtifact(const std::string &path);

} // namespace recflex

#endif // RECFLEX_RUNTIME_ARTIFACT_H
