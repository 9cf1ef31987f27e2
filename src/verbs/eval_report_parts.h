#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/evaluate/agreement_of_judges.h"
#include "core/evaluate/proxy.h"
#include "core/evaluate/tiers.h"
#include "verbs/verbs.h"

namespace rigwise {

/// What `eval_report` is asked, with the names resolved.
struct EvalReportRequest {
  ResultSet results;
  double level = 0.95;
  Target target;
  std::vector<std::string> roles;  ///< of the tasks, in order
  double context_tokens = 8192;
  std::string as_of, currency = "USD";
  std::vector<std::string> assumptions, notes;
};

/// Reads results (one set or several) unless they are given, level, threshold, roles, reference, context_tokens,
/// currency.
Result<EvalReportRequest> read_eval_report_request(const House& house, const Json& request,
                                                   std::optional<ResultSet> given);

/// The request with what is computed once and shown in several places.
struct EvalReport {
  EvalReport(const House& house, EvalReportRequest asked);

  const House& house;
  EvalReportRequest request;
  const ResultSet& results;
  ScoreSheet sheet;
  StandingsQuestion question;
  Standings ranked;
  std::vector<std::optional<LocalForm>> forms;
  std::vector<MemoryTier> tiers;

  const std::string& name(std::size_t model) const { return results.models[model].id; }
};

/// {"value", "low", "high", "tasks", "families", "passed", "pass_low", "pass_high", "claim", "method"}. Below 10 tasks
/// the value is null: k of n is all that may be said.
Json task_mean_json(const TaskMean& mean);
Json interval_json(const std::optional<Interval>& interval);

Json models_json(const EvalReport& report);
Json pairs_json(const EvalReport& report);
Json heatmap_json(const EvalReport& report);
Json judges_json(const EvalReport& report);
Json tiers_json(const EvalReport& report);
Json roles_json(const EvalReport& report);
Json proxies_json(const EvalReport& report);
/// What of the evaluated work may move local; null without a local model.
Json moves_json(const EvalReport& report);
Json review_json(const EvalReport& report);

}  // namespace rigwise
