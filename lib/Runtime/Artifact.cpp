//===- Artifact.cpp - The file that the compiler leaves -------------------===//
//
// What stands in the sections; docs/Artifact.md has the order of the checks.
//
//===----------------------------------------------------------------------===//

#include "recflex/Runtime/Artifact.h"

#include "Cubin.h"
#include "recflex/Runtime/Chip.h"
#include "recflex/Runtime/ManifestJson.h"
#include "recflex/Runtime/PtxHeader.h"
#include "recflex/Support/Files.h"

#include <algorithm>

namespace recflex {

/// An error of whatever kind, as one of the artifact's contents.
static Error bad(const Error &error, const std::string &where) {
  return {error.in(where).message, ErrorCode::badArtifact};
}

/// The PTX must be text, and for what the manifest says.
static Status checkPtx(const std::string &ptx, const Manifest &manifest) {
  // The driver reads up to the first NUL: the rest would be lost silently.
  if (size_t nul = ptx.find('\0'); nul != std::string::npos)
    return makeError("has a NUL byte at ", nul);
  Result<PtxHeader> header = readPtxHeader(ptx);
  if (!header)
    return header.error();
  if (header->version != manifest.ptxVersion)
    return makeError("is of version ", header->version, ", the manifest says ",
                     manifest.ptxVersion);
  if (header->target != manifest.chip)
    return makeError("is for ", header->target, ", the manifest says ",
                     manifest.chip);
  return {};
}

/// Everything but the manifest itself.
static Status checkCode(const Artifact &artifact) {
  if (Status status = checkPtx(artifact.ptx, artifact.manifest); !status)
    return bad(status.error(), "PTX");
  for (const Cubin &cubin : artifact.cubins)
    if (Status status = checkCubin(cubin.image); !status)
      return bad(status.error(), "cubin for " + cubin.chip);
  return {};
}

Status check(const Artifact &artifact) {
  if (Status status = check(artifact.manifest); !status)
    return bad(status.error(), "manifest");
  std::vector<std::string> chips;
  for (const Cubin &cubin : artifact.cubins) {
    if (!isChipName(cubin.chip))
      return makeError(ErrorCode::badArtifact, "cubin for '", cubin.chip,
                       "': is not a GPU architecture; write it as sm_90");
    if (std::find(chips.begin(), chips.end(), cubin.chip) != chips.end())
      return makeError(ErrorCode::badArtifact, "cubin for ", cubin.chip,
                       ": there are two of them");
    chips.push_back(cubin.chip);
  }
  return checkCode(artifact);
}

std::string serialize(const Artifact &artifact) {
  std::string manifest = toJson(artifact.manifest);
  std::vector<SectionContents> sections;
  for (const Cubin &cubin : artifact.cubins)
    sections.push_back({SectionKind::cubin, cubin.chip, cubin.image});
  std::sort(sections.begin(), sections.end(),
            [](const SectionContents &a, const SectionContents &b) {
              return chipBefore(a.chip, b.chip);
            });
  sections.insert(sections.begin(), {{SectionKind::manifest, "", manifest},
                                     {SectionKind::ptx, "", artifact.ptx}});
  return writeLayout(sections);
}

Result<Artifact> deserialize(std::string_view bytes) {
  Result<std::vector<ArtifactSection>> sections = readLayout(bytes);
  if (!sections)
    return sections.error();
  Artifact artifact;
  for (const ArtifactSection &section : *sections) {
    std::string_view contents = section.in(bytes);
    switch (section.kind) {
    case SectionKind::manifest: {
      Result<Manifest> manifest = manifestFromJson(contents);
      if (!manifest)
        return bad(manifest.error(), "manifest");
      artifact.manifest = std::move(*manifest);
      break;
    }
    case SectionKind::ptx:
      artifact.ptx = contents;
      break;
    case SectionKind::cubin:
      artifact.cubins.push_back({section.chip, std::string(contents)});
      break;
    }
  }
  if (Status status = checkCode(artifact); !status)
    return status.error();
  return artifact;
}

Status writeArtifact(const Artifact &artifact, const std::string &path) {
  if (Status status = check(artifact); !status)
    return status;
  return writeFile(path, serialize(artifact));
}

Result<std::string> readArtifactBytes(const std::string &path) {
  return readRegularFile(path, kMaxArtifactBytes);
}

Result<Artifact> readArtifact(const std::string &path) {
  Result<std::string> bytes = readArtifactBytes(path);
  if (!bytes)
    return bytes.error();
  Result<Artifact> artifact = deserialize(*bytes);
  if (!artifact)
    return artifact.error().in(path);
  return artifact;
}

} // namespace recflex
