//===- Cubins.h - An artifact's PTX, assembled ------------------*- C++ -*-===//

#ifndef RECFLEX_PIPELINES_CUBINS_H
#define RECFLEX_PIPELINES_CUBINS_H

#include "recflex/Runtime/Artifact.h"

#include <string>
#include <vector>

namespace recflex {

/// Whether an artifact compiled for `arch` can have cubins for `chips`. Errors
/// begin with the chip: "gfx90a: is not a GPU architecture; ...".
Status checkCubinChips(const std::vector<std::string> &chips,
                       const std::string &arch);

/// Assembles the artifact's PTX for `chips`, with ptxas. Errors: those of
/// checkCubinChips(), no ptxas, or what it said.
Status addCubins(Artifact &artifact, const std::vector<std::string> &chips);

} // namespace recflex

#endif // RECFLEX_PIPELINES_CUBINS_H
