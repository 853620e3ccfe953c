//===- Trials.cpp - Trials, made or remembered ----------------------------===//

#include "recflex/Tuning/Trials.h"

#include "recflex/Support/Sha256.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>
#include <sstream>

using llvm::ArrayRef;

namespace recflex {

//===----------------------------------------------------------------------===//
// TuningProblem
//===----------------------------------------------------------------------===//

static std::string hashOf(const std::vector<TunedLookup> &lookups) {
  std::ostringstream os;
  os.precision(17);
  for (const TunedLookup &lookup : lookups) {
    const emb::LookupShape &shape = lookup.shape;
    const emb::BagStats &stats = lookup.stats;
    os << shape.width << ' ' << shape.rows << ' ' << toString(shape.rowType)
       << ' ' << toString(shape.indexType) << ' ' << toString(shape.pooling)
       << ' ' << shape.weighted << ' ' << stats.mean << ' ' << stats.stddev
       << ' ' << stats.max << ' ' << stats.coverage << ' ' << stats.distinct
       << ' ' << stats.batch << '\n';
  }
  return toHex(Sha256::of(os.str()));
}

TuningProblem::TuningProblem(std::vector<TunedLookup> given)
    : lookups(std::move(given)), classes(classifyLookups(lookups)),
      identity(hashOf(lookups)) {}

//===----------------------------------------------------------------------===//
// Trials
//===----------------------------------------------------------------------===//

TrialKey Trials::keyOf(const FeatureClass &featureClass, std::string schedule,
                       const Occupancy &occupancy) const {
  return makeKey(measurer, TrialKind::candidate, featureClass.key,
                 std::move(schedule), occupancy);
}

Result<std::optional<Trial>> Trials::lookUp(const TrialKey &key) const {
  if (measurer.estimates())
    return std::optional<Trial>();
  return record.find(key);
}

Result<Trials::KnownSchedules>
Trials::knownAt(const FeatureClass &featureClass,
                const Occupancy &occupancy) const {
  if (measurer.estimates())
    return KnownSchedules();
  auto found = record.findAll(keyOf(featureClass, "", occupancy));
  if (!found)
    return found.error();
  KnownSchedules known;
  for (auto &[schedule, trial] : *found)
    known.try_emplace(schedule, std::move(trial));
  return known;
}

Result<Trials::DangerousSchedules *>
Trials::dangerousOf(const FeatureClass &featureClass) {
  auto known = dangerous.find(featureClass.key);
  if (known != dangerous.end())
    return &known->second;
  auto found = record.findDangerous(keyOf(featureClass, "", {}));
  if (!found)
    return found.error();
  DangerousSchedules &schedules = dangerous[featureClass.key];
  for (auto &[schedule, trial] : *found)
    schedules.try_emplace(schedule, trial);
  return &schedules;
}

Result<const Trial *> Trials::findDangerous(const FeatureClass &featureClass,
                                            const std::string &schedule) {
  auto schedules = dangerousOf(featureClass);
  if (!schedules)
    return schedules.error();
  auto found = (*schedules)->find(schedule);
  return found == (*schedules)->end() ? nullptr : &found->second;
}

/// An error if the figures cannot be those of a trial that went well.
static Status checkFigures(const TrialKey &key, const Trial &trial) {
  if (!trial.isOk())
    return {};
  for (double figure : {trial.cost, trial.spread, trial.longestBlock})
    if (!std::isfinite(figure) || figure < 0)
      return makeError("the trial of ", key.schedule, " on ", key.device,
                       " gave ", figure,
                       " where a time was expected; it was not recorded");
  return {};
}

bool Trials::isOutOfTime(double share) {
  bool spent = budget.isSpent(share);
  refusedCount += spent;
  return spent;
}

/// Records what was made, and takes over what another tuner recorded before.
/// Of a device that was lost there is nothing to record.
Status Trials::keep(std::vector<RecordedTrial> &made) {
  std::vector<RecordedTrial> valid;
  const Trial *lost = nullptr;
  for (const RecordedTrial &entry : made) {
    if (entry.trial.outcome == Outcome::deviceLost) {
      lost = &entry.trial;
      continue;
    }
    if (Status status = checkFigures(entry.key, entry.trial); !status)
      return status;
    valid.push_back(entry);
  }
  auto added = record.add(valid, /*replace=*/measurer.estimates());
  if (!added)
    return added.error();
  measuredCount += valid.size();
  if (lost)
    return makeError(ErrorCode::noDevice, "the device '",
                     measurer.device().name, "' was lost: ", lost->message,
                     "; the trials until then are recorded: run again once it "
                     "is back");
  if (*added == static_cast<int64_t>(valid.size()))
    return {};
  for (RecordedTrial &entry : made) {
    auto found = lookUp(entry.key);
    if (!found)
      return found.error();
    if (*found)
      entry.trial = std::move(**found);
  }
  return {};
}

Result<std::optional<std::vector<Trial>>>
Trials::candidates(const FeatureClass &featureClass,
                   ArrayRef<emb::ScheduleAttrInterface> schedules,
                   const Occupancy &occupancy, double share) {
  auto loaded = dangerousOf(featureClass);
  if (!loaded)
    return loaded.error();
  DangerousSchedules &shunned = **loaded;
  auto known = knownAt(featureClass, occupancy);
  if (!known)
    return known.error();

  std::vector<Trial> trials(schedules.size());
  std::vector<size_t> missing;
  std::vector<RecordedTrial> made;
  std::vector<emb::ScheduleAttrInterface> toMeasure;
  for (auto [i, schedule] : llvm::enumerate(schedules)) {
    TrialKey key = keyOf(featureClass, toText(schedule), occupancy);
    if (auto found = known->find(key.schedule); found != known->end()) {
      trials[i] = found->second;
    } else if (auto danger = shunned.find(key.schedule);
               danger != shunned.end()) {
      trials[i] = danger->second;
    } else {
      missing.push_back(i);
      toMeasure.push_back(schedule);
      made.push_back({std::move(key), {}, ""});
    }
  }
  if (!missing.empty()) {
    if (isOutOfTime(share))
      return std::optional<std::vector<Trial>>();
    std::vector<Trial> measured =
        measurer.measureCandidates(featureClass, toMeasure, occupancy);
    for (auto [entry, trial] : llvm::zip_equal(made, measured))
      entry.trial = std::move(trial);
    if (Status status = keep(made); !status)
      return status.error();
    for (auto [i, entry] : llvm::zip_equal(missing, made)) {
      if (!entry.trial.isOk())
        observer.onFailure({describe(featureClass), entry.key.schedule,
                            occupancy, entry.trial});
      trials[i] = std::move(entry.trial);
    }
  }
  knownCount += schedules.size() - missing.size();
  for (auto [schedule, trial] : llvm::zip_equal(schedules, trials))
    if (isDangerous(trial.outcome))
      shunned.try_emplace(toText(schedule), trial);
  return std::optional(std::move(trials));
}

Result<std::optional<Trial>> Trials::kernel(const Assignment &assignment,
                                            const Occupancy &occupancy,
                                            double share, TrialKind kind) {
  std::string text;
  for (emb::ScheduleAttrInterface schedule : assignment)
    text += (text.empty() ? "" : "; ") + toText(schedule);
  std::vector<RecordedTrial> made{
      {makeKey(measurer, kind, problem.identity, std::move(text),
               occupancy),
       {},
       ""}};
  auto found = lookUp(made[0].key);
  if (!found)
    return found.error();
  if (*found) {
    ++knownCount;
    return found;
  }
  if (isOutOfTime(share))
    return std::optional<Trial>();
  made[0].trial =
      kind == TrialKind::finalist
          ? measurer.measureFinalist(problem.classes, assignment, occupancy)
          : measurer.measureKernel(problem.classes, assignment, occupancy);
  if (Status status = keep(made); !status)
    return status.error();
  Trial &trial = made[0].trial;
  if (!trial.isOk())
    observer.onFailure({"the fused kernel", "", occupancy, trial});
  return std::optional(std::move(trial));
}

Result<size_t>
Trials::countKnown(const FeatureClass &featureClass,
                   ArrayRef<emb::ScheduleAttrInterface> schedules,
                   const Occupancy &occupancy) {
  auto known = knownAt(featureClass, occupancy);
  if (!known)
    return known.error();
  size_t count = 0;
  for (emb::ScheduleAttrInterface schedule : schedules) {
    std::string text = toText(schedule);
    auto danger = findDangerous(featureClass, text);
    if (!danger)
      return danger.error();
    count += known->count(text) || *danger;
  }
  return count;
}

} // namespace recflex
