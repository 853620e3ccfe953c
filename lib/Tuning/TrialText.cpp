//===- TrialText.cpp - Trials as JSON lines -------------------------------===//

#include "recflex/Tuning/TrialText.h"

#include "recflex/Support/Json.h"

#include <cmath>

namespace recflex {

using nlohmann::json;

std::string toJsonLine(const RecordedTrial &entry) {
  const TrialKey &key = entry.key;
  const Trial &trial = entry.trial;
  nlohmann::ordered_json line;
  line["kind"] = toString(key.kind);
  line["subject"] = key.subject;
  line["schedule"] = key.schedule;
  line["threads"] = key.occupancy.threads;
  line["blocks"] = key.occupancy.blocks;
  line["device"] = key.device;
  line["chip"] = key.chip;
  line["driver"] = key.driver;
  line["recflex"] = key.versions.recflex;
  line["ptxas"] = key.versions.ptxas;
  line["outcome"] = toString(trial.outcome);
  line["cost"] = trial.cost;
  line["spread"] = trial.spread;
  line["longest_block"] = trial.longestBlock;
  line["registers"] = trial.registers;
  line["spilled_bytes"] = trial.spilledBytes;
  line["shares"] = trial.shares;
  line["message"] = trial.message;
  line["time"] = entry.time;
  return line.dump(-1, ' ', /*ensure_ascii=*/false,
                   json::error_handler_t::replace);
}

Result<std::string> exportTrials(const TrialRecord &record) {
  std::string text;
  Status status = record.forEach([&](const RecordedTrial &trial) {
    text += toJsonLine(trial) + "\n";
  });
  if (!status)
    return status.error();
  return text;
}

namespace {
/// Takes the fields of one line; keeps the first thing that is wrong.
class LineReader {
public:
  explicit LineReader(const json &line) : line(line) {}

  std::string text(const char *name) {
    const json *field = find(name);
    if (field && !field->is_string())
      fail(name, "must be a string");
    return field && field->is_string() ? field->get<std::string>() : "";
  }
  int64_t integer(const char *name, int64_t least) {
    const json *field = find(name);
    if (!field)
      return 0;
    if (!field->is_number_integer() || field->get<int64_t>() < least) {
      fail(name, "must be a whole number from " + std::to_string(least) + " on");
      return 0;
    }
    return field->get<int64_t>();
  }
  double figure(const char *name) {
    const json *field = find(name);
    return field ? figure(name, *field) : 0;
  }
  std::vector<double> figures(const char *name) {
    std::vector<double> values;
    const json *field = find(name);
    if (field && !field->is_array())
      fail(name, "must be a list of numbers");
    if (field && field->is_array())
      for (const json &entry : *field)
        values.push_back(figure(name, entry));
    return values;
  }
  void fail(const std::string &name, const std::string &why) {
    if (error.empty())
      error = "'" + name + "' " + why;
  }
  /// What is wrong; empty if nothing is.
  std::string finish() {
    if (error.empty() && line.size() != taken)
      error = "there are fields that no trial has";
    return error;
  }

private:
  const json *find(const char *name) {
    auto field = line.find(name);
    if (field == line.end()) {
      fail(name, "is missing");
      return nullptr;
    }
    ++taken;
    return &*field;
  }
  double figure(const char *name, const json &value) {
    if (value.is_number() && std::isfinite(value.get<double>()) &&
        value.get<double>() >= 0)
      return value.get<double>();
    fail(name, "must be a number from 0 on");
    return 0;
  }

  const json &line;
  size_t taken = 0;
  std::string error;
};
} // namespace

static Result<RecordedTrial> parseLine(std::string_view text) {
  Result<json> line = parseJson(text);
  if (!line)
    return line.error();
  if (!line->is_object())
    return makeError("must be a JSON object");
  LineReader reader(*line);
  RecordedTrial entry;
  std::optional<TrialKind> kind = parseTrialKind(reader.text("kind"));
  if (!kind)
    reader.fail("kind", "must be candidate or kernel");
  entry.key.kind = kind.value_or(TrialKind::candidate);
  entry.key.subject = reader.text("subject");
  entry.key.schedule = reader.text("schedule");
  entry.key.occupancy.threads = reader.integer("threads", 1);
  entry.key.occupancy.blocks = reader.integer("blocks", 1);
  entry.key.device = reader.text("device");
  entry.key.chip = reader.text("chip");
  entry.key.driver = reader.text("driver");
  entry.key.versions.recflex = reader.text("recflex");
  entry.key.versions.ptxas = reader.text("ptxas");
  std::optional<Outcome> outcome = parseOutcome(reader.text("outcome"));
  if (!outcome)
    reader.fail("outcome", "is none that a trial can have");
  entry.trial.outcome = outcome.value_or(Outcome::ok);
  entry.trial.cost = reader.figure("cost");
  entry.trial.spread = reader.figure("spread");
  entry.trial.longestBlock = reader.figure("longest_block");
  entry.trial.registers = reader.integer("registers", 0);
  entry.trial.spilledBytes = reader.integer("spilled_bytes", 0);
  entry.trial.shares = reader.figures("shares");
  entry.trial.message = reader.text("message");
  entry.time = reader.text("time");
  if (std::string error = reader.finish(); !error.empty())
    return makeError(error);
  return entry;
}

Result<ImportedTrials> importTrials(TrialRecord &record,
                                    std::string_view text) {
  std::vector<RecordedTrial> trials;
  for (size_t number = 1; !text.empty(); ++number) {
    size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos)
      continue;
    Result<RecordedTrial> trial = parseLine(line);
    if (!trial)
      return makeError("line ", number, ": ")
          .then(trial.error().message)
          .then("; nothing was imported");
    trials.push_back(std::move(*trial));
  }
  ImportedTrials imported;
  imported.read = static_cast<int64_t>(trials.size());
  Result<int64_t> added = record.add(std::move(trials));
  if (!added)
    return added.error();
  imported.added = *added;
  return imported;
}

} // namespace recflex
