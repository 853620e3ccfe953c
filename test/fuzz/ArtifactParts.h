//===- ArtifactParts.h - An artifact apart and together ---------*- C++ -*-===//

#ifndef RECFLEX_TEST_FUZZ_ARTIFACTPARTS_H
#define RECFLEX_TEST_FUZZ_ARTIFACTPARTS_H

#include "recflex/Runtime/ArtifactLayout.h"

#include <string>
#include <vector>

namespace recflex {

/// The sections of a file, to be changed one by one.
struct ArtifactParts {
  struct Part {
    SectionKind kind;
    std::string chip;
    std::string bytes;
  };
  std::vector<Part> parts;

  /// Whether `file` has the layout of an artifact.
  bool split(const std::string &file) {
    Result<std::vector<ArtifactSection>> sections = readLayout(file);
    if (!sections)
      return false;
    for (const ArtifactSection &section : *sections)
      parts.push_back(
          {section.kind, section.chip, std::string(section.in(file))});
    return true;
  }

  /// A file of the parts, offsets, lengths and checksums right.
  std::string join() const {
    std::vector<SectionContents> contents;
    for (const Part &part : parts)
      contents.push_back({part.kind, part.chip, part.bytes});
    return writeLayout(contents);
  }
};

} // namespace recflex

#endif // RECFLEX_TEST_FUZZ_ARTIFACTPARTS_H
