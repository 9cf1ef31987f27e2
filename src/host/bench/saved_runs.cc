#include "host/bench/saved_runs.h"

#include <algorithm>
#include <filesystem>

#include "core/base/text.h"
#include "host/files/files.h"
#include "host/store/store_url.h"

namespace rigwise {
namespace {

constexpr std::string_view kEnding = ".json";

std::string path_of(const std::string& folder, const std::string& name) {
  return (std::filesystem::path(folder) / (name + std::string(kEnding))).string();
}

/// "2026-11-22T14:05:09Z" and a run's id: "20261122-140509-1a2b".
std::string name_of(const Json& report) {
  std::string name;
  for (const char c : report.value("measured_at", "")) {
    if (c >= '0' && c <= '9') name += c;
    if (c == 'T') name += '-';
  }
  const Json load = report.value("load", Json::object());
  const std::string run = load.is_object() ? load.value("run", "") : "";
  constexpr std::size_t kOfId = 6;
  return name + "-" + (run.size() > kOfId ? run.substr(run.size() - kOfId) : run);
}

std::string text_at(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

/// The loads of a run, and the worst grade that its client had: A where there was none.
void add_loads(const Json& report, Json& row) {
  Json loads = Json::array();
  std::string grade = "A";
  for (const Json& level : report["levels"]) {
    if (!level.is_object()) continue;
    const bool open = level.contains("rate");
    const Json load = level.value(open ? "rate" : "concurrency", Json(nullptr));
    loads.push_back(load.is_number() ? significant(load.get<double>(), 6) + (open ? "/s" : "") : "");
    if (level.contains("client_health")) grade = std::max(grade, text_at(level["client_health"], "grade"));
  }
  row["loads"] = std::move(loads);
  row["worst_grade"] = grade;
}

}  // namespace

Result<std::vector<std::string>> saved_run_names(const std::string& folder) {
  std::error_code fault;
  if (!std::filesystem::exists(folder, fault)) return std::vector<std::string>();
  const Result<std::vector<std::string>> files = list_files(folder);
  if (!files) return fail(files.error());
  std::vector<std::string> names;
  for (const std::string& file : *files) {
    if (file.ends_with(kEnding) && file.find('/') == std::string::npos) {
      names.push_back(file.substr(0, file.size() - kEnding.size()));
    }
  }
  std::sort(names.rbegin(), names.rend());
  return names;
}

Json saved_run_row(const SavedRun& run) {
  Json row = {{"name", run.name}, {"fault", nullptr}};
  if (!run.report.is_object()) {
    row["fault"] = run.fault;
    return row;
  }
  const Json target = run.report.value("target", Json::object());
  row["measured_at"] = text_at(run.report, "measured_at");
  row["model"] = text_at(target, "model");
  row["url"] = text_at(target, "url");
  add_loads(run.report, row);
  row["interrupted"] = run.report.value("interrupted", Json(false)) == true;
  return row;
}

SavedRun saved_run(const std::string& folder, const std::string& name) {
  SavedRun run;
  run.name = name;
  run.path = path_of(folder, name);
  Result<Json> report = read_bench_report(run.path);
  if (report) {
    run.report = std::move(*report);
  } else {
    run.fault = report.error().message;
  }
  return run;
}

std::string default_runs_folder() { return (std::filesystem::path(data_folder()) / "bench").string(); }

Result<std::string> save_run(const std::string& folder, const Json& report) {
  if (const Result<void> made = make_folder(folder); !made) return fail(made.error());
  const std::string first = name_of(report), text = report.dump(1) + "\n";
  std::string name = first;
  for (int again = 2;; ++again) {
    const Result<bool> created = create_file(path_of(folder, name), text);
    if (!created) return fail(created.error());
    if (*created) return name;
    name = first + "-" + std::to_string(again);
  }
}

Result<Json> read_bench_report(const std::string& path) {
  const Result<std::string> text = read_file(path);
  if (!text) return fail(text.error());
  Result<Json> report = parse_json(*text);
  if (report && report->is_object() && report->contains("schema") && (*report)["schema"] == "rigwise.bench/1" &&
      report->contains("levels") && (*report)["levels"].is_array()) {
    return report;
  }
  return invalid("this is no result of rigwise bench", path, "a file that `rigwise bench --save` or --out wrote");
}

Result<std::vector<SavedRun>> saved_runs(const std::string& folder) {
  const Result<std::vector<std::string>> names = saved_run_names(folder);
  if (!names) return fail(names.error());
  std::vector<SavedRun> runs;
  runs.reserve(names->size());
  for (const std::string& name : *names) runs.push_back(saved_run(folder, name));
  return runs;
}

Result<std::string> saved_run_file(const std::string& folder, const std::string& wanted) {
  std::error_code fault;
  if (std::filesystem::is_regular_file(wanted, fault)) return wanted;
  const Result<std::vector<std::string>> names = saved_run_names(folder);
  if (!names) return fail(names.error());
  std::vector<std::string> fitting;
  for (const std::string& name : *names) {
    if (name == wanted) return path_of(folder, name);
    if (name.starts_with(wanted)) fitting.push_back(name);
  }
  if (wanted == "last" && !names->empty()) return path_of(folder, names->front());
  if (fitting.size() == 1) return path_of(folder, fitting.front());
  if (fitting.size() > 1) {
    return invalid("\"" + wanted + "\" is the beginning of " + std::to_string(fitting.size()) + " saved runs", folder,
                   join(fitting, ", "));
  }
  return fail({ErrorCode::not_found, "there is no file and no saved run \"" + wanted + "\"", folder,
               "`rigwise bench list` names them; `rigwise bench --save` keeps one", nearest_names(wanted, *names)});
}

}  // namespace rigwise
