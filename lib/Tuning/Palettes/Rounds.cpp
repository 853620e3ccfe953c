//===- Rounds.cpp - Candidates that are measured together -----------------===//

#include "Rounds.h"

#include "llvm/ADT/DenseMap.h"

using llvm::ArrayRef;

namespace recflex {

std::vector<Assignment> makeRounds(ArrayRef<Assignment> candidates) {
  std::vector<Assignment> rounds;
  llvm::DenseMap<std::pair<mlir::Attribute, size_t>, size_t> numbers;
  for (auto [number, schedules] : llvm::enumerate(candidates)) {
    llvm::DenseMap<mlir::Attribute, size_t> repeats; // of it, by other lanes
    for (emb::ScheduleAttrInterface schedule : schedules) {
      mlir::Attribute setting = schedule.getSetting();
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
