//===- Rounds.h - Candidates that are measured together ---------*- C++ -*-===//

#ifndef RECFLEX_LIB_TUNING_PALETTES_ROUNDS_H
#define RECFLEX_LIB_TUNING_PALETTES_ROUNDS_H

#include "recflex/Tuning/Measurer.h"

#include "llvm/ADT/STLExtras.h"

namespace recflex {

/// Puts candidates, by class, into rounds: one a setting, in the order in which
/// the candidates have them. In a round a class has at most one schedule; it is
/// untuned where it has none.
std::vector<Assignment> makeRounds(llvm::ArrayRef<Assignment> candidates);

/// Calls `visit` for each class and schedule of the rounds, the same one
/// perhaps several times.
template <typename Visit>
void forEachChoice(const std::vector<Assignment> &rounds, const Visit &visit) {
  for (const Assignment &round : rounds)
    for (auto [number, schedule] : llvm::enumerate(round))
      if (schedule)
        visit(number, schedule);
}

} // namespace recflex

#endif // RECFLEX_LIB_TUNING_PALETTES_ROUNDS_H
