//===- Cubins.cpp - An artifact's PTX, assembled --------------------------===//

#include "recflex/Pipelines/Cubins.h"

#include "recflex/Runtime/Chip.h"
#include "recflex/Target/Ptxas.h"

#include <algorithm>

namespace recflex {

Status checkCubinChips(const std::vector<std::string> &chips,
                       const std::string &arch) {
  for (auto chip = chips.begin(); chip != chips.end(); ++chip) {
    if (!isChipName(*chip))
      return makeError(*chip, ": is not a GPU architecture; write it as sm_90");
    if (std::find(chips.begin(), chip, *chip) != chip)
      return makeError(*chip, ": is named twice");
    if (abi::chipNumber(*chip) < abi::chipNumber(arch))
      return makeError(*chip, ": PTX for ", arch,
                       " cannot be assembled for it; compile for ", *chip);
  }
  return {};
}

Status addCubins(Artifact &artifact, const std::vector<std::string> &chips) {
  if (chips.empty())
    return {};
  // Lowered IR has a chip of its own, whatever the caller thought.
  if (Status status = checkCubinChips(chips, artifact.manifest.chip); !status)
    return status.error().in("cubins");
  Result<Ptxas> ptxas = Ptxas::find();
  if (!ptxas)
    return ptxas.error();
  for (const std::string &chip : chips) {
    Result<std::string> image = ptxas->assemble(artifact.ptx, chip);
    if (!image)
      return image.error();
    artifact.cubins.push_back({chip, std::move(*image)});
  }
  return {};
}

} // namespace recflex
