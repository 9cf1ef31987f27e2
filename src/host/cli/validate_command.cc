#include <map>
#include <ostream>

#include "core/base/text.h"
#include "host/cli/command.h"
#include "host/cli/run_report.h"
#include "host/cli/say.h"
#include "host/cli/session.h"
#include "host/files/files.h"

namespace rigwise {
namespace {

std::string percent(const Json& share) {
  return share.is_number() ? significant(100 * share.get<double>(), 2) + " %" : "-";
}

/// What the constants alone say, and how many of them there are.
void print_without_device_terms(const Console& console, const Json& response) {
  Table plain;
  plain.columns = {{"without device terms", false, false},
                   {"groups", true, false},
                   {"median error", true, false},
                   {"p90 error", true, false},
                   {"bias", true, false}};
  for (const auto& [name, line] : response["classes_without_device_terms"].items()) {
    plain.rows.push_back({name, say_count(line["groups"].get<double>()), percent(line["median_error"]),
                          percent(line["p90_error"]), significant(line["median_log_error"].get<double>(), 2)});
  }
  *console.out << '\n';
  console.print(plain);
  const Json& constants = response["constants"];
  if (!constants["groups_per_constant"].is_number() || constants["groups"] == 0) return;
  *console.out << "\n"
               << say_count(constants["fitted"].get<double>()) << " constants fitted to "
               << say_count(constants["groups"].get<double>()) << " groups: one per "
               << significant(constants["groups_per_constant"].get<double>(), 2) << "; "
               << say_count(constants["moved_by_fewer_than_30_groups"].get<double>())
               << " of them moved by fewer than 30\n";
}

void print_report(const Console& console, const Json& response) {
  std::ostream& out = *console.out;
  out << say_count(response["rows"].get<double>()) << " rows, " << say_count(response["predicted"].get<double>())
      << " predicted";
  if (response.contains("holdout"))
    out << ", each with its own " << text_of(response, "holdout") << " left out of the fit";
  out << "\n\n";
  Table classes;
  classes.columns = {{"class", false, false},
                     {"rows", true, false},
                     {"groups", true, false},
                     {"median error", true, false},
                     {"p90 error", true, false},
                     {"bias", true, false},
                     {percent(response["level"]) + " band covers", true, false}};
  for (const auto& [name, line] : response["classes"].items()) {
    classes.rows.push_back({name, say_count(line["rows"].get<double>()), say_count(line["groups"].get<double>()),
                            percent(line["median_error"]), percent(line["p90_error"]),
                            significant(line["median_log_error"].get<double>(), 2), percent(line["coverage"])});
  }
  console.print(classes);
  print_without_device_terms(console, response);
  Table groups;
  groups.columns = {{"by", false, false},    {"name", false, true},         {"class", false, false},
                    {"groups", true, false}, {"median error", true, false}, {"p90 error", true, false},
                    {"covers", true, false}};
  for (const Json& line : response["by"]) {
    groups.rows.push_back({text_of(line, "by"), text_of(line, "name"), text_of(line, "class"),
                           say_count(line["groups"].get<double>()), percent(line["median_error"]),
                           percent(line["p90_error"]), percent(line["coverage"])});
  }
  out << '\n';
  console.print(groups);
  if (!response["refused"].empty()) {
    out << "\npredicted, but left out of the errors:\n";
    for (const auto& [reason, count] : response["refused"].items()) {
      out << "  " << say_count(count.get<double>()) << "  " << reason << '\n';
    }
  }
  if (!response["skipped"].empty()) {
    out << "\nskipped:\n";
    for (const auto& [reason, count] : response["skipped"].items()) {
      out << "  " << say_count(count.get<double>()) << "  " << reason << '\n';
    }
  }
}

DataRows validate_rows(const Json& response) {
  DataRows data;
  data.columns = {"by",       "name",   "class", "rows", "groups", "median_error", "p90_error", "median_log_error",
                  "coverage", "devices"};
  const auto add = [&](const Json& by, const Json& name, const Json& of_class, const Json& line) {
    std::vector<Json> cells = {by, name, of_class};
    for (const char* key : {"rows", "groups", "median_error", "p90_error", "median_log_error", "coverage", "devices"}) {
      cells.push_back(line.contains(key) ? line[key] : Json(nullptr));
    }
    data.rows.push_back(std::move(cells));
  };
  for (const auto& [name, line] : response["classes"].items()) add("all", nullptr, name, line);
  for (const auto& [name, line] : response["classes_without_device_terms"].items()) {
    add("without_device_terms", nullptr, name, line);
  }
  for (const Json& line : response["by"]) add(line["by"], line["name"], line["class"], line);
  for (const auto& [reason, count] : response["skipped"].items()) {
    add("skipped", reason, nullptr, Json{{"rows", count}});
  }
  return data;
}

int run(Session& session, const Args& args) {
  Console& console = session.console();
  Result<Json> request = request_from_args(validate_command(), args);
  if (!request) return console.print_error(request.error());
  Result<std::optional<std::string>> measured = measurement_files(args, "--measurements");
  if (!measured) return console.print_error(measured.error());
  if (*measured) (*request)["measurements"] = std::move(**measured);
  const std::optional<std::string> rows_path = args.text("--out");
  if (rows_path) (*request)["rows"] = true;
  const bool each = args.has("--each");
  if (each) (*request)["each"] = true;
  int status = 0;
  std::optional<Json> response = session.answer("validate", *request, status);
  if (!response) return status;
  if (rows_path) {
    const Result<void> written = write_file_atomically(*rows_path, (*response)["rows_csv"].get<std::string>());
    if (!written) return console.print_error(written.error());
    response->erase("rows_csv");
  }
  const auto rows_of = each ? [](const Json& answer) { return compared_rows(answer["runs"]); } : validate_rows;
  if (session.printed_as_data(*response, rows_of)) return 0;
  if (each) print_compared(console, (*response)["runs"]);
  if (!each) print_report(console, *response);
  return 0;
}

}  // namespace

const CommandSpec& validate_command() {
  static const CommandSpec kSpec = {
      "validate",
      "how good are the predictions? compares them with measurements",
      "validate --measurements runs.csv --json --out rows.csv",
      {{"--measurements", "", ArgType::list, "FILE.csv", "measurement rows (default: the catalog's own; repeatable)"},
       {"--out", "", ArgType::text, "FILE.csv", "write every row with its prediction, error or skip reason"},
       {"--each", "", ArgType::flag, "",
        "every row beside its prediction and the interval, instead of the errors by class"},
       {"--holdout", "holdout", ArgType::text, "WHAT", "refit without each hardware, model or source in turn"},
       {"--level", "level", ArgType::number, "P", "coverage the bands aim at (0.8)"}},
      run};
  return kSpec;
}

}  // namespace rigwise
