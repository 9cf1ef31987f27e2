#include <ostream>

#include "core/base/text.h"
#include "host/bench/saved_runs.h"
#include "host/cli/bench_report.h"
#include "host/cli/command.h"
#include "host/cli/say.h"
#include "host/cli/session.h"

namespace rigwise {
namespace {

void say(const Console& console, const Json& report) {
  Table table;
  table.columns = {{"run"}, {"model", false, true}, {"endpoint", false, true}, {"loads", false, true}, {"client"}};
  for (const Json& run : report["runs"]) {
    if (!run["fault"].is_null()) {
      table.rows.push_back({text_of(run, "name"), text_of(run, "fault"), "", "", ""});
      continue;
    }
    table.rows.push_back({text_of(run, "name"), text_of(run, "model"), text_of(run, "url"),
                          join(run["loads"].get<std::vector<std::string>>(), ", ") +
                              (run["interrupted"] == true ? " (interrupted)" : ""),
                          text_of(run, "worst_grade")});
  }
  if (table.rows.empty()) {
    console.print_wrapped("No run is saved in " + text_of(report, "folder") +
                          ": `rigwise bench ... --save` keeps one.");
  } else {
    console.print(table);
  }
}

int run(Session& session, const Args& args) {
  const std::string folder = args.text("--runs").value_or(default_runs_folder());
  const Result<std::vector<SavedRun>> runs = saved_runs(folder);
  if (!runs) return session.console().print_error(runs.error());
  Json rows = Json::array();
  for (const SavedRun& saved : *runs) {
    rows.push_back(saved_run_row(saved));
    rows.back()["file"] = saved.path;
  }
  const Json report = {{"schema", "rigwise.bench_list/1"}, {"folder", folder}, {"runs", std::move(rows)}};
  if (!session.printed_as_json(report)) say(session.console(), report);
  return 0;
}

}  // namespace

const CommandSpec& bench_list_command() {
  static const CommandSpec kSpec = {
      "bench list", "the runs that `bench --save` kept, the newest first", "bench list", {bench_runs_arg()}, run};
  return kSpec;
}

}  // namespace rigwise
