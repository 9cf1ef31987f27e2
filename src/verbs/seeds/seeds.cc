#include "verbs/seeds/seeds.h"

#include <algorithm>

#include "core/base/text.h"
#include "verbs/answers.h"
#include "verbs/seeds/report.h"

namespace rigwise {
namespace {

struct SeedsRequest {
  std::vector<const SeedSection*> sections;
  bool one = false, diff = false;
  std::map<std::string, double, std::less<>> overrides;
};

void read_overrides(ObjectReader& reader, SeedsRequest& request) {
  const Json* overrides = reader.raw("overrides");
  if (overrides == nullptr) return;
  const std::string how = "{\"SPEC\": NUMBER}, specs as the cells' inputs show them";
  if (!overrides->is_object()) {
    reader.refuse({ErrorCode::invalid_input, "\"overrides\" must be an object", "overrides", how, {}});
    return;
  }
  for (const auto& [spec, value] : overrides->items()) {
    if (value.is_number()) {
      request.overrides[spec] = value.get<double>();
    } else {
      reader.refuse({ErrorCode::invalid_input, "\"" + spec + "\" is no number", "overrides." + spec, how, {}});
    }
  }
}

Result<SeedsRequest> read_request(const House& house, const Json& json, std::string& as_of) {
  ObjectReader reader(json, "");
  SeedsRequest request;
  const std::optional<std::string> section = reader.text("section");
  request.diff = reader.boolean("diff").value_or(false);
  read_overrides(reader, request);
  as_of = read_as_of(reader, house);
  if (std::optional<Error> fault = reader.done()) return fail(*fault);
  std::vector<std::string> ids;
  ids.reserve(house.catalog.seed_sections.size());
  for (const SeedSection& known : house.catalog.seed_sections) {
    ids.push_back(known.id);
    if (!section || fold_name(known.id) == fold_name(*section)) request.sections.push_back(&known);
  }
  if (ids.empty())
    return fail({ErrorCode::not_found,
                 "this catalog holds no tables of the seeds",
                 "",
                 "a catalog with seeds/sections.csv",
                 {}});
  request.one = section.has_value();
  if (!request.sections.empty() || !section) return request;
  return fail({ErrorCode::not_found, "the seeds have no section " + in_quotes(*section), "section",
               "one of " + ids.front() + " to " + ids.back(), nearest_names(*section, ids)});
}

Json input_json(const SeedInput& input) {
  return {{"name", input.name},
          {"spec", input.spec},
          {"value", optional_json(input.value.number)},
          {"text", input.value.text.empty() ? Json(nullptr) : Json(input.value.text)},
          {"kind", seed_value_kind_name(input.value.kind)},
          {"source", input.value.source}};
}

Json fault_json(const Error& fault) {
  return {{"message", fault.message},
          {"where", fault.where},
          {"try", fault.try_this.empty() ? Json(nullptr) : Json(fault.try_this)},
          {"did_you_mean", fault.did_you_mean}};
}

Json cell_json(const SeedCell& cell) {
  const auto text_or_null = [](const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); };
  Json values = Json::array();
  for (const std::optional<double>& value : cell.values) values.push_back(optional_json(value));
  Json inputs = Json::array();
  for (const SeedInput& input : cell.inputs) inputs.push_back(input_json(input));
  const SeedRule* rule = cell.rule;
  return {{"subject", cell.printed->subject},
          {"quantity", cell.printed->quantity},
          {"printed", cell.printed->value},
          {"ours", {{"text", cell.text}, {"values", std::move(values)}}},
          {"unit", text_or_null(cell.printed->unit)},
          {"locator", cell.printed->locator},
          {"class", cell.found ? Json(seed_class_name(*cell.found)) : Json(nullptr)},
          {"expected_class", rule == nullptr ? Json(nullptr) : Json(seed_class_name(rule->expected))},
          {"formula", text_or_null(cell.formula)},
          {"inputs", std::move(inputs)},
          {"reason", text_or_null(cell.reason)},
          {"speeds", cell.speeds},
          {"fault", cell.fault ? fault_json(*cell.fault) : Json(nullptr)}};
}

bool is_remarkable(const SeedCell& cell) { return !cell.is_as_expected() || cell.found == SeedClass::different; }

Json section_json(const SeedSectionResult& result, const SeedsRequest& request) {
  Json section = {{"section", result.section->id},
                  {"title", result.section->title},
                  {"document", result.section->document},
                  {"lines", result.section->lines},
                  {"counts",
                   {{"cells", result.cells.size()},
                    {"derived", result.derived},
                    {"observed", result.observed},
                    {"judged", result.judged},
                    {"different", result.different},
                    {"open", result.open}}},
                  {"derived_share", result.derived_share()},
                  {"passes", result.passes()},
                  {"why_not", result.why_not}};
  Json faults = Json::array();
  for (const Error& fault : result.faults) faults.push_back(fault_json(fault));
  section["faults"] = std::move(faults);
  if (!request.one && !request.diff) return section;
  Json cells = Json::array();
  for (const SeedCell* cell : result.cells)
    if (!request.diff || is_remarkable(*cell)) cells.push_back(cell_json(*cell));
  section["cells"] = std::move(cells);
  return section;
}

Json conflicts_json(SeedTables& tables, const House& house, const SeedsRequest& request) {
  Json list = Json::array();
  for (const SeedConflict& conflict : house.catalog.seed_conflicts) {
    const auto concerns = [&](const SeedSection* section) {
      return std::find(conflict.sections.begin(), conflict.sections.end(), section->id) != conflict.sections.end();
    };
    if (request.one && std::none_of(request.sections.begin(), request.sections.end(), concerns)) continue;
    const SeedConflictResult result = try_conflict(tables, house, conflict);
    list.push_back({{"id", conflict.id},
                    {"sections", conflict.sections},
                    {"outcome", conflict_outcome_name(conflict.outcome)},
                    {"by", conflict.by},
                    {"found", result.found},
                    {"holds", result.holds},
                    {"why", conflict.why}});
  }
  return list;
}

}  // namespace

Result<Json> seeds_verb(const House& house, const Json& json) {
  std::string as_of;
  Result<SeedsRequest> request = read_request(house, json, as_of);
  if (!request) return fail(request.error());
  SeedBindings bindings(house);
  SeedTables tables(bindings);
  tables.override_inputs(request->overrides);
  Json response = response_head("seeds", house, as_of);
  Json sections = Json::array();
  int cells = 0, derived = 0, passing = 0;
  for (const SeedSection* section : request->sections) {
    const SeedSectionResult result = regenerate(tables, *section);
    cells += static_cast<int>(result.cells.size());
    derived += result.derived;
    passing += result.passes() ? 1 : 0;
    sections.push_back(section_json(result, *request));
  }
  if (const std::vector<std::string> unused = tables.unused_overrides(); !unused.empty())
    return fail({ErrorCode::not_found,
                 "no input is \"" + unused[0] + "\"",
                 "overrides",
                 "a spec as the cells' inputs show it",
                 {}});
  response["sections"] = std::move(sections);
  response["conflicts"] = conflicts_json(tables, house, *request);
  response["totals"] = {
      {"sections", request->sections.size()}, {"passing", passing}, {"cells", cells}, {"derived", derived}};
  return response;
}

}  // namespace rigwise
