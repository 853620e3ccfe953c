//===- Chip.cpp - Names of GPU architectures ------------------------------===//

#include "recflex/Runtime/Chip.h"

#include "recflex/Runtime/KernelABI.h"

namespace recflex {

bool isChipName(std::string_view chip) {
  if (chip.substr(0, 3) != "sm_")
    return false;
  chip.remove_prefix(3);
  size_t digits = chip.find_first_not_of("0123456789");
  if (digits == std::string_view::npos)
    digits = chip.size();
  std::string_view suffix = chip.substr(digits);
  return digits >= 2 && digits <= 3 && chip[0] != '0' &&
         (suffix.empty() || suffix == "a" || suffix == "f");
}

bool chipBefore(std::string_view a, std::string_view b) {
  int numberA = abi::chipNumber(a), numberB = abi::chipNumber(b);
  return numberA != numberB ? numberA < numberB : a < b;
}

bool runsOn(std::string_view chip, int major, int minor) {
  int wanted = abi::chipNumber(chip);
  if (wanted == 0)
    return false;
  int present = major * 10 + minor;
  if (chip.back() == 'a')
    return present == wanted;
  if (chip.back() == 'f')
    return present >= wanted && major == wanted / 10;
  return present >= wanted;
}

bool cubinRunsOn(std::string_view chip, int major, int minor) {
  return runsOn(chip, major, minor) && major == abi::chipNumber(chip) / 10;
}

} // namespace recflex
