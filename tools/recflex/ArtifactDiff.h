//===- ArtifactDiff.h - What differs between two artifacts ------*- C++ -*-===//

#ifndef RECFLEX_TOOLS_RECFLEX_ARTIFACTDIFF_H
#define RECFLEX_TOOLS_RECFLEX_ARTIFACTDIFF_H

#include "ArtifactFile.h"

#include <optional>

namespace recflex {

/// One difference.
struct ArtifactChange {
  /// Where: "threads", "features[user].schedule", "ptx", "cubins[sm_90]".
  std::string path;
  /// What stands there; nothing if only the other artifact has it.
  std::optional<nlohmann::ordered_json> first, second;
};

/// What differs between two artifacts; none if and only if the files are
/// equal. Tables, features and bodies are matched by name and not by number,
/// so that one more at the front is one change.
std::vector<ArtifactChange> compare(const ArtifactFile &first,
                                    const ArtifactFile &second);

} // namespace recflex

#endif // RECFLEX_TOOLS_RECFLEX_ARTIFACTDIFF_H
