//===- ArtifactFile.h - An artifact, as it stands in a file -----*- C++ -*-===//

#ifndef RECFLEX_TOOLS_RECFLEX_ARTIFACTFILE_H
#define RECFLEX_TOOLS_RECFLEX_ARTIFACTFILE_H

#include "recflex/Runtime/Artifact.h"

#include "llvm/Support/raw_ostream.h"

#include <nlohmann/json.hpp>

namespace recflex {

struct ArtifactFile {
  std::string path;
  uint64_t length = 0;
  std::vector<ArtifactSection> sections;
  std::string manifestText; ///< as it stands there
  Artifact artifact;

  /// Errors as of readArtifact().
  static Result<ArtifactFile> read(const std::string &path);
};

/// All of it, for people.
void print(llvm::raw_ostream &os, const ArtifactFile &file);

/// The same for programs: docs/Commands.md has the fields.
nlohmann::ordered_json toJson(const ArtifactFile &file);

} // namespace recflex

#endif // RECFLEX_TOOLS_RECFLEX_ARTIFACTFILE_H
