#include "verbs/learned.h"

#include <algorithm>

#include "codec/measurement_csv.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr std::string_view kKey = "measurements";

std::vector<Measurement> own_rows(const Catalog& catalog) {
  std::vector<Measurement> rows;
  for (const Measurement& row : catalog.measurements)
    if (row.is_own) rows.push_back(row);
  return rows;
}

/// What its owner took back is neither learned from nor shown.
bool is_retracted(const Measurement& row) { return row.is_own && row.confidence == "retracted"; }

Json report_json(const Learned& learned) {
  Json refused = Json::array();
  for (const RefusedRun& run : learned.refused) {
    refused.push_back(
        {{"id", run.id}, {"reason", run.reason}, {"message", run.message}, {"did_you_mean", run.did_you_mean}});
  }
  const int used = learned.rows - static_cast<int>(learned.refused.size());
  return {{"rows", learned.rows}, {"used", used}, {"refused", std::move(refused)}};
}

const Json* text_under(const Json& object, std::string_view key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(std::string(key));
  return found == object.end() ? nullptr : &*found;
}

/// The request without the measurements.
Json stripped(std::string_view verb, const Json& request) {
  Json rest = request;
  rest.erase(std::string(kKey));
  if (verb == "explain" && rest.contains("request") && rest["request"].is_object()) {
    rest["request"].erase(std::string(kKey));
  }
  return rest;
}

}  // namespace

bool learns_from_measurements(std::string_view verb) {
  constexpr std::string_view kVerbs[] = {"advise",   "predict", "fit",   "compare", "cluster",
                                         "capacity", "cost",    "check", "explain", "report"};
  return std::find(std::begin(kVerbs), std::end(kVerbs), verb) != std::end(kVerbs);
}

const Json* measurements_in(std::string_view verb, const Json& request) {
  if (!learns_from_measurements(verb)) return nullptr;
  if (const Json* csv = text_under(request, kKey)) return csv;
  const Json* inner = verb == "explain" ? text_under(request, "request") : nullptr;
  return inner == nullptr ? nullptr : text_under(*inner, kKey);
}

Result<Json> run_with_measurements(const House& house, std::string_view verb, Verb run, const Json& request) {
  const Json* csv = measurements_in(verb, request);
  if (csv == nullptr) return run(house, request);
  if (!csv->is_string())
    return invalid("\"measurements\" is no text", std::string(kKey), "the text of a measurement CSV");
  const Result<LearnedHouse> learned = learn_measurements(house, csv->get_ref<const std::string&>(), kKey);
  if (!learned) return fail(learned.error());
  Result<Json> response = run(learned->house, stripped(verb, request));
  if (response) (*response)["learned"] = learned->report;
  return response;
}

Result<LearnedHouse> learn_measurements(const House& house, std::string_view csv, std::string_view name) {
  Result<std::vector<Measurement>> rows = decode_own_measurements(csv, name);
  if (!rows) return fail(rows.error());
  std::erase_if(*rows, is_retracted);
  LearnedHouse known{house, {}};
  std::vector<Measurement>& measurements = known.house.catalog.measurements;
  for (Measurement& row : *rows) measurements.push_back(std::move(row));
  Learned learned = learn_from(known.house.catalog, house.calibration, own_rows(known.house.catalog));
  known.report = report_json(learned);
  known.house.calibration = std::move(learned.calibration);
  return known;
}

std::vector<RefusedRun> learn_overlays(House& house) {
  std::erase_if(house.catalog.measurements, is_retracted);
  const std::vector<Measurement> rows = own_rows(house.catalog);
  if (rows.empty()) return {};
  Learned learned = learn_from(house.catalog, house.calibration, rows);
  house.calibration = std::move(learned.calibration);
  return std::move(learned.refused);
}

}  // namespace rigwise
