//===- ExplainText.cpp - An explanation to read ---------------------------===//

#include "ExplainText.h"

#include "../TextTable.h"
#include "../tune/TuneReport.h"

#include "llvm/Support/Format.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace recflex {

/// Classes that a person reads of; the page and machines get all.
static constexpr size_t kRows = 20;
/// Classes without a trial that are named.
static constexpr size_t kNamedGaps = 5;

static std::string percent(double part) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.1f%%", 100 * part);
  return text;
}

std::string showCorrelation(const std::optional<double> &correlation) {
  if (!correlation)
    return "unknown";
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.2f", *correlation);
  return text;
}

/// The candidate, and by how much its block-seconds are more than the chosen
/// one's.
static std::string compare(const std::optional<ExplainedCandidate> &candidate,
                           const ClassExplanation &entry) {
  if (!candidate)
    return "none";
  if (candidate->schedule == entry.schedule)
    return "the same";
  std::string text = toText(candidate->schedule);
  if (!entry.chosen || !(entry.chosen->trial.cost > 0))
    return text;
  double more = candidate->trial.cost / entry.chosen->trial.cost - 1;
  return text + (more < 0 ? " " : " +") + percent(more);
}

/// Numbers of the classes, the largest share first.
static std::vector<size_t> sortByShare(const Explanation &explanation) {
  std::vector<size_t> order(explanation.classes.size());
  std::iota(order.begin(), order.end(), 0);
  auto rank = [&](size_t number) {
    return std::pair(-explanation.classes[number].share.value_or(-1), number);
  };
  llvm::sort(order, [&](size_t a, size_t b) { return rank(a) < rank(b); });
  return order;
}

std::vector<std::string> explanationTitles() {
  return {"class",     "share>",     "chosen",
          "runner-up", "cost model", "estimated rank>"};
}

std::vector<std::vector<std::string>>
explanationRows(const TuningProblem &problem, const Explanation &explanation) {
  std::vector<std::vector<std::string>> rows;
  for (size_t number : sortByShare(explanation)) {
    const ClassExplanation &entry = explanation.classes[number];
    std::string rank = "no trial";
    if (entry.chosen)
      rank = std::to_string(entry.estimatedRank) + " of " +
             std::to_string(entry.candidates);
    rows.push_back({printable(describe(problem.classes[number])),
                    entry.share ? percent(*entry.share) : "?",
                    toText(entry.schedule), compare(entry.runnerUp, entry),
                    compare(entry.costModelPick, entry), rank});
  }
  return rows;
}

static std::string describeOrigin(const Explanation &explanation) {
  const TrialOrigin &origin = explanation.origin;
  std::string text = "trials of " + printable(origin.device);
  if (!explanation.areEstimates)
    text += " (" + printable(origin.chip) + ", driver " +
            printable(origin.driver) + ", ptxas " +
            printable(origin.versions.ptxas) + ")";
  return text + " by RecFlex " + printable(origin.versions.recflex);
}

static std::string describeCostModel(const Explanation &explanation) {
  const EstimateCheck &check = explanation.estimates;
  std::string text =
      "cost model: Spearman's rank correlation with the trials " +
      showCorrelation(explanation.medianCorrelation) +
      " (median of the classes), " + showCorrelation(check.correlation) +
      " (within classes at an occupancy, " + std::to_string(check.trials) +
      " trials)";
  if (std::optional<double> loss = explanation.costModelLoss)
    text += "; its picks take " + percent(std::abs(*loss)) +
            (*loss < 0 ? " less" : " more") +
            " block-seconds than the chosen schedules";
  return text;
}

std::vector<std::string> summarize(const TuningProblem &problem,
                                   const Explanation &explanation) {
  std::vector<std::string> lines;
  if (explanation.areEstimates)
    lines.push_back("estimated: nothing was measured, the trials are the cost "
                    "model's own estimates");
  lines.push_back(std::to_string(problem.lookups.size()) + " lookups in " +
                  std::to_string(problem.classes.size()) + " classes, at " +
                  toString(explanation.state.occupancy) + "; " +
                  describeOrigin(explanation));
  lines.push_back(explanation.sharesOfKernel
                      ? "shares: of the block-seconds in the fused kernel"
                      : "shares: of the block-seconds of the classes by "
                        "themselves");
  const OccupancyProfile &profile = explanation.profile;
  lines.push_back(profile.chosen
                      ? std::string(explanation.areEstimates ? "estimated: "
                                                             : "measured: ") +
                            showSeconds(profile.chosen->cost) + " a batch"
                      : "the record has no trial of the fused kernel of these "
                        "schedules");
  lines.push_back(describeCostModel(explanation));
  return lines;
}

void printExplanation(llvm::raw_ostream &os, const TuningProblem &problem,
                      const Explanation &explanation) {
  TextTable table(explanationTitles());
  auto rows = explanationRows(problem, explanation);
  for (size_t i = 0; i != std::min(kRows, rows.size()); ++i)
    table.add(std::move(rows[i]));
  table.print(os);
  if (rows.size() > kRows)
    os << "  and " << rows.size() - kRows
       << " classes more; --json and -o list them all\n";
  for (const std::string &line : summarize(problem, explanation))
    os << line << '\n';
}

void printGaps(llvm::raw_ostream &os, const TuningProblem &problem,
               const Explanation &explanation) {
  size_t gaps = 0;
  for (auto [featureClass, entry] :
       llvm::zip_equal(problem.classes, explanation.classes))
    if (!entry.chosen && ++gaps <= kNamedGaps)
      os << "recflex: warning: " << printable(describe(featureClass))
         << ": the record has no trial of " << toText(entry.schedule) << " at "
         << toString(explanation.state.occupancy) << " that went well\n";
  if (gaps > kNamedGaps)
    os << "recflex: warning: so it is with " << gaps - kNamedGaps
       << " classes more\n";
  if (gaps)
    os << "recflex: warning: what is said of these is less; tune the model "
          "again with this record to fill it in\n";
  if (explanation.otherOrigins)
    os << "recflex: warning: " << explanation.otherOrigins
       << " trials of this model with other drivers or versions are left out: "
          "those of the last trial count\n";
  if (explanation.unreadable)
    os << "recflex: warning: " << explanation.unreadable
       << " trials of this model are left out: this RecFlex knows no such "
          "schedule or occupancy\n";
}

} // namespace recflex
