//===- ExplainJson.cpp - An explanation for machines ----------------------===//

#include "ExplainText.h"

#include <nlohmann/json.hpp>

namespace recflex {

using Json = nlohmann::ordered_json;

static Json orNull(const std::optional<double> &figure) {
  return figure ? Json(*figure) : Json();
}

static Json toJson(const std::optional<ExplainedCandidate> &candidate) {
  if (!candidate)
    return {};
  const Trial &trial = candidate->trial;
  return {{"schedule", toText(candidate->schedule)},
          {"cost", trial.cost},
          {"spread", trial.spread},
          {"longest_block", trial.longestBlock},
          {"registers", trial.registers},
          {"spilled_bytes", trial.spilledBytes},
          {"estimate", candidate->estimate}};
}

static Json classToJson(const TuningProblem &problem,
                        const FeatureClass &featureClass,
                        const ClassExplanation &entry) {
  Json json;
  json["key"] = featureClass.key;
  json["features"] = Json::array();
  for (size_t member : featureClass.members)
    json["features"].push_back(problem.lookups[member].name);
  json["width"] = featureClass.lookup.shape.width;
  json["mean"] = featureClass.lookup.stats.mean;
  json["share"] = orNull(entry.share);
  json["schedule"] = toText(entry.schedule);
  json["chosen"] = toJson(entry.chosen);
  json["runner_up"] = toJson(entry.runnerUp);
  json["cost_model"] = toJson(entry.costModelPick);
  json["candidates"] = entry.candidates;
  json["failed"] = entry.failed;
  json["estimated_rank"] = entry.chosen ? Json(entry.estimatedRank) : Json();
  json["rank_correlation"] = orNull(entry.correlation);
  return json;
}

static Json profileToJson(const OccupancyProfile &profile) {
  Json json;
  json["multiprocessors"] = orNull(profile.multiprocessors);
  json["multiprocessors_fitted"] = profile.isFitted;
  json["promises"] = Json::array();
  for (const OccupancyPromise &promise : profile.promises)
    json["promises"].push_back(
        {{"threads", promise.occupancy.threads},
         {"blocks", promise.occupancy.blocks},
         {"classes", promise.classes},
         {"seconds_per_batch", orNull(promise.seconds)}});
  json["kernels"] = Json::array();
  for (const ProfiledKernel &kernel : profile.kernels)
    json["kernels"].push_back({{"threads", kernel.occupancy.threads},
                               {"blocks", kernel.occupancy.blocks},
                               {"seconds_per_batch", kernel.seconds},
                               {"spread", kernel.spread},
                               {"chosen", kernel.isChosen}});
  json["failed_kernels"] = profile.failedKernels;
  return json;
}

void printExplanationJson(llvm::raw_ostream &os, const TuningProblem &problem,
                          const Explanation &explanation) {
  const TrialOrigin &origin = explanation.origin;
  const EstimateCheck &check = explanation.estimates;
  Json json;
  json["device"] = origin.device;
  json["chip"] = origin.chip;
  json["driver"] = origin.driver;
  json["recflex"] = origin.versions.recflex;
  json["ptxas"] = origin.versions.ptxas;
  json["estimated"] = explanation.areEstimates;
  json["threads"] = explanation.state.occupancy.threads;
  json["blocks"] = explanation.state.occupancy.blocks;
  json["seconds_per_batch"] = explanation.profile.chosen
                                  ? Json(explanation.profile.chosen->cost)
                                  : Json();
  json["shares_of_kernel"] = explanation.sharesOfKernel;
  json["classes"] = Json::array();
  for (auto [featureClass, entry] :
       llvm::zip_equal(problem.classes, explanation.classes))
    json["classes"].push_back(classToJson(problem, featureClass, entry));
  json["occupancies"] = profileToJson(explanation.profile);
  json["cost_model"] = {
      {"rank_correlation_median", orNull(explanation.medianCorrelation)},
      {"rank_correlation_within_classes", orNull(check.correlation)},
      {"trials", check.trials},
      {"groups", check.groups},
      {"loss", orNull(explanation.costModelLoss)}};
  json["other_origins"] = explanation.otherOrigins;
  json["unreadable"] = explanation.unreadable;
  os << json.dump(2, ' ', /*ensure_ascii=*/false,
                  Json::error_handler_t::replace)
     << '\n';
}

} // namespace recflex
