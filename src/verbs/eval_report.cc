#include "verbs/eval_report.h"

#include <algorithm>
#include <set>

#include "codec/result_set.h"
#include "core/base/text.h"
#include "verbs/answers.h"
#include "verbs/eval_report_parts.h"

namespace rigwise {
namespace {

constexpr double kNano = 1e9;

Json run_json(const ResultSet& results) {
  const RunFacts& run = results.run;
  const auto known = [](const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); };
  Json settings = Json::object();
  for (const auto& [key, value] : run.settings) settings[key] = value;
  return {{"id", run.id},
          {"label", run.label},
          {"started", known(run.started)},
          {"task_set", known(run.task_set)},
          {"code_version", known(run.code_version)},
          {"host", known(run.host)},
          {"protocol", run.protocol},
          {"is_demo", run.is_demo},
          {"settings", std::move(settings)},
          {"results_sha256", result_set_sha256(results)}};
}

/// What the number of tasks allows to be said at all.
Json claim_json(const EvalReport& report) {
  const int tasks = static_cast<int>(report.results.tasks.size()), families = static_cast<int>(report.sheet.families);
  const ClaimAllowed claim = claim_allowed(tasks, families);
  std::string words = "pairs are compared, where the test allows it";
  if (claim == ClaimAllowed::count_only) {
    words = "fewer than 10 tasks: counts, no intervals and no order";
  } else if (claim == ClaimAllowed::interval) {
    words = std::to_string(families) + " families of tasks, fewer than 30: intervals, no order of models";
  }
  return {{"tasks", tasks},
          {"families", families},
          {"allowed", claim_name(claim)},
          {"words", words},
          {"common_families", report.ranked.common_families}};
}

Json money_json(const ResultSet& results) {
  const RunMoney& money = results.money;
  // Nobody knows what a server without prices costs, and that is not 0.
  const bool is_known = money.spent_nano != 0 || results.answers.empty() ||
                        std::any_of(results.answers.begin(), results.answers.end(),
                                    [](const EvaluatedAnswer& answer) { return answer.cost_nano.has_value(); });
  return {{"currency", money.currency},
          {"spent", is_known ? Json(static_cast<double>(money.spent_nano) / kNano) : Json(nullptr)},
          {"judges", static_cast<double>(money.judges_nano) / kNano},
          {"perhaps_twice", static_cast<double>(money.doubtful_nano) / kNano}};
}

Json excluded_json(const ResultSet& results) {
  Json list = Json::array();
  for (const ExcludedItem& item : results.excluded) {
    list.push_back({{"what", item.what}, {"id", item.id}, {"reason", item.reason}});
  }
  return list;
}

/// How each kind of figure comes about, for whoever asks.
Json methods_json(double level) {
  const std::string percent = significant(100 * level) + " %";
  Json list = Json::array();
  const auto add = [&](const char* figure, std::string how, const char* from) {
    list.push_back({{"figure", figure}, {"how", std::move(how)}, {"from", from}});
  };
  add("score",
      "mean over families of the mean over the family's tasks; samples of a task averaged first; errors of "
      "the network and of ours count for nobody",
      "Miller, arXiv 2411.00640");
  add("interval",
      percent +
          ": t with families - 1 degrees of freedom from 30 families on, else BCa bootstrap of "
          "10,000 draws of whole families, fixed seed",
      "Miller 2024; Efron 1987");
  add("pass rate", percent + " by Wilson, over families", "Wilson 1927");
  add("rank", "bootstrap of the families that all ranked models have; equal means share the better rank",
      "whole families drawn for all models together");
  add("pair",
      "sign flips of the families' differences (exact to 2^20 patterns, else 100,000 draws), Holm over the "
      "pairs shown; equivalent: two one-sided t tests within 0.05",
      "Fisher 1935; Holm 1979; Schuirmann 1987");
  add("families needed",
      "so many that a paired comparison finds the difference seen four times in five at the level "
      "that the number of pairs asks for",
      "Miller 2024, equation 9");
  add("agreement", percent + ": 2,000 bootstrap draws of families; alpha from 0.80 reliable, from 0.667 tentative",
      "Cohen 1968; Krippendorff 2011; Gwet 2014");
  add("tier", "the best model that fits (70 % sure or more) on a machine of the catalog with that memory",
      "core/sizing");
  return list;
}

Json sample_sizes_json() {
  Json list = Json::array();
  for (const SampleSizeRow& row : sample_size_table()) {
    list.push_back({{"tasks", row.tasks},
                    {"half_width", row.half_width},
                    {"paired_gap_20", row.paired_gap_20},
                    {"paired_gap_30", row.paired_gap_30},
                    {"unpaired_gap", row.unpaired_gap}});
  }
  return list;
}

Json notes_json(const EvalReport& report) {
  Json notes = report.request.notes;
  if (report.results.run.is_demo) {
    notes.push_back(std::string(kDemoWords) +
                    "; a stand-in takes the memory of the catalog's model that it stands for, and its scores say "
                    "nothing of that model");
  }
  if (!report.ranked.all_pairs) {
    notes.push_back("more than 10 models: each is compared with its neighbour and with the best, not with all");
  }
  for (std::size_t i = 0; i < report.forms.size(); ++i) {
    const auto& form = report.forms[i];
    if (!form || !form->is_assumed || report.results.models[i].foreign) continue;
    notes.push_back(report.name(i) + ": the run does not say its weight format; tiers take it as " + form->format->id +
                    ", and a score of a better one is an upper bound there");
  }
  return notes;
}

Json report_json(const EvalReport& report) {
  Json response = response_head("eval_report", report.house, report.request.as_of);
  response["currency"] = report.request.currency;
  response["level"] = report.request.level;
  response["threshold"] = report.request.target.threshold;
  const auto& reference = report.request.target.reference;
  response["reference"] = reference ? Json(report.name(*reference)) : Json(nullptr);
  response["context_tokens"] = report.request.context_tokens;
  response["run"] = run_json(report.results);
  response["claim"] = claim_json(report);
  response["models"] = models_json(report);
  response["pairs"] = pairs_json(report);
  response["heatmap"] = heatmap_json(report);
  response["judges"] = judges_json(report);
  response["tiers"] = tiers_json(report);
  response["roles"] = roles_json(report);
  response["proxies"] = proxies_json(report);
  response["moves"] = moves_json(report);
  response["money"] = money_json(report.results);
  response["review"] = review_json(report);
  response["excluded"] = excluded_json(report.results);
  response["sample_sizes"] = sample_sizes_json();
  response["methods"] = methods_json(report.request.level);
  response["notes"] = notes_json(report);
  response["assumptions"] = report.request.assumptions;
  return response;
}

}  // namespace

EvalReport::EvalReport(const House& of, EvalReportRequest asked)
    : house(of),
      request(std::move(asked)),
      results(request.results),
      sheet(score_sheet(results)),
      question{request.level, kEquivalenceMargin, request.target.reference},
      ranked(standings(results, sheet, question)),
      forms(local_forms(house.catalog, results)),
      tiers(tiers_of(house.catalog, forms, request.context_tokens)) {}

Result<Json> eval_report_verb(const House& house, const Json& json) {
  Result<EvalReportRequest> request = read_eval_report_request(house, json, std::nullopt);
  if (!request) return fail(request.error());
  return report_json(EvalReport(house, std::move(*request)));
}

Result<Json> eval_report_of(const House& house, const Json& settings, ResultSet results) {
  Result<EvalReportRequest> request = read_eval_report_request(house, settings, std::move(results));
  if (!request) return fail(request.error());
  return report_json(EvalReport(house, std::move(*request)));
}

}  // namespace rigwise
