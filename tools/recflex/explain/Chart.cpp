//===- Chart.cpp - Two axes, and what stands between them -----------------===//

#include "Chart.h"

namespace recflex {

using Anchor = SvgWriter::Anchor;

// Pixels. Titles, notes and the legend stand above, labels of the axes around.
static constexpr double kWidth = 760, kHeight = 470;
static constexpr double kLeft = 84, kRight = 76, kTop = 78, kBottom = 56;
static constexpr double kInnerWidth = kWidth - kLeft - kRight;
static constexpr double kInnerHeight = kHeight - kTop - kBottom;
/// What a letter of the legend takes at most, on average.
static constexpr double kLetter = 7;

Chart::Chart(llvm::StringRef title, llvm::StringRef note, Axis alongX,
             Axis alongY, std::optional<Axis> second)
    : writer(kWidth, kHeight, title), horizontal(std::move(alongX)),
      vertical(std::move(alongY)), right(std::move(second)) {
  writer.text(kLeft, 24, title, Anchor::start, "ink title");
  writer.text(kLeft, 43, note, Anchor::start, "soft");
  double bottom = kTop + kInnerHeight, end = kLeft + kInnerWidth;
  for (const Axis::Tick &tick : horizontal.ticks()) {
    double at = kLeft + tick.place * kInnerWidth;
    writer.line(at, kTop, at, bottom, "grid");
    writer.text(at, bottom + 18, tick.text, Anchor::middle, "soft");
  }
  for (const Axis::Tick &tick : vertical.ticks()) {
    double at = placeY(tick.place);
    writer.line(kLeft, at, end, at, "grid");
    writer.text(kLeft - 8, at + 4, tick.text, Anchor::end, "soft");
  }
  double middle = kTop + kInnerHeight / 2;
  if (right) {
    for (const Axis::Tick &tick : right->ticks())
      writer.text(end + 8, placeY(tick.place) + 4, tick.text, Anchor::start,
                  "soft");
    writer.line(end, kTop, end, bottom, "axis");
    writer.text(kWidth - 16, middle, right->label(), Anchor::middle, "ink",
                /*upwards=*/true);
  }
  writer.line(kLeft, kTop, kLeft, bottom, "axis");
  writer.line(kLeft, bottom, end, bottom, "axis");
  writer.text(kLeft + kInnerWidth / 2, kHeight - 14, horizontal.label(),
              Anchor::middle, "ink");
  writer.text(16, middle, vertical.label(), Anchor::middle, "ink",
              /*upwards=*/true);
}

double Chart::placeY(double part) const {
  return kTop + (1 - part) * kInnerHeight;
}

double Chart::x(double value) const {
  return kLeft + horizontal.place(value) * kInnerWidth;
}

double Chart::y(double value) const { return placeY(vertical.place(value)); }

double Chart::rightY(double value) const { return placeY(right->place(value)); }

void Chart::addLegend(const std::vector<LegendEntry> &entries) {
  double at = kLeft;
  for (const LegendEntry &entry : entries) {
    writer.rectangle(at, 56, 10, 10, entry.style);
    writer.text(at + 15, 65, entry.text, Anchor::start, "ink");
    at += 15 + kLetter * static_cast<double>(entry.text.size()) + 14;
  }
}

void Chart::sayEmpty(llvm::StringRef why) {
  writer.text(kLeft + kInnerWidth / 2, kTop + kInnerHeight / 2, why,
              Anchor::middle, "ink");
}

} // namespace recflex
