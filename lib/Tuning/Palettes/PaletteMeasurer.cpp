//===- PaletteMeasurer.cpp - Trials by palettes ---------------------------===//

#include "recflex/Tuning/Palettes/PaletteMeasurer.h"

#include "BenchTrials.h"
#include "Palette.h"
#include "Rounds.h"

#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/Sequence.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>
#include <sstream>

using llvm::ArrayRef;

namespace recflex {

PaletteMeasurer::PaletteMeasurer(const TuningProblem &problem,
                                 PaletteModel given,
                                 std::unique_ptr<PaletteBench> bench,
                                 std::unique_ptr<PaletteCompiler> compiler,
                                 TuningDevice device, TuningVersions versions,
                                 Options options)
    : problem(problem), model(std::move(given)), bench(std::move(bench)),
      compiler(std::move(compiler)), deviceInfo(std::move(device)),
      versionInfo(std::move(versions)), options(std::move(options)) {
  std::vector<std::vector<size_t>> featuresOfLookup(problem.lookups.size());
  for (auto [number, feature] : llvm::enumerate(model.features))
    featuresOfLookup[feature.lookup].push_back(number);
  for (auto [number, featureClass] : llvm::enumerate(problem.classes)) {
    classNumbers[featureClass.key] = number;
    llvm::SetVector<size_t> shapes;
    featuresOf.emplace_back();
    for (size_t member : featureClass.members)
      for (size_t feature : featuresOfLookup[member]) {
        featuresOf.back().push_back(feature);
        shapes.insert(model.features[feature].shape);
      }
    shapesOf.emplace_back(shapes.begin(), shapes.end());
  }
}

PaletteMeasurer::~PaletteMeasurer() = default;

std::string PaletteMeasurer::summary() const {
  PaletteCompiler::Seconds spent = compiler->spent();
  std::ostringstream os;
  os.precision(1);
  os << std::fixed << paletteCount << " palettes: " << spent.compile
     << " s of compiling and " << spent.assemble
     << " s of assembling in all threads, waited for for " << waited << " s; "
     << onBench << " s on the device";
  return os.str();
}

//===----------------------------------------------------------------------===//
// Palettes
//===----------------------------------------------------------------------===//

std::unique_ptr<Palette>
PaletteMeasurer::makePalette(const Occupancy &occupancy, Rounds rounds) {
  auto palette = std::make_unique<Palette>(nextNumber++, occupancy, model);
  palette->addUntuned();
  forEachChoice(rounds,
                [&](size_t number, emb::ScheduleAttrInterface schedule) {
                  for (size_t shape : shapesOf[number])
                    palette->add(shape, schedule);
                });
  palette->rounds = std::move(rounds);
  return palette;
}

size_t PaletteMeasurer::countBodies(const Rounds &rounds) const {
  std::set<CandidateKey> bodies;
  forEachChoice(rounds,
                [&](size_t number, emb::ScheduleAttrInterface schedule) {
                  for (size_t shape : shapesOf[number])
                    bodies.insert({shape, schedule.getAsOpaquePointer()});
                });
  return bodies.size();
}

/// As many palettes as keep each below the size that is compiled fast.
std::vector<std::unique_ptr<Palette>>
PaletteMeasurer::makePalettes(const Occupancy &occupancy,
                              ArrayRef<Assignment> candidates) {
  Rounds rounds = makeRounds(candidates);
  size_t count = std::max<size_t>(
      1, llvm::divideCeil(countBodies(rounds), options.bodies));
  size_t each = llvm::divideCeil(rounds.size(), count);
  std::vector<std::unique_ptr<Palette>> palettes;
  for (size_t first = 0; first < rounds.size(); first += each) {
    size_t end = std::min(rounds.size(), first + each);
    palettes.push_back(makePalette(
        occupancy, Rounds(rounds.begin() + first, rounds.begin() + end)));
  }
  return palettes;
}

void PaletteMeasurer::expectCandidates(const Occupancy &occupancy,
                                       ArrayRef<Assignment> candidates) {
  localPalettes[keyOf(occupancy)] = makePalettes(occupancy, candidates);
}

void PaletteMeasurer::expectKernels(const Occupancy &occupancy,
                                    ArrayRef<Assignment> candidates) {
  std::unique_ptr<Palette> &palette = kernelPalettes[keyOf(occupancy)];
  if (palette)
    bench->unload(palette->number);
  palette = makePalette(occupancy, makeRounds(candidates));
}

void PaletteMeasurer::expectFinalists(ArrayRef<KernelChoice> choices) {
  for (std::unique_ptr<Palette> &palette : finalPalettes)
    bench->unload(palette->number);
  finalPalettes.clear();
  for (const KernelChoice &choice : choices)
    finalPalette(choice);
}

/// What was announced is compiled once something of it is wanted: of the next
/// occupancies before it is, to keep all threads busy, but not of all, for some
/// may turn out not to be needed.
void PaletteMeasurer::submitLocal(const Occupancy &current) {
  constexpr size_t kAhead = 5;
  size_t submitted = 0;
  bool isReached = false;
  for (const Occupancy &occupancy : options.occupancies) {
    isReached |= occupancy == current;
    auto local = localPalettes.find(keyOf(occupancy));
    if (!isReached || local == localPalettes.end() || submitted == kAhead)
      continue;
    ++submitted;
    for (std::unique_ptr<Palette> &palette : local->second)
      palette->submit(*compiler, deviceInfo.chip);
  }
}

void PaletteMeasurer::submitKernels() {
  for (const Occupancy &occupancy : options.occupancies) {
    auto kernel = kernelPalettes.find(keyOf(occupancy));
    if (kernel != kernelPalettes.end())
      kernel->second->submit(*compiler, deviceInfo.chip);
  }
}

/// Compiles and loads a palette, unless it is loaded; why that failed.
std::optional<Trial> PaletteMeasurer::load(Palette &palette) {
  if (palette.figures)
    return std::nullopt;
  palette.submit(*compiler, deviceInfo.chip);
  const CompiledPalette &compiled = timed(
      waited, [&]() -> auto & { return palette.compiled(); });
  ++paletteCount;
  if (compiled.outcome != Outcome::ok)
    return failedTrial(compiled.outcome, compiled.message);
  auto figures = timed(
      onBench, [&] { return bench->load(palette.number, compiled.image); });
  if (auto *failure = std::get_if<BenchFailure>(&figures))
    return toTrial(*failure);
  palette.figures = std::get<PaletteFigures>(figures);
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Candidates
//===----------------------------------------------------------------------===//

struct PaletteMeasurer::Session {
  explicit Session(Palette &palette) : palette(palette) {}

  /// Sums over the runs that a candidate was in.
  struct Sums {
    double cost = 0, spread = 0, longestBlock = 0;
    int runs = 0;
  };
  Palette &palette;
  std::map<CandidateKey, Sums> sums;
  TrialsByCandidate failures;
  /// Whether the untuned schedules by themselves were found to work.
  bool isSound = false;
  /// Once it is set, nothing more is run.
  std::optional<Trial> lost;
};

/// The class's schedule for each of its features; null where it has none.
Assignment PaletteMeasurer::byFeature(const Assignment &byClass) const {
  Assignment schedules(model.features.size());
  for (auto [features, schedule] : llvm::zip_equal(featuresOf, byClass))
    for (size_t feature : features)
      schedules[feature] = schedule;
  return schedules;
}

/// What is wrong with the output of one of `features`; nothing if none is.
std::optional<std::string>
PaletteMeasurer::findError(const std::vector<FeatureProfile> &profiles,
                           ArrayRef<size_t> features) const {
  for (size_t number : features)
    if (double error = profiles[number].error; !(error <= options.tolerance)) {
      std::ostringstream os;
      os << "feature '" << model.manifest.features[number].name
         << "' differs from the reference by " << error
         << " of its norm; rounding explains " << options.tolerance;
      return os.str();
    }
  return std::nullopt;
}

std::vector<size_t> PaletteMeasurer::allFeatures() const {
  auto numbers = llvm::seq<size_t>(0, model.features.size());
  return {numbers.begin(), numbers.end()};
}

void PaletteMeasurer::accept(Session &session, const Assignment &choice,
                             const std::vector<FeatureProfile> &profiles) {
  for (auto [number, schedule] : llvm::enumerate(choice)) {
    if (!schedule)
      continue;
    Session::Sums &sums = session.sums[{number, schedule.getAsOpaquePointer()}];
    double longest = 0, share = 1.0 / featuresOf[number].size();
    for (size_t feature : featuresOf[number]) {
      sums.cost += profiles[feature].blockSeconds * share;
      sums.spread += profiles[feature].spread * share;
      longest = std::max(longest, profiles[feature].longestBlock);
    }
    sums.longestBlock += longest;
    ++sums.runs;
  }
}

/// Runs `bodies`. If the outputs of `features` are right, the chosen classes'
/// times count; otherwise it says what went wrong.
std::optional<Trial> PaletteMeasurer::tryRun(Session &session,
                                             const Assignment &choice,
                                             const BodyAssignment &bodies,
                                             ArrayRef<size_t> features) {
  auto profiles = timed(onBench, [&] {
    return bench->profile(session.palette.number, bodies, options.rounds);
  });
  if (auto *failed = std::get_if<BenchFailure>(&profiles))
    return toTrial(*failed);
  auto &values = std::get<std::vector<FeatureProfile>>(profiles);
  if (auto error = findError(values, features))
    return failedTrial(Outcome::wrongResult, *error);
  accept(session, choice, values);
  return std::nullopt;
}

/// Runs the model with the chosen schedules, the other classes untuned. What
/// fails is run again in halves, until the one to blame stands alone.
void PaletteMeasurer::run(Session &session, const Assignment &choice) {
  if (session.lost)
    return;
  std::optional<Trial> failure =
      tryRun(session, choice, session.palette.assign(byFeature(choice)),
             allFeatures());
  if (!failure)
    return;
  std::vector<size_t> chosen;
  for (auto [number, schedule] : llvm::enumerate(choice))
    if (schedule)
      chosen.push_back(number);
  if (failure->outcome == Outcome::deviceLost || chosen.empty()) {
    if (failure->outcome != Outcome::deviceLost)
      failure->message = "the untuned schedules fail: " + failure->message;
    failure->outcome = Outcome::deviceLost;
    session.lost = failure;
    return;
  }
  if (!session.isSound) {
    run(session, Assignment(choice.size()));
    session.isSound = true;
    if (session.lost)
      return;
  }
  if (chosen.size() == 1) {
    size_t number = chosen.front();
    session.failures.try_emplace(
        CandidateKey{number, choice[number].getAsOpaquePointer()}, *failure);
    return;
  }
  Assignment first = choice, second = choice;
  for (size_t i = 0; i != chosen.size(); ++i)
    (i < chosen.size() / 2 ? second : first)[chosen[i]] = nullptr;
  run(session, first);
  run(session, second);
}

/// Runs each class by itself, with its chosen schedule: other features have no
/// blocks.
void PaletteMeasurer::runEachAlone(Session &session, const Assignment &choice) {
  if (session.lost)
    return;
  for (auto [number, schedule] : llvm::enumerate(choice)) {
    if (!schedule)
      continue;
    Assignment alone(choice.size());
    alone[number] = schedule;
    ArrayRef<size_t> features = featuresOf[number];
    BodyAssignment bodies = session.palette.assign(byFeature(alone));
    llvm::BitVector others(bodies.size(), true);
    for (size_t feature : features)
      others.reset(feature);
    for (unsigned feature : others.set_bits())
      bodies[feature].columnTiles = 0;
    std::optional<Trial> failure = tryRun(session, alone, bodies, features);
    if (!failure)
      continue;
    if (failure->outcome == Outcome::deviceLost) {
      session.lost = failure;
      return;
    }
    session.failures.try_emplace(
        CandidateKey{number, schedule.getAsOpaquePointer()}, *failure);
  }
}

/// A palette that cannot be loaded is divided, until the schedule to blame
/// stands alone.
void PaletteMeasurer::divide(const Palette &palette, const Trial &failure,
                             TrialsByCandidate &trials) {
  llvm::SetVector<const void *> schedules;
  forEachChoice(palette.rounds,
                [&](size_t, emb::ScheduleAttrInterface schedule) {
                  schedules.insert(schedule.getAsOpaquePointer());
                });
  if (failure.outcome == Outcome::deviceLost || schedules.size() == 1) {
    forEachChoice(palette.rounds,
                  [&](size_t number, emb::ScheduleAttrInterface schedule) {
                    trials[{number, schedule.getAsOpaquePointer()}] = failure;
                  });
    return;
  }
  for (bool second : {false, true}) {
    Rounds half = palette.rounds;
    for (Assignment &round : half)
      for (emb::ScheduleAttrInterface &schedule : round) {
        if (!schedule)
          continue;
        size_t place = llvm::find(schedules, schedule.getAsOpaquePointer()) -
                       schedules.begin();
        if ((place >= schedules.size() / 2) != second)
          schedule = nullptr;
      }
    measurePalette(*makePalette(palette.occupancy, std::move(half)), trials);
  }
}

void PaletteMeasurer::measurePalette(Palette &palette,
                                     TrialsByCandidate &trials) {
  if (std::optional<Trial> failure = load(palette))
    return divide(palette, *failure, trials);

  Session session(palette);
  for (Assignment round : palette.rounds) {
    for (auto [number, schedule] : llvm::enumerate(round))
      if (schedule &&
          session.failures.count({number, schedule.getAsOpaquePointer()}))
        schedule = nullptr;
    options.isolated ? runEachAlone(session, round) : run(session, round);
  }
  bench->unload(palette.number);

  for (auto &[key, sums] : session.sums) {
    Trial trial;
    trial.cost = sums.cost / sums.runs;
    trial.spread = sums.spread / sums.runs;
    trial.longestBlock = sums.longestBlock / sums.runs;
    trial.registers = palette.figures->registers;
    trials[key] = std::move(trial);
  }
  for (auto &[key, failure] : session.failures)
    trials[key] = failure;
  if (session.lost)
    forEachChoice(palette.rounds, [&](size_t number,
                                      emb::ScheduleAttrInterface schedule) {
      trials.try_emplace(CandidateKey{number, schedule.getAsOpaquePointer()},
                         *session.lost);
    });
}

void PaletteMeasurer::measureLocal(
    std::vector<std::unique_ptr<Palette>> palettes, TrialsByCandidate &trials) {
  for (std::unique_ptr<Palette> &palette : palettes)
    palette->submit(*compiler, deviceInfo.chip);
  for (std::unique_ptr<Palette> &palette : palettes) {
    measurePalette(*palette, trials);
    palette.reset(); // its code
  }
}

std::vector<Trial> PaletteMeasurer::measureCandidates(
    const FeatureClass &featureClass,
    ArrayRef<emb::ScheduleAttrInterface> candidates,
    const Occupancy &occupancy) {
  size_t number = classNumbers.at(featureClass.key);
  // Lookups that nobody uses take no time.
  if (featuresOf[number].empty())
    return std::vector<Trial>(candidates.size());
  TrialsByCandidate &trials = localTrials[keyOf(occupancy)];
  auto isMissing = [&](emb::ScheduleAttrInterface schedule) {
    auto found = trials.find({number, schedule.getAsOpaquePointer()});
    return found == trials.end() ||
           found->second.outcome == Outcome::deviceLost;
  };
  auto announced = localPalettes.find(keyOf(occupancy));
  if (llvm::any_of(candidates, isMissing) && announced != localPalettes.end()) {
    submitLocal(occupancy);
    auto palettes = std::move(announced->second);
    localPalettes.erase(announced);
    measureLocal(std::move(palettes), trials);
  }
  Assignment missing;
  for (emb::ScheduleAttrInterface schedule : candidates)
    if (isMissing(schedule))
      missing.push_back(schedule);
  if (!missing.empty()) {
    std::vector<Assignment> wanted(problem.classes.size());
    wanted[number] = missing;
    measureLocal(makePalettes(occupancy, wanted), trials);
  }
  std::vector<Trial> result;
  for (emb::ScheduleAttrInterface schedule : candidates)
    result.push_back(trials.at({number, schedule.getAsOpaquePointer()}));
  return result;
}

} // namespace recflex
