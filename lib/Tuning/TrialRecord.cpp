//===- TrialRecord.cpp - Trials that outlive the process ------------------===//

#include "recflex/Tuning/TrialRecord.h"

#include "StatementCache.h"

#include "recflex/Support/Sha256.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace recflex {

/// How long a tuner waits for another one that is writing. A commit takes
/// milliseconds; only a disk that hangs takes that long.
static constexpr int kBusyMilliseconds = 60'000;

static constexpr const char *kSchema = R"(
  CREATE TABLE trials (
    id INTEGER PRIMARY KEY,
    identity TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    schedule TEXT NOT NULL,
    threads INTEGER NOT NULL,
    blocks INTEGER NOT NULL,
    device TEXT NOT NULL,
    chip TEXT NOT NULL,
    driver TEXT NOT NULL,
    recflex TEXT NOT NULL,
    ptxas TEXT NOT NULL,
    outcome TEXT NOT NULL,
    cost REAL NOT NULL,
    spread REAL NOT NULL,
    longest_block REAL NOT NULL,
    registers INTEGER NOT NULL,
    spilled_bytes INTEGER NOT NULL,
    shares TEXT NOT NULL,
    message TEXT NOT NULL,
    time TEXT NOT NULL);
)";

/// Also made in records that have none yet, or another: they hold no data.
static constexpr const char *kIndexes = R"(
  DROP INDEX IF EXISTS trials_by_subject;
  CREATE INDEX IF NOT EXISTS trials_by_occupancy
    ON trials (subject, threads, blocks);
  CREATE INDEX IF NOT EXISTS failed_trials
    ON trials (subject) WHERE outcome <> 'ok';
)";

static constexpr const char *kTrialColumns =
    "outcome, cost, spread, longest_block, registers, spilled_bytes, shares, "
    "message";

std::string_view toString(TrialKind kind) {
  switch (kind) {
  case TrialKind::candidate:
    return "candidate";
  case TrialKind::kernel:
    return "kernel";
  case TrialKind::finalist:
    break;
  }
  return "finalist";
}

std::optional<TrialKind> parseTrialKind(std::string_view name) {
  for (TrialKind kind : {TrialKind::candidate, TrialKind::kernel, TrialKind::finalist})
    if (toString(kind) == name)
      return kind;
  return std::nullopt;
}

TrialKey makeKey(const Measurer &measurer, TrialKind kind, std::string subject,
                 std::string schedule, const Occupancy &occupancy) {
  const TuningDevice &device = measurer.device();
  return {kind,        std::move(subject), std::move(schedule),
          occupancy,   device.name,        device.chip,
          device.driver, measurer.versions()};
}

/// A hash of the key: an index of fixed width, for texts of kernels are long.
static std::string identityOf(const TrialKey &key) {
  Sha256 hash;
  for (std::string_view part :
       {toString(key.kind), std::string_view(key.subject),
        std::string_view(key.schedule), std::string_view(key.device),
        std::string_view(key.chip), std::string_view(key.driver),
        std::string_view(key.versions.recflex),
        std::string_view(key.versions.ptxas)}) {
    hash.update(std::to_string(part.size()) + ":");
    hash.update(part);
  }
  hash.update(toString(key.occupancy));
  return toHex(hash.finish());
}

static std::string now() {
  std::time_t seconds = std::time(nullptr);
  std::tm parts;
  ::gmtime_r(&seconds, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

static std::string sharesToText(const std::vector<double> &shares) {
  return nlohmann::json(shares).dump();
}

/// Reads kTrialColumns, from `column` on.
static Result<Trial> readTrial(const Statement &row, int column) {
  Trial trial;
  std::string outcome = row.text(column);
  std::optional<Outcome> parsed = parseOutcome(outcome);
  if (!parsed)
    return makeError("has a trial of the unknown outcome '", outcome,
                     "'; it is damaged");
  trial.outcome = *parsed;
  trial.cost = row.real(column + 1);
  trial.spread = row.real(column + 2);
  trial.longestBlock = row.real(column + 3);
  trial.registers = row.integer(column + 4);
  trial.spilledBytes = row.integer(column + 5);
  Result<nlohmann::json> shares = parseJson(row.text(column + 6));
  if (!shares || !shares->is_array())
    return makeError("has a trial whose shares are no list; it is damaged");
  for (const nlohmann::json &share : *shares)
    trial.shares.push_back(share.is_number() ? share.get<double>() : 0);
  trial.message = row.text(column + 7);
  return trial;
}

void TrialRecord::Close::operator()(sqlite3 *database) const {
  sqlite3_close_v2(database);
}

//===----------------------------------------------------------------------===//
// Opening
//===----------------------------------------------------------------------===//

/// Runs statements that give nothing back.
static Status execute(sqlite3 *database, const char *sql) {
  if (sqlite3_exec(database, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
    return databaseError(database);
  return {};
}

/// The one number that a query gives.
static Result<int64_t> queryNumber(sqlite3 *database, const char *sql) {
  Result<Statement> statement = Statement::prepare(database, sql);
  if (!statement)
    return statement.error();
  Result<bool> row = statement->step();
  if (!row)
    return row.error();
  return statement->integer(0);
}

/// Whether the file is a record, or still empty; an error if it is neither. To
/// be called inside a transaction: another tuner may be creating it.
static Result<bool> isRecord(sqlite3 *database) {
  Result<int64_t> application = queryNumber(database, "PRAGMA application_id");
  if (!application)
    return application.error();
  Result<int64_t> version = queryNumber(database, "PRAGMA user_version");
  if (!version)
    return version.error();
  Result<int64_t> tables =
      queryNumber(database, "SELECT count(*) FROM sqlite_master");
  if (!tables)
    return tables.error();
  if (*application == 0 && *version == 0 && *tables == 0)
    return false;
  if (*application != TrialRecord::kApplicationId)
    return makeError("is a database of another program; name another file for "
                     "the record");
  if (*version != TrialRecord::kVersion)
    return makeError("is a record of version ", *version,
                     ", this RecFlex knows version ", TrialRecord::kVersion,
                     "; use the RecFlex that wrote it to export the trials, or "
                     "name another file");
  return true;
}

/// Creates the table and its indexes, unless another tuner did so meanwhile.
static Status initialize(sqlite3 *database) {
  if (Status status = execute(database, "BEGIN IMMEDIATE"); !status)
    return status;
  Result<bool> done = isRecord(database);
  if (!done)
    return done.error();
  if (!*done) {
    std::string numbers =
        "PRAGMA application_id = " + std::to_string(TrialRecord::kApplicationId) +
        "; PRAGMA user_version = " + std::to_string(TrialRecord::kVersion);
    if (Status status = execute(database, kSchema); !status)
      return status;
    if (Status status = execute(database, numbers.c_str()); !status)
      return status;
  }
  if (Status status = execute(database, kIndexes); !status)
    return status;
  return execute(database, "COMMIT");
}

/// Whether kIndexes would change anything: most records are opened to go on.
static Result<bool> hasIndexes(sqlite3 *database) {
  Result<int64_t> count = queryNumber(
      database, "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND "
                "name IN ('trials_by_occupancy', 'failed_trials')");
  if (!count)
    return count.error();
  return *count == 2;
}

/// An error if the record's pages are damaged.
static Status checkPages(sqlite3 *database) {
  Result<Statement> check =
      Statement::prepare(database, "PRAGMA quick_check(1)");
  if (!check)
    return check.error();
  Result<bool> row = check->step();
  if (!row)
    return row.error();
  if (check->text(0) != "ok")
    return makeError(ErrorCode::io, "is damaged: ", check->text(0),
                     "; restore a copy, or name another file");
  return {};
}

static Status setUp(sqlite3 *database, bool toRead) {
  if (toRead)
    if (Status status = execute(database, "PRAGMA query_only = ON"); !status)
      return status;
  // Nothing is written before it is known what the file is.
  if (Status status = execute(database, "BEGIN"); !status)
    return status;
  Result<bool> record = isRecord(database);
  if (!record)
    return record.error();
  if (Status status = execute(database, "COMMIT"); !status)
    return status;
  if (toRead)
    return *record ? checkPages(database)
                   : makeError("is empty; name a record of trials");
  if (sqlite3_db_readonly(database, "main") == 1)
    return makeError(ErrorCode::io, "is read-only; trials could not be added: "
                                    "make it writable, or name another file");
  if (Status status = execute(database, "PRAGMA journal_mode = WAL; "
                                        "PRAGMA synchronous = FULL");
      !status)
    return status;
  // Identities are spread over the whole of their index. 64 MiB hold those of
  // half a million trials.
  if (Status status = execute(database, "PRAGMA cache_size = -65536"); !status)
    return status;
  if (*record)
    if (Status status = checkPages(database); !status)
      return status;
  Result<bool> ready = hasIndexes(database);
  if (!ready)
    return ready.error();
  return *ready ? Status() : initialize(database);
}

/// Sets up, again and again while others do the same: a file that is being
/// switched to its write-ahead log is busy at once, without any waiting.
static Status setUpPatiently(sqlite3 *database, bool toRead) {
  using Clock = std::chrono::steady_clock;
  sqlite3_busy_timeout(database, kBusyMilliseconds);
  Clock::time_point deadline =
      Clock::now() + std::chrono::milliseconds(kBusyMilliseconds);
  for (;;) {
    Status status = setUp(database, toRead);
    bool busy = (sqlite3_errcode(database) & 0xff) == SQLITE_BUSY;
    if (status || !busy || Clock::now() > deadline)
      return status;
    (void)execute(database, "ROLLBACK"); // if there was a transaction
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

TrialRecord::TrialRecord(std::string name, Database opened)
    : name(std::move(name)), database(std::move(opened)),
      statements(std::make_unique<StatementCache>(database.get())) {}

TrialRecord::TrialRecord(TrialRecord &&) = default;

TrialRecord &TrialRecord::operator=(TrialRecord &&other) {
  statements = std::move(other.statements); // those of the old one first
  database = std::move(other.database);
  name = std::move(other.name);
  return *this;
}

TrialRecord::~TrialRecord() = default;

Result<TrialRecord> TrialRecord::openDatabase(const std::string &path,
                                              bool toRead) {
  sqlite3 *opened = nullptr;
  // A reader that might not write would leave the log's files behind it.
  int create = toRead ? 0 : SQLITE_OPEN_CREATE;
  int code = sqlite3_open_v2(
      path.c_str(), &opened,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE | create, nullptr);
  TrialRecord record(path, Database(opened));
  if (!opened)
    return makeError(ErrorCode::outOfMemory, "there is no memory to open it");
  if (code != SQLITE_OK)
    return databaseError(opened);
  if (Status status = setUpPatiently(opened, toRead); !status)
    return status.error();
  return record;
}

Result<TrialRecord> TrialRecord::open(const std::string &path) {
  Result<TrialRecord> record = openDatabase(path);
  if (!record)
    return record.error().in(path);
  return record;
}

Result<TrialRecord> TrialRecord::openToRead(const std::string &path) {
  // SQLite would speak of creating it.
  if (::access(path.c_str(), R_OK) != 0)
    return makeError(ErrorCode::io, "cannot open the file: ",
                     std::generic_category().message(errno),
                     "; name a record of trials")
        .in(path);
  Result<TrialRecord> record = openDatabase(path, /*toRead=*/true);
  if (!record)
    return record.error().in(path);
  return record;
}

Result<TrialRecord> TrialRecord::openInMemory() {
  return openDatabase(":memory:");
}

//===----------------------------------------------------------------------===//
// Trials
//===----------------------------------------------------------------------===//

Result<std::optional<Trial>> TrialRecord::find(const TrialKey &key) const {
  static const std::string sql = std::string("SELECT ") + kTrialColumns +
                                 " FROM trials WHERE identity = ?";
  Result<RunningStatement> query = statements->run(sql);
  if (!query)
    return query.error().in(name);
  Statement &statement = **query;
  statement.bind(identityOf(key));
  Result<bool> row = statement.step();
  if (!row)
    return row.error().in(name);
  if (!*row)
    return std::optional<Trial>();
  Result<Trial> trial = readTrial(statement, 0);
  if (!trial)
    return trial.error().in(name);
  return std::optional<Trial>(std::move(*trial));
}

Result<int64_t> TrialRecord::add(std::vector<RecordedTrial> trials,
                                 bool replace) {
  sqlite3 *db = database.get();
  auto insertAll = [&]() -> Result<int64_t> {
    std::string sql = std::string("INSERT OR ") +
                      (replace ? "REPLACE" : "IGNORE") +
                      " INTO trials (identity, kind, subject, schedule, "
                      "threads, blocks, device, chip, driver, recflex, ptxas, "
                      "time, " +
                      kTrialColumns +
                      ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                      "?, ?, ?, ?, ?)";
    Result<RunningStatement> running = statements->run(sql);
    if (!running)
      return running.error();
    Statement *insert = &**running;
    int64_t added = 0;
    for (const RecordedTrial &entry : trials) {
      const TrialKey &key = entry.key;
      const Trial &trial = entry.trial;
      insert->reset();
      insert->bind(identityOf(key));
      insert->bind(toString(key.kind));
      insert->bind(key.subject);
      insert->bind(key.schedule);
      insert->bind(key.occupancy.threads);
      insert->bind(key.occupancy.blocks);
      insert->bind(key.device);
      insert->bind(key.chip);
      insert->bind(key.driver);
      insert->bind(key.versions.recflex);
      insert->bind(key.versions.ptxas);
      insert->bind(entry.time.empty() ? now() : entry.time);
      insert->bind(toString(trial.outcome));
      insert->bind(trial.cost);
      insert->bind(trial.spread);
      insert->bind(trial.longestBlock);
      insert->bind(trial.registers);
      insert->bind(trial.spilledBytes);
      insert->bind(sharesToText(trial.shares));
      insert->bind(trial.message);
      if (Result<bool> row = insert->step(); !row)
        return row.error();
      added += sqlite3_changes(db);
    }
    return added;
  };
  if (Status status = execute(db, "BEGIN IMMEDIATE"); !status)
    return status.error().in(name);
  Result<int64_t> added = insertAll();
  if (added)
    if (Status status = execute(db, "COMMIT"); !status)
      added = status.error();
  if (!added) {
    // Some errors have rolled back already; a second time does no harm.
    (void)execute(db, "ROLLBACK");
    return added.error().in(name);
  }
  return added;
}

/// Conditions on what all trials of a measurer have in common, after others.
static constexpr const char *kSameOrigin =
    " AND kind = ? AND device = ? AND chip = ? AND driver = ? AND recflex = ? "
    "AND ptxas = ?";

static void bindOrigin(Statement &query, const TrialKey &key) {
  query.bind(toString(key.kind));
  query.bind(key.device);
  query.bind(key.chip);
  query.bind(key.driver);
  query.bind(key.versions.recflex);
  query.bind(key.versions.ptxas);
}

/// The rows of a query for schedule and kTrialColumns.
static Result<TrialRecord::Schedules> readSchedules(Statement &query) {
  TrialRecord::Schedules found;
  for (;;) {
    Result<bool> row = query.step();
    if (!row)
      return row.error();
    if (!*row)
      return found;
    Result<Trial> trial = readTrial(query, 1);
    if (!trial)
      return trial.error();
    found.emplace_back(query.text(0), std::move(*trial));
  }
}

Result<TrialRecord::Schedules> TrialRecord::findAll(const TrialKey &key) const {
  static const std::string sql =
      std::string("SELECT schedule, ") + kTrialColumns +
      " FROM trials WHERE subject = ? AND threads = ? AND blocks = ?" +
      kSameOrigin;
  Result<RunningStatement> query = statements->run(sql);
  if (!query)
    return query.error().in(name);
  Statement &statement = **query;
  statement.bind(key.subject);
  statement.bind(key.occupancy.threads);
  statement.bind(key.occupancy.blocks);
  bindOrigin(statement, key);
  auto found = readSchedules(statement);
  if (!found)
    return found.error().in(name);
  return found;
}

Result<TrialRecord::Schedules>
TrialRecord::findDangerous(const TrialKey &key) const {
  static const std::string sql = std::string("SELECT schedule, ") +
                                 kTrialColumns +
                                 " FROM trials WHERE subject = ? AND outcome "
                                 "<> 'ok'" +
                                 kSameOrigin + " ORDER BY schedule, id";
  Result<RunningStatement> query = statements->run(sql);
  if (!query)
    return query.error().in(name);
  Statement &statement = **query;
  statement.bind(key.subject);
  bindOrigin(statement, key);
  auto found = readSchedules(statement);
  if (!found)
    return found.error().in(name);
  auto isHarmless = [](const auto &entry) {
    return !isDangerous(entry.second.outcome);
  };
  found->erase(std::remove_if(found->begin(), found->end(), isHarmless),
               found->end());
  return found;
}

Status TrialRecord::forEach(
    const std::function<void(const RecordedTrial &)> &visit) const {
  static const std::string sql =
      std::string("SELECT kind, subject, schedule, threads, blocks, device, "
                  "chip, driver, recflex, ptxas, time, ") +
      kTrialColumns + " FROM trials ORDER BY id";
  Result<Statement> query = Statement::prepare(database.get(), sql);
  if (!query)
    return query.error().in(name);
  for (;;) {
    Result<bool> row = query->step();
    if (!row)
      return row.error().in(name);
    if (!*row)
      return {};
    std::optional<TrialKind> kind = parseTrialKind(query->text(0));
    if (!kind)
      return makeError(name, ": has a trial of the unknown kind '",
                       query->text(0), "'; it is damaged");
    RecordedTrial entry;
    entry.key = {*kind,
                 query->text(1),
                 query->text(2),
                 {query->integer(3), query->integer(4)},
                 query->text(5),
                 query->text(6),
                 query->text(7),
                 {query->text(8), query->text(9)}};
    entry.time = query->text(10);
    Result<Trial> trial = readTrial(*query, 11);
    if (!trial)
      return trial.error().in(name);
    entry.trial = std::move(*trial);
    visit(entry);
  }
}

} // namespace recflex
