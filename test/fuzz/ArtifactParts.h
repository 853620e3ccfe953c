//===- ArtifactParts.h - An artifact apart and together ---------*- C++ -*-===//
//
// The layout of docs/Artifact.md once more, without a single check: what the
// loader must refuse can be made here.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_TEST_FUZZ_ARTIFACTPARTS_H
#define RECFLEX_TEST_FUZZ_ARTIFACTPARTS_H

#include <string>

namespace recflex {

struct ArtifactParts {
  std::string manifest;
  std::string ptx;
};

/// Whether `bytes` have the layout of an artifact.
bool split(const std::string &bytes, ArtifactParts &parts);

/// A file of these parts, all lengths and checksums right.
std::string join(const ArtifactParts &parts);

/// Makes the checksums right, if there is room for any.
void refreshChecksums(std::string &bytes);

} // namespace recflex

#endif // RECFLEX_TEST_FUZZ_ARTIFACTPARTS_H
