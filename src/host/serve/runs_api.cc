#include "host/serve/runs_api.h"

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "core/base/text.h"
#include "host/bench/live_run.h"
#include "host/bench/saved_runs.h"
#include "host/probe/here_folder.h"
#include "host/serve/problem.h"
#include "verbs/compared_runs.h"

namespace rigwise {
namespace {

constexpr std::string_view kRoot = "/api/v1/runs/";
constexpr double kLevel = 0.8;
constexpr std::size_t kMostCompared = 500;

HttpAnswer json_text(std::string text) {
  HttpAnswer answer;
  answer.fields = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}};
  answer.text = std::move(text);
  return answer;
}

HttpAnswer json_answer(const Json& json) {
  return json_text(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

HttpAnswer refused(const Error& error) {
  Problem problem = problem_of(error);
  if (error.code == ErrorCode::not_found) problem.status = 404;
  return answer_of(problem);
}

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::vector<Measurement> own_runs(const House& house) {
  std::vector<Measurement> rows;
  for (const Measurement& row : house.catalog.measurements) {
    if (row.is_own) rows.push_back(row);
  }
  return rows;
}

}  // namespace

/// A place of this part of the API.
struct RunsApi::RunsPlace {
  std::string_view name, summary, schema;
  HttpAnswer (RunsApi::*read)(const RequestTarget&) const;
  std::string_view parameter;  ///< that it needs
};

RunsApi::RunsApi(const House& house, RunsAccess access) : house_(house), access_(std::move(access)) {}

Json RunsApi::row_of(const std::string& name) const {
  std::error_code fault;
  const std::filesystem::path path = std::filesystem::path(access_.benches) / (name + ".json");
  KnownRow now;
  now.bytes = std::filesystem::file_size(path, fault);
  now.written_ns = std::filesystem::last_write_time(path, fault).time_since_epoch().count();
  const std::string at = path.string();
  {
    const std::lock_guard lock(known_->mutex);
    const auto found = known_->rows.find(at);
    if (found != known_->rows.end() && found->second.bytes == now.bytes && found->second.written_ns == now.written_ns) {
      return found->second.row;
    }
  }
  now.row = saved_run_row(saved_run(access_.benches, name));
  const std::lock_guard lock(known_->mutex);
  known_->rows[at] = now;
  return now.row;
}

HttpAnswer RunsApi::list(const RequestTarget&) const {
  Json body = {{"schema", "rigwise.runs/1"}, {"benches", Json::array()}, {"live", Json::array()}};
  if (!access_.benches.empty()) {
    const Result<std::vector<std::string>> names = saved_run_names(access_.benches);
    if (!names) return refused(names.error());
    for (const std::string& name : *names) body["benches"].push_back(row_of(name));
    for (Json& run : live_runs(access_.benches, now_ms())) body["live"].push_back(std::move(run));
  }
  body["has_probe"] = !access_.here.empty() && saved_probe(access_.here).has_value();
  body["own_runs"] = own_runs(house_).size();
  return json_answer(body);
}

HttpAnswer RunsApi::bench(const RequestTarget& target) const {
  const std::string name(target.parameter("name").value_or(""));
  const Result<std::vector<std::string>> names =
      access_.benches.empty() ? std::vector<std::string>() : saved_run_names(access_.benches);
  if (!names) return refused(names.error());
  // Only what the list names: a name is no path.
  if (std::find(names->begin(), names->end(), name) == names->end()) {
    return refused({ErrorCode::not_found, "there is no saved run \"" + name + "\"", "name",
                    "a name of /api/v1/runs/list", nearest_names(name, *names)});
  }
  const SavedRun run = saved_run(access_.benches, name);
  if (run.report.is_object()) return json_answer(run.report);
  return answer_of({422, "invalid_input", run.fault, name, "`rigwise bench ... --save` keeps another", {}});
}

HttpAnswer RunsApi::probe(const RequestTarget&) const {
  const std::optional<Json> saved = access_.here.empty() ? std::nullopt : saved_probe(access_.here);
  if (saved) return json_answer(*saved);
  return refused({ErrorCode::not_found, "nothing of this machine is saved", "probe", "rigwise probe --save", {}});
}

HttpAnswer RunsApi::own(const RequestTarget&) const {
  std::vector<Measurement> rows = own_runs(house_);
  const std::size_t all = rows.size();
  if (rows.size() > kMostCompared) rows.resize(kMostCompared);
  return json_answer({{"schema", "rigwise.runs_own/1"},
                      {"runs", all},
                      {"level", kLevel},
                      {"compared", compared_runs(house_, rows, kLevel)}});
}

const std::vector<RunsApi::RunsPlace>& RunsApi::places() {
  static const std::vector<RunsPlace> kPlaces = {
      {"list", "what was measured on this machine, and what is being measured now", "runs", &RunsApi::list, ""},
      {"bench", "a saved run of `rigwise bench`, whole", "bench.response", &RunsApi::bench, "name"},
      {"probe", "what `rigwise probe --save` saw last", "probe.response", &RunsApi::probe, ""},
      {"own", "imported runs beside what would have been predicted", "runs_own", &RunsApi::own, ""}};
  return kPlaces;
}

const RunsApi::RunsPlace* RunsApi::place_at(const RequestTarget& target) {
  if (!takes(target)) return nullptr;
  const std::string_view name = std::string_view(target.path).substr(kRoot.size());
  for (const RunsPlace& place : places()) {
    if (place.name == name) return &place;
  }
  return nullptr;
}

bool RunsApi::takes(const RequestTarget& target) { return target.path.starts_with(kRoot); }

std::string_view RunsApi::label_of(const RequestTarget& target) {
  const RunsPlace* const place = place_at(target);
  return place == nullptr ? "unknown" : place->name;
}

HttpAnswer RunsApi::answer(const HttpRequest& request, const RequestTarget& target) const {
  const RunsPlace* const place = place_at(target);
  if (place == nullptr) {
    std::vector<std::string> names;
    for (const RunsPlace& each : places()) names.emplace_back(each.name);
    const std::string wanted = target.path.substr(kRoot.size());
    return answer_of({404, "not_found", "runs have no \"" + wanted + "\"", "target", "one of: " + join(names, ", "),
                      nearest_names(wanted, names)});
  }
  if (request.method != "GET" && request.method != "HEAD") return method_refusal(request.method, "GET, HEAD");
  return (this->*place->read)(target);
}

Json RunsApi::paths() {
  Json paths = Json::object();
  for (const RunsPlace& place : places()) {
    const auto schema = [](std::string_view name) {
      return Json{{"schema", {{"$ref", "#/components/schemas/" + std::string(name)}}}};
    };
    Json get = {{"operationId", "runs_" + std::string(place.name)}, {"summary", place.summary}};
    get["responses"]["200"] = {{"description", place.summary},
                               {"content", {{"application/json", schema(place.schema)}}}};
    get["responses"]["default"] = {{"description", "a refusal"},
                                   {"content", {{"application/problem+json", schema("problem")}}}};
    if (!place.parameter.empty()) {
      get["parameters"] = Json::array(
          {Json{{"name", place.parameter}, {"in", "query"}, {"required", true}, {"schema", {{"type", "string"}}}}});
    }
    paths[std::string(kRoot) + std::string(place.name)] = {{"get", std::move(get)}};
  }
  return paths;
}

}  // namespace rigwise
