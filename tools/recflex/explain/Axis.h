//===- Axis.h - Numbers along a line ----------------------------*- C++ -*-===//

#ifndef RECFLEX_TOOLS_RECFLEX_EXPLAIN_AXIS_H
#define RECFLEX_TOOLS_RECFLEX_EXPLAIN_AXIS_H

#include <string>
#include <vector>

namespace recflex {

/// One axis of a chart: what its numbers are, and where they stand.
class Axis {
public:
  struct Tick {
    double place; ///< from 0 to 1
    std::string text;
  };

  /// Both take in all `values`, and end at round numbers. Without values, or
  /// with equal ones, there is some room around.
  static Axis linear(std::string label, const std::vector<double> &values,
                     bool fromZero = false);
  /// Of `base` 2 or 10. Values of 0 and less stand at the lower end. `room`: how
  /// far it goes on at both ends, in powers of the base.
  static Axis logarithmic(std::string label, const std::vector<double> &values,
                          int base, double room = 0);

  /// Where a value stands, from 0 to 1; those beyond an end stand there.
  double place(double value) const;
  /// The values at the ends.
  double lowest() const;
  double highest() const;
  const std::string &label() const { return name; }
  const std::vector<Tick> &ticks() const { return marks; }

private:
  Axis(std::string label, bool isLogarithmic)
      : name(std::move(label)), isLogarithmic(isLogarithmic) {}
  void addTick(double value);

  std::string name;
  bool isLogarithmic;
  double low = 0, high = 1; ///< their logarithms, if it is logarithmic
  std::vector<Tick> marks;
};

} // namespace recflex

#endif // RECFLEX_TOOLS_RECFLEX_EXPLAIN_AXIS_H
