#include <algorithm>
#include <ostream>

#include "codec/bench_result.h"
#include "core/base/text.h"
#include "host/bench/saved_runs.h"
#include "host/cli/bench_flags.h"
#include "host/cli/command.h"
#include "host/cli/session.h"
#include "host/files/files.h"

namespace rigwise {
namespace {

struct MetricOfSample {
  const char* name;
  std::optional<double> RequestSample::* member;
};
constexpr MetricOfSample kCompared[] = {
    {"ttft_s", &RequestSample::ttft_s}, {"tpot_s", &RequestSample::tpot_s}, {"e2e_s", &RequestSample::e2e_s}};

Result<SavedBench> read_run(const std::string& folder, const std::string& wanted) {
  const Result<std::string> path = saved_run_file(folder, wanted);
  if (!path) return fail(path.error());
  const Result<std::string> text = read_file(*path);
  if (!text) return fail(text.error());
  return read_saved_bench(*text, *path);
}

Json change_json(const char* metric, const PairedChange& change) {
  Json json = {{"metric", metric},
               {"pairs", change.pairs},
               {"first_mean", change.first_mean},
               {"second_mean", change.second_mean},
               {"ratio", change.ratio},
               {"interval", nullptr}};
  if (change.interval) json["interval"] = {change.interval->low, change.interval->high};
  return json;
}

std::string verdict_of(const PairedChange& change) {
  if (!change.interval) return "too few pairs";
  if (change.interval->low > 1) return "slower";
  if (change.interval->high < 1) return "faster";
  return "no difference shown";
}

Json level_json(const SavedLevel& first, const SavedLevel& second) {
  Json level = {{"concurrency", first.streams},
                {"rate", first.rate_per_s},
                {"grades", {first.grade, second.grade}},
                {"not_comparable_because", nullptr},
                {"changes", Json::array()}};
  const std::string reason = why_not_comparable(first.samples, second.samples);
  if (!reason.empty()) {
    level["not_comparable_because"] = reason;
    return level;
  }
  for (const MetricOfSample& metric : kCompared) {
    const PairedChange change = compare_paired(first.samples, second.samples, metric.member);
    if (change.pairs == 0) continue;
    Json json = change_json(metric.name, change);
    json["verdict"] = verdict_of(change);
    level["changes"].push_back(std::move(json));
  }
  return level;
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
  const Result<SavedBench> first = read_run(folder, first_file), second = read_run(folder, second_file);
  for (const auto* read : {&first, &second}) {
    if (!*read) return console.print_error(read->error());
  }
  Json levels = Json::array(), notes = Json::array();
  bool all = true;
  for (const SavedLevel& level : first->levels) {
    const auto twin = std::find_if(second->levels.begin(), second->levels.end(), [&](const SavedLevel& other) {
      return other.streams == level.streams && other.rate_per_s == level.rate_per_s;
    });
    if (twin == second->levels.end()) continue;
    levels.push_back(level_json(level, *twin));
    all = all && levels.back()["not_comparable_because"].is_null();
    if (level.grade > "B" || twin->grade > "B") {
      notes.push_back("a client graded " + std::max(level.grade, twin->grade) +
                      " measured one of them: look at its reasons first");
    }
  }
  if (levels.empty()) {
    return console.print_error({ErrorCode::invalid_input,
                                "the two have no load in common",
                                first_file + " " + second_file,
                                "two runs with the same --concurrency or --rate",
                                {}});
  }
  if (first->seed != second->seed) notes.push_back("the seeds differ: the two did not ask the same");
  const Json report = {{"schema", "rigwise.bench_compare/1"},
                       {"first", first_file},
                       {"second", second_file},
                       {"levels", std::move(levels)},
                       {"notes", std::move(notes)}};
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
