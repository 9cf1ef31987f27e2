#include <algorithm>
#include <ostream>

#include "core/base/text.h"
#include "host/bench/saved_runs.h"
#include "host/cli/bench_flags.h"
#include "host/cli/command.h"
#include "host/cli/session.h"
#include "verbs/bench_compare.h"

namespace rigwise {
namespace {

Result<Json> read_run(const std::string& folder, const std::string& wanted) {
  const Result<std::string> path = saved_run_file(folder, wanted);
  return path ? read_bench_report(*path) : Result<Json>(fail(path.error()));
}

std::string signed_percent(double ratio) {
  const double change = 100 * (ratio - 1);
  return (change > 0 ? "+" : "") + significant(change, 2);
}

void say(const Console& console, const Json& report) {
  Table table;
  table.columns = {{"load", true},     {"metric", false},     {"A", true},      {"B", true},
                   {"B - A, %", true}, {"95 % range", false}, {"", false, true}};
  for (const Json& level : report["levels"]) {
    const double streams = level["concurrency"].get<double>(), rate = level["rate"].get<double>();
    const std::string load = rate > 0 ? significant(rate) + "/s" : significant(streams, 6);
    for (const Json& change : level["changes"]) {
      const std::string interval = change["interval"].is_null()
                                       ? "-"
                                       : signed_percent(change["interval"][0].get<double>()) + " to " +
                                             signed_percent(change["interval"][1].get<double>());
      table.rows.push_back({load, change["metric"].get<std::string>(), significant(change["first_mean"].get<double>()),
                            significant(change["second_mean"].get<double>()),
                            signed_percent(change["ratio"].get<double>()), interval,
                            change["verdict"].get<std::string>()});
    }
    if (!level["not_comparable_because"].is_null()) {
      console.print_wrapped("load " + load + " is not compared: " + level["not_comparable_because"].get<std::string>(),
                            2);
    }
  }
  if (!table.rows.empty()) console.print(table);
  for (const Json& note : report["notes"]) console.print_wrapped(note.get<std::string>(), 2);
}

int run(Session& session, const Args& args) {
  Console& console = session.console();
  const std::string first_file = args.text("A").value_or(""), second_file = args.text("B").value_or("");
  if (first_file.empty() || second_file.empty()) {
    return console.print_error({ErrorCode::invalid_input,
                                "two results are compared",
                                "A B",
                                "two files that `rigwise bench --out` wrote, or two names of `rigwise bench list`",
                                {}});
  }
  const std::string folder = args.text("--runs").value_or(default_runs_folder());
  Json request = {{"first_name", first_file}, {"second_name", second_file}};
  for (const auto& [key, wanted] : {std::pair("first", first_file), std::pair("second", second_file)}) {
    Result<Json> read = read_run(folder, wanted);
    if (!read) return console.print_error(read.error());
    request[key] = *std::move(read);
  }
  const Result<Json> compared = bench_compare_verb(House{}, request);
  if (!compared) return console.print_error(compared.error());
  const Json& report = *compared;
  const bool all = std::all_of(report["levels"].begin(), report["levels"].end(),
                               [](const Json& level) { return level["not_comparable_because"].is_null(); });
  if (!session.printed_as_json(report)) say(console, report);
  return all ? 0 : 1;
}

}  // namespace

const CommandSpec& bench_compare_command() {
  static const CommandSpec kSpec = {"bench compare",
                                    "what differs between two saved results, request by request",
                                    "bench compare before.json after.json",
                                    {{"A", "", ArgType::text, "A", "a file of bench --out, or a saved run"},
                                     {"B", "", ArgType::text, "B", "another, of the same load"},
                                     bench_runs_arg()},
                                    run};
  return kSpec;
}

}  // namespace rigwise
