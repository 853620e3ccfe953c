//===- OccupancyPlot.cpp - Time against occupancy -------------------------===//

#include "../TextTable.h"
#include "../tune/TuneReport.h"
#include "Chart.h"
#include "Plots.h"

#include "llvm/Support/Format.h"

#include <algorithm>

namespace recflex {

static double warpsOf(const Occupancy &occupancy) {
  return static_cast<double>(occupancy.threads * occupancy.blocks) / 32;
}

/// Kernels that are slower than the fastest by this factor are all drawn at the
/// edge: some uniform settings would make the others indistinguishable.
static constexpr double kMostTimes = 3;

/// What the promises were made with, and what they leave out.
static std::string describeProfile(const Explanation &explanation) {
  const OccupancyProfile &profile = explanation.profile;
  std::string note = explanation.areEstimates ? "estimated" : "measured";
  note += " on " + printable(explanation.origin.device);
  if (profile.multiprocessors) {
    llvm::raw_string_ostream os(note);
    os << llvm::format("; promises: %.1f multiprocessors",
                       *profile.multiprocessors);
    if (profile.isFitted)
      os << " (fitted)";
  } else {
    note += "; no promises: give the device's --multiprocessors";
  }
  return note;
}

std::string drawOccupancies(const Explanation &explanation) {
  const OccupancyProfile &profile = explanation.profile;
  std::vector<double> warps, times; // us
  for (const OccupancyPromise &promise : profile.promises)
    if (promise.seconds) {
      warps.push_back(warpsOf(promise.occupancy));
      times.push_back(*promise.seconds * 1e6);
    }
  for (const ProfiledKernel &kernel : profile.kernels) {
    warps.push_back(warpsOf(kernel.occupancy));
    times.push_back(kernel.seconds * 1e6);
  }
  std::string note = describeProfile(explanation);
  if (!times.empty()) {
    double most = kMostTimes * *std::min_element(times.begin(), times.end());
    auto slow = llvm::count_if(times, [&](double t) { return t > most; });
    for (double &time : times)
      time = std::min(time, most);
    if (slow)
      note += "; " + std::to_string(slow) + " slower kernels at the upper edge";
  }
  Chart chart("Time against occupancy", note,
              Axis::linear("occupancy: warps a multiprocessor", warps),
              Axis::linear("time: us a batch", times, /*fromZero=*/true));
  if (times.empty())
    chart.sayEmpty("no fused kernel in the record, and no complete occupancy "
                   "to add up");

  // Occupancies of as many threads are joined by a line.
  std::string line;
  int64_t threads = 0;
  for (const OccupancyPromise &promise : profile.promises) {
    if (!promise.seconds)
      continue;
    line += promise.occupancy.threads == threads ? "L" : "M";
    line += svgNumber(chart.x(warpsOf(promise.occupancy))) + " " +
            svgNumber(chart.y(*promise.seconds * 1e6));
    threads = promise.occupancy.threads;
  }
  if (!line.empty())
    chart.svg().path(line, "line stroke0");
  for (const OccupancyPromise &promise : profile.promises)
    if (promise.seconds)
      chart.svg().circle(chart.x(warpsOf(promise.occupancy)),
                         chart.y(*promise.seconds * 1e6), 4, "fill0",
                         toString(promise.occupancy) + ": " +
                             showSeconds(*promise.seconds) + " promised");
  for (const ProfiledKernel &kernel : profile.kernels)
    chart.svg().circle(chart.x(warpsOf(kernel.occupancy)),
                       chart.y(kernel.seconds * 1e6), 3, "area fill1",
                       toString(kernel.occupancy) + ": " +
                           showSeconds(kernel.seconds));
  for (const ProfiledKernel &kernel : profile.kernels)
    if (kernel.isChosen)
      chart.svg().circle(chart.x(warpsOf(kernel.occupancy)),
                         chart.y(kernel.seconds * 1e6), 7, "ring stroke2",
                         "this model: " + showSeconds(kernel.seconds));
  chart.addLegend({{"fill0", "promise of the local winners"},
                   {"fill1", "fused kernels"},
                   {"fill2", "this model's kernel"}});
  return chart.finish();
}

} // namespace recflex
