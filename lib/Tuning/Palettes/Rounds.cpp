//===- Rounds.cpp - Candidates that are measured together -----------------===//

#include "Rounds.h"

#include <map>

using llvm::ArrayRef;

namespace recflex {

/// A schedule's text but for what follows from the row's width: schedules of
/// features of different widths with equal settings are alike.
static std::string settingOf(emb::ScheduleAttrInterface schedule) {
  std::string text = toText(schedule), setting;
  for (llvm::StringRef part : llvm::split(text, ", ")) {
    bool followsWidth =
        part.contains("lanes = ") || part.contains("samples = ");
    if (!followsWidth)
      setting += part.str() + ", ";
  }
  return setting;
}

std::vector<Assignment> makeRounds(ArrayRef<Assignment> candidates) {
  std::vector<Assignment> rounds;
  std::map<std::pair<std::string, size_t>, size_t> numbers;
  for (auto [number, schedules] : llvm::enumerate(candidates)) {
    std::map<std::string, size_t> repeats; // of a setting, by other lanes
    for (emb::ScheduleAttrInterface schedule : schedules) {
      std::string setting = settingOf(schedule);
      size_t repeat = repeats[setting]++;
      auto [round, isNew] =
          numbers.try_emplace({setting, repeat}, rounds.size());
      if (isNew)
        rounds.emplace_back(candidates.size());
      rounds[round->second][number] = schedule;
    }
  }
  return rounds;
}

} // namespace recflex
