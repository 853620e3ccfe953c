//===- Trial.cpp - What came of trying a schedule -------------------------===//

#include "recflex/Tuning/Trial.h"

#include <algorithm>

namespace recflex {

static constexpr Outcome kOutcomes[] = {
    Outcome::ok,      Outcome::compileFailed, Outcome::assembleFailed,
    Outcome::wrongResult, Outcome::crashed,   Outcome::timedOut,
    Outcome::deviceLost};

std::string_view toString(Outcome outcome) {
  switch (outcome) {
  case Outcome::ok:
    return "ok";
  case Outcome::compileFailed:
    return "compile-failed";
  case Outcome::assembleFailed:
    return "assemble-failed";
  case Outcome::wrongResult:
    return "wrong-result";
  case Outcome::crashed:
    return "crashed";
  case Outcome::timedOut:
    return "timed-out";
  case Outcome::deviceLost:
    return "device-lost";
  }
  return "";
}

std::optional<Outcome> parseOutcome(std::string_view name) {
  for (Outcome outcome : kOutcomes)
    if (toString(outcome) == name)
      return outcome;
  return std::nullopt;
}

std::string Trial::failure() const {
  return std::string(toString(outcome)) + ": " + message;
}

bool isFaster(const Trial &trial, const Trial &best, double gain,
              double noise) {
  return trial.isOk() &&
         best.cost - trial.cost >
             std::max(gain * best.cost,
                      noise * std::max(trial.spread, best.spread));
}

} // namespace recflex
