//===- Trials.cpp - Trials, made or remembered ----------------------------===//

#include "recflex/Tuning/Trials.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>

using llvm::ArrayRef;

namespace recflex {

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

static std::string textOf(const Assignment &assignment) {
  std::string text;
  for (emb::ScheduleAttrInterface schedule : assignment)
    text += (text.empty() ? "" : "; ") + toText(schedule);
  return text;
}

/// A trial of the fused kernel: remembered, or measured while there is time.
Result<std::optional<Trial>>
Trials::fused(TrialKey key, double share, llvm::function_ref<Trial()> measure) {
  std::vector<RecordedTrial> made{{std::move(key), {}, ""}};
  auto found = lookUp(made[0].key);
  if (!found)
    return found.error();
  if (*found) {
    ++knownCount;
    return found;
  }
  if (isOutOfTime(share))
    return std::optional<Trial>();
  made[0].trial = measure();
  if (Status status = keep(made); !status)
    return status.error();
  Trial &trial = made[0].trial;
  if (!trial.isOk())
    observer.onFailure({"the fused kernel", "", made[0].key.occupancy, trial});
  return std::optional(std::move(trial));
}

Result<std::optional<Trial>> Trials::kernel(const Assignment &assignment,
                                            const Occupancy &occupancy,
                                            double share) {
  return fused(makeKey(measurer, TrialKind::kernel, problem.identity,
                       textOf(assignment), occupancy),
               share, [&] {
                 return measurer.measureKernel(problem.classes, assignment,
                                               occupancy);
               });
}

Result<std::optional<Trial>> Trials::finalist(const Assignment &assignment,
                                              const Occupancy &occupancy) {
  return fused(makeKey(measurer, TrialKind::finalist, problem.identity,
                       textOf(assignment), occupancy),
               /*share=*/1, [&] {
                 return measurer.measureFinalist(problem.classes, assignment,
                                                 occupancy);
               });
}

Result<std::optional<Trial>>
Trials::ordered(const Assignment &assignment, const Occupancy &occupancy,
                const BlockOrder &order, ArrayRef<int64_t> ranks,
                const Trial &byStats, int repetition) {
  std::string text = textOf(assignment) + "; order " + toText(order);
  if (repetition)
    text += "; repetition " + std::to_string(repetition);
  return fused(makeKey(measurer, TrialKind::finalist, problem.identity,
                       std::move(text), occupancy),
               /*share=*/1, [&] {
                 return measurer.measureOrder(problem.classes, assignment,
                                              occupancy, ranks, byStats);
               });
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
