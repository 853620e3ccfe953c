//===- ModelTrials.cpp - What a record says of one model ------------------===//

#include "recflex/Tuning/Explain/ModelTrials.h"

#include "ScheduleReader.h"

#include "recflex/Tuning/CostModel.h"

#include <map>
#include <set>

namespace recflex {

namespace {
/// Trials of the model, of all origins, and the number of each's last one.
struct Collected {
  std::vector<std::pair<RecordedTrial, size_t>> trials; ///< and the class
  std::map<TrialOrigin, size_t> lastOf;
  size_t all = 0; ///< trials of the record
};
} // namespace

static constexpr size_t kNoClass = -1;

static Result<Collected> collect(const TrialRecord &record,
                                 const TuningProblem &problem) {
  std::map<std::string_view, size_t> numbers;
  for (auto [number, featureClass] : llvm::enumerate(problem.classes))
    numbers.emplace(featureClass.key, number);
  Collected collected;
  Status status = record.forEach([&](const RecordedTrial &entry) {
    ++collected.all;
    size_t number = kNoClass;
    // Finalists are kernels that the record has as such, measured once more,
    // or in another order.
    if (entry.key.kind == TrialKind::finalist)
      return;
    if (entry.key.kind == TrialKind::candidate) {
      auto found = numbers.find(entry.key.subject);
      if (found == numbers.end())
        return;
      number = found->second;
    } else if (entry.key.subject != problem.identity) {
      return;
    }
    collected.lastOf[TrialOrigin::of(entry.key)] = collected.all;
    collected.trials.emplace_back(entry, number);
  });
  if (!status)
    return status.error();
  return collected;
}

/// The device that the user named, or the only one.
static Result<std::string> chooseDevice(const TrialRecord &record,
                                        const Collected &collected,
                                        const std::string &wanted) {
  std::set<std::string> devices;
  for (const auto &[origin, last] : collected.lastOf)
    devices.insert(origin.device);
  std::string names;
  for (const std::string &device : devices)
    names += (names.empty() ? "'" : ", '") + device + "'";
  if (!wanted.empty() && !devices.count(wanted))
    return makeError(record.path(), ": has no trials of this model on '",
                     wanted, "'; it has those of ", names);
  if (wanted.empty() && devices.size() > 1)
    return makeError(record.path(),
                     ": has trials of this model on several "
                     "devices; name one with --device-name: ",
                     names);
  return wanted.empty() ? *devices.begin() : wanted;
}

/// What a kernel has of launch bounds; a record may come from anywhere.
static bool isPossible(const Occupancy &occupancy) {
  return occupancy.threads >= 32 && occupancy.threads <= 1024 &&
         occupancy.threads % 32 == 0 && occupancy.blocks >= 1 &&
         occupancy.blocks <= 32;
}

/// The schedules that Trials::kernel() wrote, "; " between them; none if there
/// is not one that fits for each class.
static Assignment readAssignment(ScheduleReader &reader,
                                 const TuningProblem &problem,
                                 llvm::StringRef text,
                                 const Occupancy &occupancy) {
  Assignment assignment;
  llvm::SmallVector<llvm::StringRef> parts;
  text.split(parts, "; ");
  if (parts.size() != problem.classes.size())
    return {};
  for (auto [part, featureClass] : llvm::zip_equal(parts, problem.classes)) {
    emb::ScheduleAttrInterface schedule = reader.read(part);
    if (!schedule ||
        !reader.fits(schedule, featureClass.lookup.shape, occupancy))
      return {};
    assignment.push_back(schedule);
  }
  return assignment;
}

Result<ModelTrials> selectTrials(mlir::MLIRContext *context,
                                 const TrialRecord &record,
                                 const TuningProblem &problem,
                                 const std::string &deviceName,
                                 emb::BindingKind binding) {
  if (problem.lookups.empty())
    return makeError("the model has no lookups to explain");
  Result<Collected> collected = collect(record, problem);
  if (!collected)
    return collected.error();
  if (collected->all == 0)
    return makeError(record.path(), ": has no trials; name the record that the "
                                    "model was tuned with");
  if (collected->trials.empty())
    return makeError(record.path(), ": none of its ", collected->all,
                     " trials is of this model, whose first class is '",
                     problem.classes.front().key,
                     "'; name the record that the model was tuned with, or "
                     "tune it again with this one");
  Result<std::string> device = chooseDevice(record, *collected, deviceName);
  if (!device)
    return device.error();

  ModelTrials trials;
  std::pair<bool, size_t> last;
  for (const auto &[origin, number] : collected->lastOf)
    if (std::pair now(origin.binding() == binding, number);
        origin.device == *device && now > last) {
      last = now;
      trials.origin = origin;
    }
  trials.areEstimates = trials.origin.device == CostModelMeasurer::kDeviceName;
  trials.candidates.resize(problem.classes.size());
  ScheduleReader reader(context);
  for (auto &[entry, number] : collected->trials) {
    TrialOrigin origin = TrialOrigin::of(entry.key);
    const Occupancy &occupancy = entry.key.occupancy;
    if (origin.device != *device)
      continue;
    if (origin < trials.origin || trials.origin < origin) {
      ++trials.otherOrigins;
      continue;
    }
    if (!isPossible(occupancy)) {
      ++trials.unreadable;
      continue;
    }
    if (number == kNoClass) {
      trials.kernels.push_back(
          {readAssignment(reader, problem, entry.key.schedule, occupancy),
           occupancy, std::move(entry.trial)});
      continue;
    }
    emb::ScheduleAttrInterface schedule = reader.read(entry.key.schedule);
    if (schedule &&
        reader.fits(schedule, problem.classes[number].lookup.shape, occupancy))
      trials.candidates[number].push_back(
          {schedule, occupancy, std::move(entry.trial)});
    else
      ++trials.unreadable;
  }
  return trials;
}

} // namespace recflex
