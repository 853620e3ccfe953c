//===- TrialRecord.h - Trials that outlive the process ----------*- C++ -*-===//
//
// An SQLite file of trials. It is written with a write-ahead log and synced at
// every commit: when add() has returned, neither a kill nor a power cut loses
// the trials. Several tuners may work on one file; the first trial of a key
// stays.
//
//===----------------------------------------------------------------------===//

#ifndef RECFLEX_TUNING_TRIALRECORD_H
#define RECFLEX_TUNING_TRIALRECORD_H

#include "recflex/Support/Result.h"
#include "recflex/Tuning/Measurer.h"

#include <functional>
#include <memory>
#include <optional>

struct sqlite3;

namespace recflex {

class StatementCache;

enum class TrialKind : uint8_t {
  candidate, ///< Measurer::measureCandidates
  kernel,    ///< Measurer::measureKernel
  finalist,  ///< Measurer::measureFinalist
};

std::string_view toString(TrialKind kind);
std::optional<TrialKind> parseTrialKind(std::string_view name);

/// What a trial was of, and where. Equal keys, same trial.
struct TrialKey {
  TrialKind kind = TrialKind::candidate;
  /// Of a candidate: the class's key. Of a kernel: a hash of all lookups.
  std::string subject;
  /// Of a candidate: its text. Of a kernel: those of all classes.
  std::string schedule;
  Occupancy occupancy;
  std::string device, chip, driver;
  TuningVersions versions;
};

/// The key of a trial that `measurer` makes.
TrialKey makeKey(const Measurer &measurer, TrialKind kind, std::string subject,
                 std::string schedule, const Occupancy &occupancy);

struct RecordedTrial {
  TrialKey key;
  Trial trial;
  std::string time; ///< "2026-11-24T19:14:21Z"; add() fills it in if empty
};

class TrialRecord {
public:
  /// Raised when the tables change.
  static constexpr int64_t kVersion = 1;
  /// "RFLX", in the file's header.
  static constexpr int64_t kApplicationId = 0x52464c58;

  /// Trials by the text of their schedules.
  using Schedules = std::vector<std::pair<std::string, Trial>>;

  /// Opens a record, or creates it. A file that is something else is left as
  /// it is.
  static Result<TrialRecord> open(const std::string &path);
  /// Opens a record that is there, and writes nothing: adding fails.
  static Result<TrialRecord> openToRead(const std::string &path);
  /// One that ends with the process.
  static Result<TrialRecord> openInMemory();

  TrialRecord(TrialRecord &&);
  TrialRecord &operator=(TrialRecord &&);
  ~TrialRecord();

  const std::string &path() const { return name; }

  Result<std::optional<Trial>> find(const TrialKey &key) const;

  /// Adds trials: all or, with an error, none. A trial whose key is there
  /// already is left out, or replaces it. Gives the number added.
  Result<int64_t> add(std::vector<RecordedTrial> trials, bool replace = false);

  /// Trials of `key`'s kind and subject at its occupancy, on the same device
  /// with the same versions; with their schedules.
  Result<Schedules> findAll(const TrialKey &key) const;

  /// Schedules of `key`'s subject with a dangerous outcome at any occupancy, on
  /// the same device with the same versions; and why.
  Result<Schedules> findDangerous(const TrialKey &key) const;

  /// Calls `visit` with every trial, in the order in which they were added.
  Status forEach(
      const std::function<void(const RecordedTrial &)> &visit) const;

private:
  struct Close {
    void operator()(sqlite3 *database) const;
  };
  using Database = std::unique_ptr<sqlite3, Close>;

  TrialRecord(std::string name, Database database);
  static Result<TrialRecord> openDatabase(const std::string &path,
                                          bool toRead = false);

  std::string name;
  Database database;
  std::unique_ptr<StatementCache> statements;
};

} // namespace recflex

#endif // RECFLEX_TUNING_TRIALRECORD_H
