//===- TrialRecordTest.cpp - A record that survives -----------------------===//

#include "recflex/Tuning/TrialRecord.h"

#include "TemporaryFolder.h"

#include "recflex/Support/Files.h"

#include <fstream>
#include <functional>
#include <gmock/gmock.h>
#include <map>
#include <sqlite3.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;

namespace recflex {
namespace {

RecordedTrial makeTrial(const std::string &schedule, double cost = 1,
                        Outcome outcome = Outcome::ok) {
  RecordedTrial entry;
  entry.key = {TrialKind::candidate, "class", schedule, {128, 10},
               "H200",               "sm_90", "13.0",   {"0.1", "13.0"}};
  entry.trial.outcome = outcome;
  entry.trial.cost = cost;
  return entry;
}

class TrialRecordTest : public testing::Test {
protected:
  TrialRecord open(const std::string &name = "trials.db") {
    Result<TrialRecord> record = TrialRecord::open(folder.file(name));
    EXPECT_TRUE(record) << record.error().message;
    return std::move(*record);
  }
  std::string openError(const std::string &name = "trials.db") {
    Result<TrialRecord> record = TrialRecord::open(folder.file(name));
    return record ? "no error" : record.error().message;
  }
  /// What another program does to a database.
  void execute(const std::string &name, const std::string &sql) {
    sqlite3 *database = nullptr;
    ASSERT_EQ(sqlite3_open(folder.file(name).c_str(), &database), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr),
              SQLITE_OK);
    sqlite3_close(database);
  }
  static double costOf(const TrialRecord &record, const TrialKey &key) {
    auto found = record.find(key);
    EXPECT_TRUE(found) << found.error().message;
    return *found ? (*found)->cost : -1;
  }

  TemporaryFolder folder;
};

TEST_F(TrialRecordTest, FindsWhatWasAddedAfterReopening) {
  RecordedTrial entry = makeTrial("s", 0.1);
  entry.trial.spread = 0.3;
  entry.trial.longestBlock = 0.7;
  entry.trial.registers = 40;
  entry.trial.spilledBytes = 8;
  entry.trial.shares = {0.1, 0.9};
  entry.trial.message = "text";
  {
    TrialRecord record = open();
    EXPECT_EQ(*record.add({entry}), 1);
  }
  TrialRecord record = open();
  auto found = record.find(entry.key);
  ASSERT_TRUE(found && *found);
  const Trial &trial = **found;
  EXPECT_EQ(trial.outcome, Outcome::ok);
  EXPECT_EQ(trial.cost, 0.1);
  EXPECT_EQ(trial.spread, 0.3);
  EXPECT_EQ(trial.longestBlock, 0.7);
  EXPECT_EQ(trial.registers, 40);
  EXPECT_EQ(trial.spilledBytes, 8);
  EXPECT_THAT(trial.shares, ElementsAre(0.1, 0.9));
  EXPECT_EQ(trial.message, "text");
}

TEST_F(TrialRecordTest, EveryPartOfTheKeyCounts) {
  TrialRecord record = open();
  RecordedTrial entry = makeTrial("s");
  ASSERT_TRUE(record.add({entry}));
  const std::function<void(TrialKey &)> changes[] = {
      [](TrialKey &k) { k.kind = TrialKind::kernel; },
      [](TrialKey &k) { k.subject = "other"; },
      [](TrialKey &k) { k.schedule = "other"; },
      [](TrialKey &k) { k.occupancy.threads = 64; },
      [](TrialKey &k) { k.occupancy.blocks = 9; },
      [](TrialKey &k) { k.device = "other"; },
      [](TrialKey &k) { k.chip = "other"; },
      [](TrialKey &k) { k.driver = "other"; },
      [](TrialKey &k) { k.versions.recflex = "other"; },
      [](TrialKey &k) { k.versions.ptxas = "other"; },
      // Not the text of both, one after the other.
      [](TrialKey &k) { k.subject = "clas", k.schedule = "ss"; }};
  for (const auto &change : changes) {
    TrialKey key = entry.key;
    change(key);
    EXPECT_EQ(costOf(record, key), -1);
  }
  EXPECT_EQ(costOf(record, entry.key), 1);
}

TEST_F(TrialRecordTest, TheFirstTrialStaysUnlessReplaced) {
  TrialRecord record = open();
  EXPECT_EQ(*record.add({makeTrial("s", 1), makeTrial("t", 2)}), 2);
  EXPECT_EQ(*record.add({makeTrial("s", 5), makeTrial("u", 3)}), 1);
  EXPECT_EQ(costOf(record, makeTrial("s").key), 1);
  EXPECT_EQ(*record.add({makeTrial("s", 5)}, /*replace=*/true), 1);
  EXPECT_EQ(costOf(record, makeTrial("s").key), 5);
}

TEST_F(TrialRecordTest, DangerousSchedulesAreFoundAtAnyOccupancy) {
  TrialRecord record = open();
  std::vector<RecordedTrial> trials{
      makeTrial("crash", 0, Outcome::crashed),
      makeTrial("hang", 0, Outcome::timedOut),
      makeTrial("wrong", 0, Outcome::wrongResult),
      makeTrial("assemble", 0, Outcome::assembleFailed),
      makeTrial("compile", 0, Outcome::compileFailed), makeTrial("fine")};
  trials.push_back(makeTrial("elsewhere", 0, Outcome::crashed));
  trials.back().key.driver = "12.0";
  trials.push_back(makeTrial("other class", 0, Outcome::crashed));
  trials.back().key.subject = "other";
  ASSERT_TRUE(record.add(trials));
  TrialKey key = makeTrial("").key;
  key.occupancy = {256, 4};
  auto found = record.findDangerous(key);
  ASSERT_TRUE(found);
  std::vector<std::string> names;
  for (auto &[schedule, trial] : *found)
    names.push_back(schedule);
  EXPECT_THAT(names, ElementsAre("crash", "hang", "wrong"));
}

TEST_F(TrialRecordTest, AllOfAClassAtAnOccupancyAreFoundAtOnce) {
  TrialRecord record = open();
  std::vector<RecordedTrial> trials{makeTrial("a", 1), makeTrial("b", 2)};
  trials.push_back(makeTrial("failed", 3, Outcome::crashed));
  const std::function<void(TrialKey &)> others[] = {
      [](TrialKey &k) { k.kind = TrialKind::kernel; },
      [](TrialKey &k) { k.subject = "other"; },
      [](TrialKey &k) { k.occupancy.threads = 64; },
      [](TrialKey &k) { k.occupancy.blocks = 9; },
      [](TrialKey &k) { k.device = "other"; },
      [](TrialKey &k) { k.chip = "other"; },
      [](TrialKey &k) { k.driver = "other"; },
      [](TrialKey &k) { k.versions.recflex = "other"; },
      [](TrialKey &k) { k.versions.ptxas = "other"; }};
  for (const auto &change : others) {
    trials.push_back(makeTrial("c", 4));
    change(trials.back().key);
  }
  ASSERT_EQ(*record.add(trials), 12);
  for (int round = 0; round != 2; ++round) { // the query is used again
    auto found = record.findAll(makeTrial("anything").key);
    ASSERT_TRUE(found) << found.error().message;
    std::map<std::string, double> costs;
    for (const auto &[schedule, trial] : *found)
      costs[schedule] = trial.cost;
    EXPECT_EQ(costs, (std::map<std::string, double>{
                         {"a", 1}, {"b", 2}, {"failed", 3}}));
  }
}

// A query that stands at a row would keep the log from being written back.
TEST_F(TrialRecordTest, QueriesEndWhenTheirAnswerIsThere) {
  TrialRecord record = open();
  ASSERT_TRUE(record.add({makeTrial("a"), makeTrial("b", 1, Outcome::crashed)}));
  ASSERT_TRUE(record.find(makeTrial("a").key));
  ASSERT_TRUE(record.findAll(makeTrial("a").key));
  ASSERT_TRUE(record.findDangerous(makeTrial("a").key));
  TrialRecord other = open();
  ASSERT_TRUE(other.add({makeTrial("c")}));
  sqlite3 *database = nullptr;
  ASSERT_EQ(sqlite3_open(folder.file("trials.db").c_str(), &database),
            SQLITE_OK);
  EXPECT_EQ(sqlite3_wal_checkpoint_v2(database, nullptr,
                                      SQLITE_CHECKPOINT_TRUNCATE, nullptr,
                                      nullptr),
            SQLITE_OK);
  sqlite3_close(database);
}

// The first records had another index.
TEST_F(TrialRecordTest, IndexesAreMadeWhereTheyAreMissing) {
  ASSERT_TRUE(open().add({makeTrial("a"), makeTrial("b", 1, Outcome::crashed)}));
  execute("trials.db",
          "DROP INDEX trials_by_occupancy; DROP INDEX failed_trials; "
          "CREATE INDEX trials_by_subject ON trials (subject, outcome)");
  TrialRecord record = open();
  EXPECT_EQ(costOf(record, makeTrial("a").key), 1);
  EXPECT_EQ(record.findAll(makeTrial("a").key)->size(), 2u);
  EXPECT_EQ(record.findDangerous(makeTrial("a").key)->size(), 1u);
  // Fails if one is still missing, or the old one is there.
  execute("trials.db",
          "DROP INDEX trials_by_occupancy; DROP INDEX failed_trials; "
          "CREATE INDEX trials_by_subject ON trials (subject, outcome)");
}

TEST_F(TrialRecordTest, ARecordCanTakeThePlaceOfAnother) {
  TrialRecord record = open("first.db");
  ASSERT_TRUE(record.add({makeTrial("a", 1)}));
  EXPECT_EQ(costOf(record, makeTrial("a").key), 1);
  record = open("second.db");
  EXPECT_EQ(costOf(record, makeTrial("a").key), -1);
  TrialRecord moved = std::move(record);
  ASSERT_TRUE(moved.add({makeTrial("a", 2)}));
  EXPECT_EQ(costOf(moved, makeTrial("a").key), 2);
}

TEST_F(TrialRecordTest, TwoConnectionsShareOneFile) {
  TrialRecord first = open(), second = open();
  ASSERT_TRUE(first.add({makeTrial("s", 1)}));
  EXPECT_EQ(costOf(second, makeTrial("s").key), 1);
  EXPECT_EQ(*second.add({makeTrial("s", 2), makeTrial("t", 2)}), 1);
  EXPECT_EQ(costOf(first, makeTrial("s").key), 1);
  EXPECT_EQ(costOf(first, makeTrial("t").key), 2);
}

TEST_F(TrialRecordTest, ManyMayCreateAndFillItAtOnce) {
  constexpr int kThreads = 8, kTrials = 20;
  std::vector<std::thread> threads;
  std::vector<std::string> errors(kThreads);
  for (int t = 0; t != kThreads; ++t)
    threads.emplace_back([&, t] {
      Result<TrialRecord> record = TrialRecord::open(folder.file("trials.db"));
      if (!record) {
        errors[t] = record.error().message;
        return;
      }
      for (int i = 0; i != kTrials; ++i)
        if (auto added = record->add(
                {makeTrial(std::to_string(i)),
                 makeTrial(std::to_string(t) + "/" + std::to_string(i))});
            !added)
          errors[t] = added.error().message;
    });
  for (std::thread &thread : threads)
    thread.join();
  for (const std::string &error : errors)
    EXPECT_EQ(error, "");
  int64_t count = 0;
  ASSERT_TRUE(open().forEach([&](const RecordedTrial &) { ++count; }));
  EXPECT_EQ(count, kTrials + kThreads * kTrials);
}

TEST_F(TrialRecordTest, IsDurableAndSaysWhatItIs) {
  { open(); }
  std::string header = *readFile(folder.file("trials.db"));
  EXPECT_EQ(header.substr(0, 15), "SQLite format 3");
  EXPECT_EQ(header.substr(68, 4), "RFLX");
  EXPECT_EQ(header.substr(18, 2), "\2\2"); // a write-ahead log
}

TEST_F(TrialRecordTest, EmptyFileBecomesARecord) {
  ASSERT_TRUE(writeFile(folder.file("trials.db"), ""));
  EXPECT_EQ(*open().add({makeTrial("s")}), 1);
}

//===----------------------------------------------------------------------===//
// Files that are something else
//===----------------------------------------------------------------------===//

TEST_F(TrialRecordTest, ForeignFilesAreLeftAsTheyAre) {
  std::string text(5000, 'x');
  ASSERT_TRUE(writeFile(folder.file("notes.txt"), text));
  EXPECT_EQ(openError("notes.txt"),
            folder.file("notes.txt") +
                ": is no record of trials, nor any other SQLite file; name "
                "another file");
  EXPECT_EQ(*readFile(folder.file("notes.txt")), text);

  execute("other.db", "CREATE TABLE t (x); INSERT INTO t VALUES (1)");
  std::string before = *readFile(folder.file("other.db"));
  EXPECT_THAT(openError("other.db"),
              HasSubstr("other.db: is a database of another program; name "
                        "another file for the record"));
  EXPECT_EQ(*readFile(folder.file("other.db")), before);
}

TEST_F(TrialRecordTest, OtherVersionsAreRefused) {
  { open(); }
  execute("trials.db", "PRAGMA user_version = 7");
  EXPECT_THAT(openError(),
              HasSubstr("is a record of version 7, this RecFlex knows version "
                        "1; use the RecFlex that wrote it to export the "
                        "trials, or name another file"));
}

TEST_F(TrialRecordTest, PathsThatCannotBe) {
  EXPECT_THAT(openError("absent/trials.db"),
              EndsWith("cannot open or create the file; it must be a file in a "
                       "folder that can be written"));
  EXPECT_THAT(openError(""), HasSubstr("cannot open or create the file"));
}

TEST_F(TrialRecordTest, DamageIsFound) {
  {
    TrialRecord record = open();
    std::vector<RecordedTrial> trials;
    for (int i = 0; i != 500; ++i)
      trials.push_back(makeTrial(std::to_string(i)));
    ASSERT_TRUE(record.add(trials));
  }
  std::string contents = *readFile(folder.file("trials.db"));
  for (size_t page = 2; page * 4096 < contents.size(); page += 2)
    contents.replace(page * 4096, 64, std::string(64, '\xee'));
  ASSERT_TRUE(writeFile(folder.file("trials.db"), contents));
  EXPECT_THAT(openError(), HasSubstr("trials.db: is damaged: "));
  EXPECT_THAT(openError(), EndsWith("; restore a copy, or name another file"));
  EXPECT_EQ(*readFile(folder.file("trials.db")), contents);
}

//===----------------------------------------------------------------------===//
// Places that cannot be written
//===----------------------------------------------------------------------===//

/// Runs `body` in a child process and gives what it returns, as text.
std::string inChild(const std::function<std::string()> &body) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  pid_t child = ::fork();
  if (child == 0) {
    std::string text = body();
    [[maybe_unused]] ssize_t n = ::write(ends[1], text.data(), text.size());
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string text;
  char buffer[4096];
  for (ssize_t n; (n = ::read(ends[0], buffer, sizeof buffer)) > 0;)
    text.append(buffer, n);
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return text;
}

TEST_F(TrialRecordTest, ReadOnlyFilesAreRefused) {
  {
    TrialRecord record = open();
    ASSERT_TRUE(record.add({makeTrial("s")}));
  }
  ::chmod(folder.file("trials.db").c_str(), 0444);
  ::chmod(folder.path.c_str(), 0555);
  std::string error = inChild([&]() -> std::string {
    // Root may write everything.
    if (::geteuid() == 0 && ::setuid(65534) != 0)
      return "cannot become another user";
    return openError();
  });
  ::chmod(folder.path.c_str(), 0700);
  EXPECT_THAT(error, HasSubstr("is read-only"));
  EXPECT_EQ(costOf(open(), makeTrial("s").key), 1);
}

TEST_F(TrialRecordTest, AFullDiskLosesNothing) {
  std::string mount = folder.file("small");
  ::mkdir(mount.c_str(), 0700);
  std::string result = inChild([&]() -> std::string {
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("tmpfs", mount.c_str(), "tmpfs", 0, "size=1m") != 0)
      return "no tmpfs";
    TrialRecord record = open("small/trials.db");
    std::string message(20'000, 'x');
    int64_t recorded = 0;
    std::string error;
    for (; error.empty() && recorded < 200; ++recorded) {
      RecordedTrial entry = makeTrial(std::to_string(recorded));
      entry.trial.message = message;
      if (auto added = record.add({entry}); !added)
        error = added.error().message;
    }
    --recorded; // the one that failed
    // The others are there; so they are for who opens it now.
    int64_t kept = 0;
    TrialRecord again = open("small/trials.db");
    if (Status status = again.forEach([&](const RecordedTrial &) { ++kept; });
        !status)
      return status.error().message;
    return error + (kept == recorded && kept > 3 ? "; all kept" : "; some lost");
  });
  if (result == "no tmpfs")
    GTEST_SKIP() << "a tmpfs can be mounted by root alone";
  EXPECT_THAT(result, EndsWith("the disk is full; free some space and run "
                               "again: all trials until now are kept; all "
                               "kept"));
}

} // namespace
} // namespace recflex
