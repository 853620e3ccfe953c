//===- ArtifactLayout.h - Where in the file what stands ---------*- C++ -*-===//
//
// The outside of an artifact: header, section table, checksums. Nothing here
// looks into a section. docs/Artifact.md has the layout byte by byte.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_RUNTIME_ARTIFACTLAYOUT_H
#define RECFLEX_RUNTIME_ARTIFACTLAYOUT_H

#include "recflex/Support/Result.h"
#include "recflex/Support/Sha256.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace recflex {

/// Raised whenever the layout of the file changes; the kernels have their own
/// version, abi::kVersion, and a reader wants both to be its own.
constexpr uint32_t kArtifactFormat = 2;

/// Sections, and everything else, start at multiples of this.
constexpr uint64_t kSectionAlignment = 64;

/// What a section holds; the numbers stand in the file.
enum class SectionKind : uint32_t { manifest = 1, ptx = 2, cubin = 3 };

/// "manifest", "ptx", "cubin".
std::string_view toString(SectionKind kind);

struct ArtifactSection {
  SectionKind kind = SectionKind::manifest;
  std::string chip; ///< "sm_90" for cubins, else empty
  uint64_t offset = 0;
  uint64_t length = 0;
  Sha256::Digest sha256 = {};

  std::string_view in(std::string_view artifact) const {
    return artifact.substr(offset, length);
  }
};

/// What a section is made from.
struct SectionContents {
  SectionKind kind;
  std::string chip;
  std::string_view bytes;
};

/// Joins sections into an artifact, in the order given.
std::string writeLayout(const std::vector<SectionContents> &sections);

/// Finds the sections of `artifact`, in the file's order: one manifest, one
/// PTX, cubins by chip. Every byte of the file has then been checked against a
/// checksum or to be zero, and all sections lie inside. Errors: badArtifact,
/// unsupportedVersion.
Result<std::vector<ArtifactSection>> readLayout(std::string_view artifact);

} // namespace recflex

#endif // RECFLEX_RUNTIME_ARTIFACTLAYOUT_H
