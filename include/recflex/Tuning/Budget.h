//===- Budget.h - How long tuning may take ----------------------*- C++ -*-===//

#ifndef RECFLEX_TUNING_BUDGET_H
#define RECFLEX_TUNING_BUDGET_H

#include <functional>
#include <limits>

namespace recflex {

/// Time that is spent as a clock goes on. It limits what is measured; what a
/// record knows is free. A trial that has begun is finished.
class Budget {
public:
  /// Seconds since some moment.
  using Clock = std::function<double()>;
  static constexpr double kUnlimited = std::numeric_limits<double>::infinity();

  explicit Budget(Clock clock, double seconds = kUnlimited)
      : clock(std::move(clock)), seconds(seconds), start(this->clock()) {}

  double elapsed() const { return clock() - start; }
  double left() const { return seconds - elapsed(); }
  /// Whether that share of it is gone.
  bool isSpent(double share = 1) const { return elapsed() >= seconds * share; }

private:
  Clock clock;
  double seconds;
  double start;
};

} // namespace recflex

#endif // RECFLEX_TUNING_BUDGET_H
