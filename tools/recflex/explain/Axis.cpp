//===- Axis.cpp - Numbers along a line ------------------------------------===//

#include "Axis.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <cmath>

namespace recflex {

/// Steps between ticks that an axis has room for.
static constexpr double kSteps = 6;

void Axis::addTick(double value) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%g", value);
  marks.push_back({place(value), std::move(text)});
}

double Axis::lowest() const { return isLogarithmic ? std::exp(low) : low; }

double Axis::highest() const { return isLogarithmic ? std::exp(high) : high; }

double Axis::place(double value) const {
  if (isLogarithmic) {
    if (!(value > 0))
      return 0;
    value = std::log(value);
  }
  return std::clamp((value - low) / (high - low), 0.0, 1.0);
}

/// The next of 1, 2, 5, 10, 20, 50, ... that is no smaller.
static double roundStep(double step) {
  double power = std::pow(10, std::floor(std::log10(step)));
  for (double factor : {1, 2, 5})
    if (factor * power >= step * (1 - 1e-9))
      return factor * power;
  return 10 * power;
}

Axis Axis::linear(std::string label, const std::vector<double> &values,
                  bool fromZero) {
  Axis axis(std::move(label), /*isLogarithmic=*/false);
  double least = 0, most = 1;
  if (!values.empty()) {
    auto [first, last] = std::minmax_element(values.begin(), values.end());
    least = *first, most = *last;
  }
  if (fromZero)
    least = std::min(least, 0.0);
  if (!(most > least)) {
    double room = most != 0 ? std::abs(most) / 2 : 1;
    least = fromZero ? least : least - room;
    most += room;
  }
  double step = roundStep((most - least) / kSteps);
  double from = std::floor(least / step + 1e-9);
  double to = std::ceil(most / step - 1e-9);
  axis.low = from * step;
  axis.high = to * step;
  for (double i = from; i <= to; ++i)
    axis.addTick(i * step);
  return axis;
}

Axis Axis::logarithmic(std::string label, const std::vector<double> &values,
                       int base, double room) {
  Axis axis(std::move(label), /*isLogarithmic=*/true);
  double least = 0, most = 0;
  for (double value : values) {
    if (!(value > 0))
      continue;
    least = least > 0 ? std::min(least, value) : value;
    most = std::max(most, value);
  }
  if (!(least > 0))
    least = most = 1;
  double scale = std::log(base);
  double from = std::floor(std::log(least) / scale + 1e-9);
  double to = std::ceil(std::log(most) / scale - 1e-9);
  if (to <= from)
    to = from + 1;
  axis.low = (from - room) * scale;
  axis.high = (to + room) * scale;
  // Few decades have room for ticks within; many for every second, third, ...
  double every = std::ceil((to - from) / (2 * kSteps));
  for (double i = from; i <= to; i += every) {
    double value = std::pow(base, i);
    axis.addTick(value);
    if (base == 10 && to - from <= 3 && i < to)
      for (double factor : {2, 5})
        axis.addTick(factor * value);
  }
  return axis;
}

} // namespace recflex
