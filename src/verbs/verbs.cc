#include "verbs/verbs.h"

#include <algorithm>

#include "core/base/text.h"
#include "verbs/advise.h"
#include "verbs/bench_compare.h"
#include "verbs/capacity.h"
#include "verbs/catalog.h"
#include "verbs/check.h"
#include "verbs/cluster.h"
#include "verbs/compare.h"
#include "verbs/cost.h"
#include "verbs/deploy.h"
#include "verbs/eval_report.h"
#include "verbs/eval_task.h"
#include "verbs/explain.h"
#include "verbs/fit.h"
#include "verbs/learned.h"
#include "verbs/pack.h"
#include "verbs/predict.h"
#include "verbs/report.h"
#include "verbs/route.h"
#include "verbs/seeds/seeds.h"
#include "verbs/validate.h"

namespace rigwise {

const std::vector<VerbEntry>& verb_list() {
  static const std::vector<VerbEntry> kVerbs = {
      {"advise", "what should I buy?", advise_verb},
      {"predict", "how fast?", predict_verb},
      {"fit", "what runs on what?", fit_verb},
      {"compare", "these set-ups side by side", compare_verb},
      {"capacity", "how many people does it serve?", capacity_verb},
      {"pack", "which models stay loaded where?", pack_verb},
      {"cluster", "what do more nodes bring?", cluster_verb},
      {"cost", "what does it cost, when does it pay?", cost_verb},
      {"route", "what moves local?", route_verb},
      {"deploy", "what starts it? the set-up kit of a packing plan", deploy_verb},
      {"report", "what do I show the person who pays?", report_verb},
      {"eval_report", "which model is good enough for my work?", eval_report_verb},
      {"eval_task", "what does a task for models look like as a file?", eval_task_verb},
      {"bench_compare", "which of two runs was faster?", bench_compare_verb},
      {"check", "can this claim be true?", check_verb},
      {"explain", "why this number?", explain_verb},
      {"catalog", "what do you know?", catalog_verb},
      {"validate", "how good are you?", validate_verb},
      {"seeds", "do the seeds' tables come out?", seeds_verb},
  };
  return kVerbs;
}

Result<Json> run_verb(const House& house, std::string_view verb, const Json& request) {
  const std::vector<VerbEntry>& verbs = verb_list();
  const auto entry = std::find_if(verbs.begin(), verbs.end(), [&](const VerbEntry& e) { return e.name == verb; });
  if (entry != verbs.end()) return run_with_measurements(house, verb, entry->run, request);
  std::vector<std::string> names;
  names.reserve(verbs.size());
  for (const VerbEntry& e : verbs) names.emplace_back(e.name);
  return fail({ErrorCode::not_found, "no verb is called \"" + std::string(verb) + "\"", "verb",
               "one of: " + join(names, ", "), nearest_names(verb, names)});
}

std::string call_verb(const House& house, std::string_view verb, std::string_view request_text) {
  const Result<Json> request = parse_json(request_text);
  const Result<Json> response = request ? run_verb(house, verb, *request) : Result<Json>(fail(request.error()));
  // An error quotes the caller's words, which need not be UTF-8.
  return (response ? *response : error_json(response.error())).dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json error_json(const Error& error) {
  Json body = {{"code", error_code_name(error.code)}, {"message", error.message}};
  body["where"] = error.where.empty() ? Json(nullptr) : Json(error.where);
  body["did_you_mean"] = error.did_you_mean;
  if (!error.try_this.empty()) body["try"] = error.try_this;
  return {{"error", body}};
}

}  // namespace rigwise
