//===- TuneReport.cpp - How a tuner's progress is shown -------------------===//

#include "TuneReport.h"

#include "../TextTable.h"

#include "llvm/Support/Format.h"

#include <chrono>
#include <cmath>
#include <deque>
#include <nlohmann/json.hpp>

namespace recflex {

std::string showSeconds(double seconds) {
  const char *unit = "s";
  if (seconds < 1e-3)
    seconds *= 1e6, unit = "us";
  else if (seconds < 1)
    seconds *= 1e3, unit = "ms";
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.3g %s", seconds, unit);
  return text;
}

static std::string describeFailure(const TuningFailure &failure) {
  std::string text = failure.subject;
  if (!failure.schedule.empty())
    text += ": " + failure.schedule;
  return text + " at " + toString(failure.occupancy) + ": " +
         std::string(toString(failure.trial.outcome)) + ": " +
         printable(failure.trial.message);
}

static std::string describeSubject(const TuningStep &step) {
  if (!step.featureClass)
    return "all features";
  std::string text = printable(describe(*step.featureClass));
  if (step.classes > 1)
    text += ", " + std::to_string(step.classes - 1) + " more classes";
  return text;
}

/// "12 of 40", or "12" if nobody knows how many there will be.
static std::string describeDone(const TuningStep &step) {
  std::string text = std::to_string(step.done);
  if (step.total)
    text += " of " + std::to_string(step.total);
  return text;
}

static std::string describeTried(const TuningStep &step) {
  std::string text = std::to_string(step.candidates);
  if (step.rejected)
    text += ", " + std::to_string(step.rejected) + " failed";
  return text;
}

static std::string describeBest(const TuningStep &step) {
  if (step.bestCost <= 0)
    return "none works";
  return step.best + " (" + showSeconds(step.bestCost) + ")";
}

namespace {

/// On a terminal: the last classes, and a line of what is left.
class LiveReport final : public TuningObserver {
public:
  explicit LiveReport(llvm::raw_ostream &os) : os(os) {}
  ~LiveReport() override { draw(); }

  void onStep(const TuningStep &step) override {
    rows.push_back({std::string(toString(step.stage)), toString(step.occupancy),
                    describeSubject(step), describeTried(step),
                    describeBest(step)});
    if (rows.size() > kRows)
      rows.pop_front();
    status = std::string(toString(step.stage)) + " " + describeDone(step) +
             ", " + std::to_string(step.measured) + " trials, " +
             std::to_string(step.known) + " known";
    if (std::isfinite(step.secondsLeft))
      status += ", " + showSeconds(std::max(0.0, step.secondsLeft)) + " left";
    // Faster than that nobody can read, and a terminal flickers.
    if (Clock::now() - drawn > std::chrono::milliseconds(100))
      draw();
  }

  void onFailure(const TuningFailure &failure) override {
    erase();
    os << describeFailure(failure) << '\n';
    draw();
  }

private:
  using Clock = std::chrono::steady_clock;
  static constexpr size_t kRows = 12;

  void erase() {
    if (lines)
      os << "\x1b[" << lines << "A\x1b[J";
    lines = 0;
  }
  void draw() {
    erase();
    if (rows.empty())
      return;
    TextTable table({"stage", "occupancy", "class", "candidates", "best"});
    for (const TextTable::Row &row : rows)
      table.add(row);
    // Without wrapping: a row is then a line, however narrow the terminal.
    os << "\x1b[?7l";
    table.print(os);
    os << "  " << status << "\x1b[?7h\n";
    os.flush();
    lines = rows.size() + 2;
    drawn = Clock::now();
  }

  llvm::raw_ostream &os;
  std::deque<TextTable::Row> rows;
  std::string status;
  size_t lines = 0; ///< that stand on the terminal
  Clock::time_point drawn;
};

class LineReport final : public TuningObserver {
public:
  explicit LineReport(llvm::raw_ostream &os) : os(os) {}

  void onStep(const TuningStep &step) override {
    os << toString(step.stage) << ' ' << describeDone(step) << ", "
       << toString(step.occupancy) << ": " << describeSubject(step) << ": "
       << describeTried(step) << ": " << describeBest(step) << '\n';
    os.flush(); // for whoever follows a file
  }
  void onFailure(const TuningFailure &failure) override {
    os << describeFailure(failure) << '\n';
  }

private:
  llvm::raw_ostream &os;
};

class JsonReport final : public TuningObserver {
public:
  explicit JsonReport(llvm::raw_ostream &os) : os(os) {}

  void onStep(const TuningStep &step) override {
    nlohmann::ordered_json line;
    line["event"] = "step";
    line["stage"] = toString(step.stage);
    line["done"] = step.done;
    if (step.total)
      line["total"] = step.total;
    line["threads"] = step.occupancy.threads;
    line["blocks"] = step.occupancy.blocks;
    if (step.featureClass) {
      line["class"] = step.classNumber;
      line["feature"] = step.featureClass->lookup.name;
      line["classes"] = step.classes;
    }
    line["candidates"] = step.candidates;
    line["rejected"] = step.rejected;
    if (step.bestCost > 0) {
      line["best"] = step.best;
      line["best_cost"] = step.bestCost;
    }
    line["measured"] = step.measured;
    line["known"] = step.known;
    if (std::isfinite(step.secondsLeft))
      line["seconds_left"] = step.secondsLeft;
    print(line);
  }

  void onFailure(const TuningFailure &failure) override {
    nlohmann::ordered_json line;
    line["event"] = "failure";
    line["subject"] = failure.subject;
    line["schedule"] = failure.schedule;
    line["threads"] = failure.occupancy.threads;
    line["blocks"] = failure.occupancy.blocks;
    line["outcome"] = toString(failure.trial.outcome);
    line["message"] = failure.trial.message;
    print(line);
  }

private:
  void print(const nlohmann::ordered_json &line) {
    os << line.dump(-1, ' ', /*ensure_ascii=*/false,
                    nlohmann::json::error_handler_t::replace)
       << '\n';
    os.flush();
  }

  llvm::raw_ostream &os;
};

} // namespace

std::unique_ptr<TuningObserver> createLiveReport(llvm::raw_ostream &os) {
  return std::make_unique<LiveReport>(os);
}
std::unique_ptr<TuningObserver> createLineReport(llvm::raw_ostream &os) {
  return std::make_unique<LineReport>(os);
}
std::unique_ptr<TuningObserver> createJsonReport(llvm::raw_ostream &os) {
  return std::make_unique<JsonReport>(os);
}

} // namespace recflex
