//===- TuneResult.cpp - What a tuner chose, to read -----------------------===//

#include "TuneResult.h"

#include "../TextTable.h"
#include "TuneReport.h"

#include "llvm/Support/Format.h"

#include <nlohmann/json.hpp>
#include <numeric>

namespace recflex {

using Json = nlohmann::ordered_json;

/// A change of one class that gains no more than this shows nothing.
static constexpr double kMutationGain = 0.02;

/// Classes that a person reads of; machines get all.
static constexpr size_t kRows = 20;

/// The class's part in all block-seconds of the local stage's trials.
static std::vector<double> sharesOf(const TuningProblem &problem,
                                    const TuningResult &result) {
  std::vector<double> shares;
  double sum = 0;
  for (auto [featureClass, choice] :
       llvm::zip_equal(problem.classes, result.choices)) {
    shares.push_back(choice.chosen.trial.cost *
                     static_cast<double>(featureClass.members.size()));
    sum += shares.back();
  }
  for (double &share : shares)
    share = sum > 0 ? share / sum : 0;
  return shares;
}

static std::string percent(double part) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.1f%%", 100 * part);
  return text;
}

/// "#emb.gather<...> +12.3%": by how much it is worse than the chosen one.
static std::string compare(const RankedCandidate &candidate,
                           const RankedCandidate &chosen) {
  if (!candidate.schedule)
    return "none";
  if (candidate.schedule == chosen.schedule)
    return "the same";
  double more = candidate.trial.cost / chosen.trial.cost - 1;
  return toText(candidate.schedule) + (more < 0 ? " " : " +") + percent(more);
}

void printResult(llvm::raw_ostream &os, const TuningProblem &problem,
                 const TuningResult &result, const Measurer &measurer) {
  if (measurer.estimates())
    os << "nothing was measured: the cost model ranked the schedules\n";
  TextTable table({"class", "share>", "chosen", "runner-up", "cost model"});
  std::vector<double> shares = sharesOf(problem, result);
  std::vector<size_t> order(shares.size());
  std::iota(order.begin(), order.end(), 0);
  llvm::sort(order, [&](size_t a, size_t b) {
    return std::pair(-shares[a], a) < std::pair(-shares[b], b);
  });
  for (size_t i = 0; i != std::min(kRows, order.size()); ++i) {
    const ClassChoice &choice = result.choices[order[i]];
    table.add({printable(describe(problem.classes[order[i]])),
               percent(shares[order[i]]), toText(choice.chosen.schedule),
               compare(choice.runnerUp, choice.chosen),
               compare(choice.estimated, choice.chosen)});
  }
  table.print(os);
  if (order.size() > kRows)
    os << "  and " << order.size() - kRows
       << " classes more; --json lists them all\n";

  os << problem.lookups.size() << " lookups in " << problem.classes.size()
     << " classes, at " << toString(result.occupancy) << ": " << result.origin
     << ", " << result.changes.size() << " changes\n";
  if (result.kernel)
    os << (measurer.estimates() ? "estimated: " : "measured: ")
       << showSeconds(result.kernel->cost) << " a batch\n";
  if (const auto &ordered = result.ordered)
    os << "order of blocks: " << ordered->order.size() << " spreads of "
       << ordered->tried << " tried, " << showSeconds(ordered->before)
       << " before\n";
  if (!result.mutations.empty()) {
    size_t within = llvm::count_if(result.mutations, [](const Mutation &m) {
      return m.ratio > 1 - kMutationGain;
    });
    const Mutation &best = *std::min_element(
        result.mutations.begin(), result.mutations.end(),
        [](const auto &a, const auto &b) { return a.ratio < b.ratio; });
    os << "mutations of " << result.mutations.size()
       << " classes: the chosen schedule is the best or within "
       << percent(kMutationGain) << " for " << within << "; the fastest change, "
       << toText(best.schedule) << " for "
       << printable(describe(problem.classes[best.classNumber])) << ", takes "
       << llvm::format("%.4f", best.ratio) << " of the time\n";
  }
  os << result.measured << " trials, " << result.known
     << " known from the record, " << llvm::format("%.1f", result.seconds)
     << " s\n";
  if (std::string summary = measurer.summary(); !summary.empty())
    os << summary << '\n';
  if (result.outOfTime)
    os << "the time budget ended first; run again with the same --record to go "
          "on\n";
}

static void print(llvm::raw_ostream &os, const Json &line) {
  os << line.dump(-1, ' ', /*ensure_ascii=*/false,
                  nlohmann::json::error_handler_t::replace)
     << '\n';
}

static Json toJson(const RankedCandidate &candidate) {
  Json json;
  json["schedule"] = toText(candidate.schedule);
  json["cost"] = candidate.trial.cost;
  json["spread"] = candidate.trial.spread;
  json["longest_block"] = candidate.trial.longestBlock;
  json["registers"] = candidate.trial.registers;
  json["spilled_bytes"] = candidate.trial.spilledBytes;
  json["estimate"] = candidate.isEstimate;
  return json;
}

void printResultJson(llvm::raw_ostream &os, const TuningProblem &problem,
                     const TuningResult &result, const Measurer &measurer) {
  Json line;
  line["event"] = "result";
  line["device"] = measurer.device().name;
  line["estimated"] = measurer.estimates();
  line["threads"] = result.occupancy.threads;
  line["blocks"] = result.occupancy.blocks;
  line["origin"] = result.origin;
  if (result.kernel) {
    line["seconds_per_batch"] = result.kernel->cost;
    line["spread"] = result.kernel->spread;
  }
  std::vector<double> shares = sharesOf(problem, result);
  line["classes"] = Json::array();
  for (size_t i = 0; i != problem.classes.size(); ++i) {
    const FeatureClass &featureClass = problem.classes[i];
    const ClassChoice &choice = result.choices[i];
    Json entry;
    entry["key"] = featureClass.key;
    entry["features"] = Json::array();
    for (size_t member : featureClass.members)
      entry["features"].push_back(problem.lookups[member].name);
    entry["share"] = shares[i];
    entry["chosen"] = toJson(choice.chosen);
    if (choice.runnerUp.schedule)
      entry["runner_up"] = toJson(choice.runnerUp);
    entry["cost_model"] = toJson(choice.estimated);
    line["classes"].push_back(std::move(entry));
  }
  line["changes"] = Json::array();
  for (const Refinement &change : result.changes)
    line["changes"].push_back({{"classes", change.classes},
                               {"to", toText(change.to)},
                               {"before", change.before},
                               {"after", change.after}});
  if (const auto &ordered = result.ordered)
    line["order"] = {{"spreads", toText(ordered->order)},
                     {"tried", ordered->tried},
                     {"before", ordered->before}};
  line["kernels"] = Json::array();
  for (const MeasuredKernel &kernel : result.kernels)
    line["kernels"].push_back({{"origin", kernel.origin},
                               {"threads", kernel.occupancy.threads},
                               {"blocks", kernel.occupancy.blocks},
                               {"seconds_per_batch", kernel.trial.cost},
                               {"spread", kernel.trial.spread}});
  line["mutations"] = Json::array();
  for (const Mutation &mutation : result.mutations)
    line["mutations"].push_back({{"class", mutation.classNumber},
                                 {"schedule", toText(mutation.schedule)},
                                 {"ratio", mutation.ratio},
                                 {"tried", mutation.tried}});
  line["measured"] = result.measured;
  line["known"] = result.known;
  line["seconds"] = result.seconds;
  if (std::string summary = measurer.summary(); !summary.empty())
    line["summary"] = summary;
  line["out_of_time"] = result.outOfTime;
  print(os, line);
}

static size_t sum(const std::vector<size_t> &numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), size_t(0));
}

void printPlan(llvm::raw_ostream &os, const TuningProblem &problem,
               const std::vector<PlannedTrials> &plan,
               const Measurer &measurer) {
  os << problem.lookups.size() << " lookups in " << problem.classes.size()
     << " classes, on " << measurer.device().name << '\n';
  TextTable table({"occupancy", "classes>", "candidates>", "known>"});
  size_t candidates = 0, known = 0;
  for (const PlannedTrials &planned : plan) {
    table.add({toString(planned.occupancy),
               std::to_string(planned.candidates.size()),
               std::to_string(sum(planned.candidates)),
               std::to_string(sum(planned.known))});
    candidates += sum(planned.candidates);
    known += sum(planned.known);
  }
  table.print(os);
  os << candidates - known
     << (measurer.estimates() ? " trials to estimate" : " trials to measure")
     << ", then fused kernels\n";
}

void printPlanJson(llvm::raw_ostream &os, const TuningProblem &problem,
                   const std::vector<PlannedTrials> &plan) {
  for (const PlannedTrials &planned : plan)
    for (auto [i, featureClass] : llvm::enumerate(problem.classes)) {
      Json line;
      line["event"] = "plan";
      line["threads"] = planned.occupancy.threads;
      line["blocks"] = planned.occupancy.blocks;
      line["class"] = i;
      line["key"] = featureClass.key;
      line["feature"] = featureClass.lookup.name;
      line["features"] = featureClass.members.size();
      line["candidates"] = planned.candidates[i];
      line["known"] = planned.known[i];
      print(os, line);
    }
}

} // namespace recflex
