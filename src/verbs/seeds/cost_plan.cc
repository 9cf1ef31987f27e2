#include "verbs/seeds/cost_plan.h"

#include <algorithm>

#include "core/base/text.h"
#include "verbs/cost.h"

namespace rigwise {
namespace {

/// Puts inputs where the plan says "$name"; an error names one that is not bound.
std::optional<Error> fill_in(Json& plan, const Symbols& inputs) {
  if (plan.is_string()) {
    const std::string text = plan.get<std::string>();
    if (!text.starts_with('$')) return std::nullopt;
    const auto value = inputs.find(std::string_view(text).substr(1));
    if (value != inputs.end()) {
      plan = value->second;
      return std::nullopt;
    }
    std::vector<std::string> known;
    known.reserve(inputs.size());
    for (const auto& [name, number] : inputs) known.push_back(name);
    return Error{ErrorCode::not_found, "the plan asks for " + in_quotes(text) + ", which no input before it binds", "",
                 "bind it first: " + text.substr(1) + "=SPEC; ...", nearest_names(text.substr(1), known)};
  }
  if (!plan.is_structured()) return std::nullopt;
  for (auto& item : plan.items())
    if (std::optional<Error> fault = fill_in(item.value(), inputs)) return fault;
  return std::nullopt;
}

/// What a key names inside a value, and the keys it could have been.
const Json* step_into(const Json& value, std::string_view key, std::vector<std::string>& known) {
  if (value.is_object()) {
    for (const auto& [name, item] : value.items()) {
      known.push_back(name);
      if (name == key) return &item;
    }
  }
  if (!value.is_array()) return nullptr;
  for (std::size_t i = 0; i < value.size(); ++i) {
    known.push_back(std::to_string(i));
    if (known.back() == key) return &value[i];
    if (!value[i].is_object() || !value[i].contains("name") || !value[i]["name"].is_string()) continue;
    known.push_back(value[i]["name"].get<std::string>());
    if (known.back() == key) return &value[i];
  }
  return nullptr;
}

}  // namespace

Result<SeedValue> planned_cost(const House& house, std::string_view rest, const Symbols& inputs) {
  const std::size_t slash = rest.find('/');
  const std::string_view id = rest.substr(0, slash);
  const std::vector<PlanText>& plans = house.catalog.plan_texts;
  const auto plan = std::find_if(plans.begin(), plans.end(), [&](const PlanText& p) { return p.id == id; });
  if (plan == plans.end() || slash == std::string_view::npos) {
    std::vector<std::string> known;
    known.reserve(plans.size());
    for (const PlanText& p : plans) known.push_back(p.id);
    return fail({ErrorCode::not_found, "no plan is called " + in_quotes(id), "",
                 "cost:PLAN/KEY/KEY, PLAN a file plans/PLAN.json", nearest_names(id, known)});
  }
  Result<Json> request = parse_json(plan->text);
  if (!request) return fail(request.error());
  if (std::optional<Error> fault = fill_in(*request, inputs)) return fail(*fault);
  const Result<Json> answer = cost_verb(house, *request);
  if (!answer) return fail(answer.error());
  const Json* at = &*answer;
  for (const std::string_view key : split(rest.substr(slash + 1), '/')) {
    std::vector<std::string> known;
    const Json* next = step_into(*at, key, known);
    if (next == nullptr)
      return fail({ErrorCode::not_found, "the answer to plans/" + plan->id + ".json has no " + in_quotes(key), "",
                   known.empty() ? "" : "one of: " + join(known, ", "), nearest_names(key, known)});
    at = next;
  }
  if (!at->is_number()) return invalid(in_quotes(rest) + " is no number", "", "the key of a number");
  return SeedValue{at->get<double>(), "", SeedValueKind::computed, "rigwise cost of plans/" + plan->id + ".json"};
}

}  // namespace rigwise
