//===- TrialTextTest.cpp - Trials as JSON lines ---------------------------===//

#include "recflex/Tuning/TrialText.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using testing::HasSubstr;

namespace recflex {
namespace {

RecordedTrial makeTrial(const std::string &schedule) {
  RecordedTrial entry;
  entry.key = {TrialKind::kernel, "class", schedule, {128, 10},
               "H200",            "sm_90", "13.0",   {"0.1", "13.0"}};
  entry.trial.outcome = Outcome::timedOut;
  entry.trial.cost = 0.1;
  entry.trial.spread = 1e-9;
  entry.trial.longestBlock = 1.0 / 3;
  entry.trial.registers = 40;
  entry.trial.spilledBytes = 16;
  entry.trial.shares = {0.25, 0.75};
  entry.trial.message = "line 1\nline \"2\"";
  entry.time = "2026-01-02T03:04:05Z";
  return entry;
}

TrialRecord makeRecord() { return std::move(*TrialRecord::openInMemory()); }

TEST(TrialText, RoundTrip) {
  TrialRecord record = makeRecord();
  ASSERT_TRUE(record.add({makeTrial("a"), makeTrial("b")}));
  Result<std::string> text = exportTrials(record);
  ASSERT_TRUE(text);
  TrialRecord copy = makeRecord();
  auto imported = importTrials(copy, *text);
  ASSERT_TRUE(imported) << imported.error().message;
  EXPECT_EQ(imported->read, 2);
  EXPECT_EQ(imported->added, 2);
  EXPECT_EQ(*exportTrials(copy), *text);
}

TEST(TrialText, KnownTrialsStay) {
  TrialRecord record = makeRecord();
  RecordedTrial other = makeTrial("a");
  other.trial.cost = 7;
  ASSERT_TRUE(record.add({other}));
  auto imported = importTrials(
      record, toJsonLine(makeTrial("a")) + "\n\n" + toJsonLine(makeTrial("b")));
  ASSERT_TRUE(imported);
  EXPECT_EQ(imported->read, 2);
  EXPECT_EQ(imported->added, 1);
  EXPECT_EQ((*record.find(other.key))->cost, 7);
}

/// The error of importing a good line and then `line`; nothing is imported.
std::string errorOf(const std::string &line) {
  TrialRecord record = makeRecord();
  auto imported =
      importTrials(record, toJsonLine(makeTrial("a")) + "\n" + line + "\n");
  EXPECT_EQ(*exportTrials(record), "");
  return imported ? "no error" : imported.error().message;
}

std::string changed(const std::string &from, const std::string &to) {
  std::string line = toJsonLine(makeTrial("b"));
  size_t at = line.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return line.replace(at, from.size(), to);
}

TEST(TrialText, BadLinesAreNamedAndNothingIsImported) {
  EXPECT_THAT(errorOf("{"), HasSubstr("line 2: "));
  EXPECT_EQ(errorOf("[]"),
            "line 2: must be a JSON object; nothing was imported");
  EXPECT_EQ(errorOf(changed("\"kind\":\"kernel\",", "")),
            "line 2: 'kind' is missing; nothing was imported");
  EXPECT_EQ(errorOf(changed("\"kernel\"", "\"colonel\"")),
            "line 2: 'kind' must be candidate or kernel; nothing was imported");
  EXPECT_EQ(errorOf(changed("\"timed-out\"", "\"late\"")),
            "line 2: 'outcome' is none that a trial can have; nothing was "
            "imported");
  EXPECT_EQ(errorOf(changed("\"cost\":0.1", "\"cost\":-1")),
            "line 2: 'cost' must be a number from 0 on; nothing was imported");
  EXPECT_EQ(errorOf(changed("\"threads\":128", "\"threads\":0")),
            "line 2: 'threads' must be a whole number from 1 on; nothing was "
            "imported");
  EXPECT_EQ(errorOf(changed("[0.25,", "[\"x\",")),
            "line 2: 'shares' must be a number from 0 on; nothing was "
            "imported");
  EXPECT_EQ(errorOf(changed("\"device\":\"H200\"", "\"device\":200")),
            "line 2: 'device' must be a string; nothing was imported");
  EXPECT_EQ(errorOf(changed("{", "{\"more\":1,")),
            "line 2: there are fields that no trial has; nothing was imported");
}

} // namespace
} // namespace recflex
