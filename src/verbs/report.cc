#include "verbs/report.h"

#include "codec/needs.h"
#include "core/perf/learn.h"
#include "verbs/advise.h"
#include "verbs/answers.h"
#include "verbs/report_page.h"
#include "verbs/report_parts.h"
#include "verbs/validate.h"

namespace rigwise {
namespace {

constexpr std::size_t kMostScenarios = 6;

struct NamedNeeds {
  std::string name;
  std::string path;  ///< of the needs in the request, for faults
  const Json* needs = nullptr;
};

void read_scenario(const Json& item, std::size_t index, ObjectReader& outer, std::vector<NamedNeeds>& all) {
  const std::string path = "scenarios[" + std::to_string(index) + "]";
  ObjectReader reader(item, path);
  NamedNeeds named;
  named.name = reader.required_text("name", "with developers");
  named.path = path + ".needs";
  named.needs = reader.raw("needs");
  if (named.needs == nullptr) {
    reader.refuse(
        {ErrorCode::invalid_input, "the scenario has no needs", named.path, "an object as `advise` takes", {}});
  }
  if (std::optional<Error> fault = reader.done()) outer.refuse(*std::move(fault));
  all.push_back(std::move(named));
}

/// `needs` alone, or `scenarios`.
std::vector<NamedNeeds> read_scenarios(ObjectReader& reader) {
  std::vector<NamedNeeds> all;
  const Json *needs = reader.raw("needs"), *scenarios = reader.raw("scenarios");
  if ((needs == nullptr) == (scenarios == nullptr)) {
    reader.refuse({ErrorCode::invalid_input,
                   needs == nullptr ? "nothing is said about what is needed" : "both needs and scenarios are given",
                   "needs",
                   "either \"needs\", or \"scenarios\": [{\"name\", \"needs\"}]",
                   {}});
    return all;
  }
  if (needs != nullptr) {
    all.push_back({"", "needs", needs});
    return all;
  }
  if (!scenarios->is_array() || scenarios->empty() || scenarios->size() > kMostScenarios) {
    reader.refuse({ErrorCode::invalid_input,
                   "\"scenarios\" is no list of 1 to 6",
                   "scenarios",
                   "[{\"name\": \"as today\", \"needs\": {...}}]",
                   {}});
    return all;
  }
  for (std::size_t i = 0; i < scenarios->size(); ++i) read_scenario((*scenarios)[i], i, reader, all);
  return all;
}

Result<Json> answer_scenario(const House& house, const NamedNeeds& scenario, const Json& shared) {
  const Result<Needs> needs = decode_needs(*scenario.needs, scenario.path);
  if (!needs) return fail(needs.error());
  Json request = shared;
  request["needs"] = *scenario.needs;
  Result<Json> advice = advise_verb(house, request);
  if (!advice) {
    Error error = advice.error();
    if (error.where.starts_with("needs")) error.where = scenario.path + error.where.substr(std::string("needs").size());
    return fail(std::move(error));
  }
  Json json = {{"name", scenario.name}};
  json["needs"] = needs_lines_json(house.catalog, *needs);
  json["alternatives"] = alternatives_json(*advice);
  json["advice"] = *std::move(advice);
  return json;
}

/// A line a scenario: what is recommended there, and what buying nothing costs.
Json comparison_json(const Json& scenarios) {
  Json rows = Json::array();
  for (const Json& scenario : scenarios) {
    const Json& advice = scenario["advice"];
    Json row = {{"name", scenario["name"]}, {"currency", advice["currency"]}, {"months", advice["horizon_months"]}};
    const Json* first = advice["options"].empty() ? nullptr : &advice["options"][0];
    for (const char* key : {"label", "price", "probability", "quality", "power_w", "noise"}) {
      row[key] = first == nullptr ? Json(nullptr) : (*first)[key];
    }
    row["total"] = first == nullptr ? Json(nullptr) : (*first)["cost"]["total"];
    row["action"] = advice["action"];
    row["minimum_holds"] = advice["minimum_holds"];
    row["buy_nothing_total"] = advice["do_not_buy"].value("total", Json(nullptr));
    const Json& seats = advice["do_not_buy"]["subscription"];
    row["subscriptions_total"] = seats.is_object() ? seats.value("total", Json(nullptr)) : Json(nullptr);
    rows.push_back(std::move(row));
  }
  return rows;
}

/// How the predictor does on the published runs it was fitted to; what the user's own runs moved is left out.
Json accuracy_of_house(const House& house, double level) {
  const std::vector<ValidatedRow> rows =
      validate_rows(house.catalog, published_only(house.calibration), house.catalog.measurements, level);
  const Json all = accuracy_json(summarize_accuracy(house.catalog, rows), level);
  return {{"level", level}, {"predicted", all["predicted"]}, {"classes", all["classes"]}};
}

}  // namespace

Result<Json> report_verb(const House& house, const Json& request) {
  ObjectReader reader(request, "");
  const std::string as_of = read_as_of(reader, house);
  const std::string title = reader.text("title").value_or("Which machine to buy for running language models");
  const std::string prepared_for = reader.text("prepared_for").value_or("");
  const std::string prepared_by = reader.text("prepared_by").value_or("");
  const bool page = reader.boolean("page").value_or(false);
  const double level = reader.number("level", 0.5, 0.99).value_or(0.8);
  Json shared = {{"as_of", as_of}, {"level", level}, {"limit", 3}};
  if (const std::optional<std::string> currency = reader.text("currency")) shared["currency"] = *currency;
  if (const Json* results = reader.raw("results")) shared["results"] = *results;
  const std::vector<NamedNeeds> named = read_scenarios(reader);
  if (std::optional<Error> fault = reader.done()) return fail(*std::move(fault));

  Json scenarios = Json::array();
  for (const NamedNeeds& scenario : named) {
    Result<Json> answered = answer_scenario(house, scenario, shared);
    if (!answered) return fail(answered.error());
    scenarios.push_back(*std::move(answered));
  }
  Json response = response_head("report", house, as_of);
  response["title"] = title;
  response["prepared_for"] = prepared_for;
  response["prepared_by"] = prepared_by;
  response["comparison"] = comparison_json(scenarios);
  response["sources"] = report_sources_json(house, scenarios);
  response["scenarios"] = std::move(scenarios);
  response["accuracy"] = accuracy_of_house(house, level);
  if (page) response["html"] = report_page(response);
  return response;
}

}  // namespace rigwise
