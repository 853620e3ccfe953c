//===- PaletteKernels.cpp - Fused kernels by palettes ---------------------===//
//
// The part of PaletteMeasurer that measures whole kernels: assignments of one
// palette, finalists in code of their own, and the orders of a finalist.
//
//===----------------------------------------------------------------------===//

#include "BenchTrials.h"
#include "Palette.h"
#include "Rounds.h"

#include "recflex/Tuning/Palettes/PaletteMeasurer.h"

using llvm::ArrayRef;

namespace recflex {

std::optional<Trial> PaletteMeasurer::prepareYardstick() {
  if (!yardstick)
    yardstick = makePalette(options.occupancies.front(), {});
  return load(*yardstick);
}

/// The palette that has the assignment's bodies, announced or made for it.
Palette &PaletteMeasurer::kernelPalette(const Occupancy &occupancy,
                                        const Assignment &assignment) {
  std::unique_ptr<Palette> &palette = kernelPalettes[keyOf(occupancy)];
  auto isComplete = [&] {
    for (auto [shapes, schedule] : llvm::zip_equal(shapesOf, assignment))
      for (size_t shape : shapes)
        if (!palette->has(shape, schedule))
          return false;
    return true;
  };
  if (palette && isComplete())
    return *palette;
  Rounds rounds;
  if (palette) {
    rounds = palette->rounds;
    bench->unload(palette->number);
  }
  rounds.push_back(assignment);
  palette = makePalette(occupancy, std::move(rounds));
  return *palette;
}

/// Runs `bodies` once with clocks, then in turns with the yardstick, which
/// stands for `yardstickSeconds`: if there are none, for what it takes now.
Trial PaletteMeasurer::measureBodies(Palette &palette,
                                     const BodyAssignment &bodies,
                                     const Yardstick &yardstick,
                                     std::optional<double> &yardstickSeconds,
                                     int samples) {
  auto profiles = timed(onBench, [&] {
    return bench->profile(palette.number, bodies, /*rounds=*/1);
  });
  if (auto *failure = std::get_if<BenchFailure>(&profiles))
    return toTrial(*failure);
  auto &values = std::get<std::vector<FeatureProfile>>(profiles);
  if (auto error = findError(values, allFeatures()))
    return failedTrial(Outcome::wrongResult, *error);

  auto timing = timed(onBench, [&] {
    return bench->time(palette.number, bodies, yardstick.palette.number,
                       yardstick.bodies, samples);
  });
  if (auto *failure = std::get_if<BenchFailure>(&timing))
    return toTrial(*failure);
  const KernelTiming &relative = std::get<KernelTiming>(timing);
  if (!yardstickSeconds)
    yardstickSeconds = relative.yardstick;

  Trial trial;
  trial.cost = relative.ratio * *yardstickSeconds;
  trial.spread = relative.spread * *yardstickSeconds;
  trial.registers = palette.figures->registers;
  trial.spilledBytes = palette.figures->spilledBytes;
  double all = 0;
  for (const std::vector<size_t> &features : featuresOf) {
    double sum = 0;
    for (size_t feature : features) {
      sum += values[feature].blockSeconds;
      trial.longestBlock =
          std::max(trial.longestBlock, values[feature].longestBlock);
    }
    trial.shares.push_back(sum);
    all += sum;
  }
  for (double &share : trial.shares)
    share = all > 0 ? share / all : 0;
  return trial;
}

/// The palette of that very kernel, announced or made for it.
Palette &PaletteMeasurer::finalPalette(const KernelChoice &choice) {
  Rounds rounds = {choice.assignment};
  auto found = llvm::find_if(finalPalettes, [&](const auto &palette) {
    return palette->occupancy == choice.occupancy && palette->rounds == rounds;
  });
  if (found != finalPalettes.end())
    return **found;
  auto palette =
      std::make_unique<Palette>(nextNumber++, choice.occupancy, model);
  palette->specialize(byFeature(choice.assignment));
  palette->rounds = std::move(rounds);
  finalPalettes.push_back(std::move(palette));
  return *finalPalettes.back();
}

/// A kernel in the order of the statistics, compared with the untuned one.
Trial PaletteMeasurer::measureAssignment(Palette &palette,
                                         const Assignment &assignment,
                                         int samples) {
  Assignment untuned(model.features.size());
  return measureBodies(palette, palette.assign(byFeature(assignment)),
                       {*yardstick, yardstick->assign(untuned)},
                       yardstickSeconds, samples);
}

Trial PaletteMeasurer::measureFinalist(ArrayRef<FeatureClass>,
                                       const Assignment &assignment,
                                       const Occupancy &occupancy) {
  Palette &palette = finalPalette({assignment, occupancy});
  for (std::unique_ptr<Palette> &announced : finalPalettes)
    announced->submit(*compiler, deviceInfo.chip);
  if (auto failure = prepareYardstick())
    return *failure;
  if (auto failure = load(palette))
    return *failure;
  return measureAssignment(palette, assignment, options.finalSamples);
}

Trial PaletteMeasurer::measureOrder(ArrayRef<FeatureClass>,
                                    const Assignment &assignment,
                                    const Occupancy &occupancy,
                                    ArrayRef<int64_t> ranks,
                                    const Trial &byStats) {
  Palette &palette = finalPalette({assignment, occupancy});
  if (auto failure = load(palette))
    return *failure;
  Assignment schedules = byFeature(assignment);
  std::optional<double> seconds = byStats.cost;
  return measureBodies(palette, palette.assign(schedules, ranks),
                       {palette, palette.assign(schedules)}, seconds,
                       options.finalSamples);
}

Trial PaletteMeasurer::measureKernel(ArrayRef<FeatureClass>,
                                     const Assignment &assignment,
                                     const Occupancy &occupancy) {
  submitKernels();
  if (auto failure = prepareYardstick())
    return *failure;
  Palette &palette = kernelPalette(occupancy, assignment);
  if (auto failure = load(palette))
    return *failure;
  return measureAssignment(palette, assignment, options.samples);
}

} // namespace recflex
