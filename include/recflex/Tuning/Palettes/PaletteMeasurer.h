//===- PaletteMeasurer.h - Trials by palettes -------------------*- C++ -*-===//
//
// Local trials are runs of the whole model, in which all classes that can have
// one setting have it at the same time: a candidate meets the rows, the caches
// and the full multiprocessors that it would meet in the end, and what it costs
// others it pays for, since they do as it does. Fused kernels are assignments
// of one palette. So the compiler and the assembler work a few times an
// occupancy, and a trial is the time of some launches.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_TUNING_PALETTES_PALETTEMEASURER_H
#define RECFLEX_TUNING_PALETTES_PALETTEMEASURER_H

#include "recflex/Tuning/Palettes/PaletteCompiler.h"
#include "recflex/Tuning/Palettes/PaletteModel.h"
#include "recflex/Tuning/Trials.h"

#include <map>
#include <set>

namespace recflex {

class Palette;

class PaletteMeasurer final : public Measurer {
public:
  struct Options {
    /// Bodies of one palette for local trials, besides the untuned ones: ptxas
    /// takes more than twice as long for twice as many.
    size_t bodies = 128;
    /// Of a local trial, over all batches.
    int rounds = 3;
    /// Samples of a kernel's time, and of a finalist's: its orders differ by
    /// little.
    int samples = 11, finalSamples = 25;
    /// Candidates are measured with the features of their class alone, nothing
    /// beside them: what interference makes of a choice shows in comparison.
    bool isolated = false;
    /// Largest relative error of an output that rounding explains.
    double tolerance;
    std::vector<Occupancy> occupancies; ///< best guess first; not empty
  };

  /// `model` is of the problem's lookups; the problem outlives the measurer.
  PaletteMeasurer(const TuningProblem &problem, PaletteModel model,
                  std::unique_ptr<PaletteBench> bench,
                  std::unique_ptr<PaletteCompiler> compiler,
                  TuningDevice device, TuningVersions versions,
                  Options options);
  ~PaletteMeasurer() override;

  const TuningDevice &device() const override { return deviceInfo; }
  const TuningVersions &versions() const override { return versionInfo; }
  std::vector<Occupancy> occupancies() const override {
    return options.occupancies;
  }
  void expectCandidates(const Occupancy &occupancy,
                        llvm::ArrayRef<Assignment> candidates) override;
  void expectKernels(const Occupancy &occupancy,
                     llvm::ArrayRef<Assignment> candidates) override;
  void expectFinalists(llvm::ArrayRef<KernelChoice> choices) override;
  std::vector<Trial>
  measureCandidates(const FeatureClass &featureClass,
                    llvm::ArrayRef<emb::ScheduleAttrInterface> candidates,
                    const Occupancy &occupancy) override;
  Trial measureKernel(llvm::ArrayRef<FeatureClass> classes,
                      const Assignment &assignment,
                      const Occupancy &occupancy) override;
  Trial measureFinalist(llvm::ArrayRef<FeatureClass> classes,
                        const Assignment &assignment,
                        const Occupancy &occupancy) override;
  bool ordersBlocks() const override { return model.manifest.fixedBinding; }
  Trial measureOrder(llvm::ArrayRef<FeatureClass> classes,
                     const Assignment &assignment, const Occupancy &occupancy,
                     llvm::ArrayRef<int64_t> ranks,
                     const Trial &byStats) override;
  std::string summary() const override;

private:
  using OccupancyKey = std::pair<int64_t, int64_t>;
  static OccupancyKey keyOf(const Occupancy &occupancy) {
    return {occupancy.threads, occupancy.blocks};
  }
  /// A class, and an opaque schedule.
  using CandidateKey = std::pair<size_t, const void *>;
  using TrialsByCandidate = std::map<CandidateKey, Trial>;
  struct Session; ///< the trials of one palette, as they come

  using Rounds = std::vector<Assignment>;
  /// With the untuned bodies as well.
  std::unique_ptr<Palette> makePalette(const Occupancy &occupancy,
                                       Rounds rounds);
  std::vector<std::unique_ptr<Palette>>
  makePalettes(const Occupancy &occupancy,
               llvm::ArrayRef<Assignment> candidates);
  size_t countBodies(const Rounds &rounds) const;
  void submitLocal(const Occupancy &current);
  void submitKernels();
  std::optional<Trial> load(Palette &palette);

  void measureLocal(std::vector<std::unique_ptr<Palette>> palettes,
                    TrialsByCandidate &trials);
  void measurePalette(Palette &palette, TrialsByCandidate &trials);
  void divide(const Palette &palette, const Trial &failure,
              TrialsByCandidate &trials);
  void run(Session &session, const Assignment &choice);
  void runEachAlone(Session &session, const Assignment &choice);
  std::optional<Trial> tryRun(Session &session, const Assignment &choice,
                              const BodyAssignment &bodies,
                              llvm::ArrayRef<size_t> features);
  void accept(Session &session, const Assignment &choice,
              const std::vector<FeatureProfile> &profiles);
  std::optional<std::string>
  findError(const std::vector<FeatureProfile> &profiles,
            llvm::ArrayRef<size_t> features) const;
  std::vector<size_t> allFeatures() const;
  Assignment byFeature(const Assignment &byClass) const;

  std::optional<Trial> prepareYardstick();
  Palette &kernelPalette(const Occupancy &occupancy,
                         const Assignment &assignment);
  Palette &finalPalette(const KernelChoice &choice);
  /// What a kernel is timed in turns with.
  struct Yardstick {
    const Palette &palette;
    BodyAssignment bodies;
  };
  Trial measureBodies(Palette &palette, const BodyAssignment &bodies,
                      const Yardstick &yardstick,
                      std::optional<double> &yardstickSeconds, int samples);
  Trial measureAssignment(Palette &palette, const Assignment &assignment,
                          int samples);

  const TuningProblem &problem;
  PaletteModel model;
  std::unique_ptr<PaletteBench> bench;
  std::unique_ptr<PaletteCompiler> compiler;
  TuningDevice deviceInfo;
  TuningVersions versionInfo;
  Options options;

  std::vector<std::vector<size_t>> featuresOf; ///< by class
  std::vector<std::vector<size_t>> shapesOf;   ///< by class, no two alike
  std::map<std::string, size_t> classNumbers;  ///< by key

  /// What was announced, and is not asked for yet.
  std::map<OccupancyKey, std::vector<std::unique_ptr<Palette>>> localPalettes;
  std::map<OccupancyKey, std::unique_ptr<Palette>> kernelPalettes;
  std::map<OccupancyKey, TrialsByCandidate> localTrials;
  std::unique_ptr<Palette> yardstick;
  std::optional<double> yardstickSeconds; ///< when it was first timed
  /// Of finalists: they may be asked for with other ranks.
  std::vector<std::unique_ptr<Palette>> finalPalettes;
  int64_t nextNumber = 0;
  int64_t paletteCount = 0;
  double waited = 0, onBench = 0; ///< seconds: for the compiler, on the bench
};

} // namespace recflex

#endif // RECFLEX_TUNING_PALETTES_PALETTEMEASURER_H
