#include <ostream>

#include "core/base/text.h"
#include "host/cli/bench_report.h"
#include "host/cli/say.h"

namespace rigwise {
namespace {

std::optional<double> number(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() || !found->is_number() ? std::nullopt : std::optional<double>(found->get<double>());
}

/// A count of something, 0 where it is not told.
double count(const Json& object, const char* key) { return number(object, key).value_or(0); }

const Json& part(const Json& object, const char* key) {
  static const Json kNone = Json::object();
  const auto found = object.find(key);
  return found == object.end() || !(found->is_object() || found->is_array()) ? kNone : *found;
}

/// The median where there are enough values, else the mean, marked.
std::string typical(const Json& summary, double unit) {
  if (const auto median = number(summary, "p50")) return significant(*median * unit);
  if (const auto mean = number(summary, "mean")) return "~" + significant(*mean * unit);
  return "-";
}

/// The highest percentile that there are values enough for.
std::string tail(const Json& summary, double unit) {
  if (const auto p99 = number(summary, "p99")) return significant(*p99 * unit);
  if (const auto p90 = number(summary, "p90")) return significant(*p90 * unit) + " p90";
  return "-";
}

std::string load_of(const Json& level) {
  const std::optional<double> rate = number(level, "rate");
  return rate ? significant(*rate) + "/s" : significant(count(level, "concurrency"), 6);
}

Table level_table(const Json& levels) {
  Table table;
  table.columns = {{"load", true}, {"ok", true},         {"ttft ms", true},   {"p99", true},    {"itl ms", true},
                   {"p99", true},  {"tok/s each", true}, {"tok/s all", true}, {"client", false}};
  for (const Json& level : levels) {
    const Json &ttft = part(level, "ttft_s"), &itl = part(level, "itl_s");
    table.rows.push_back(
        {load_of(level), say_count(count(level, "ok")) + "/" + say_count(count(level, "requests")), typical(ttft, 1e3),
         tail(ttft, 1e3), typical(itl, 1e3), tail(itl, 1e3), typical(part(level, "per_stream_tokens_per_s"), 1),
         significant(count(level, "output_tokens_per_s")), text_of(part(level, "client_health"), "grade")});
  }
  return table;
}

void add_counted(const Json& counts, const char* what, std::vector<std::string>& lines) {
  if (!counts.is_object()) return;
  for (const auto& [name, times] : counts.items()) {
    if (!times.is_number()) continue;
    lines.push_back(say_count(times.get<double>()));
    lines.back().append(what).append(name);
  }
}

void add_said(const Json& list, const std::string& before, std::vector<std::string>& lines) {
  for (const Json& line : list) {
    if (line.is_string()) lines.push_back(before + line.get<std::string>());
  }
}

/// "energy: 3.1 J a token (2.4 above idling), 61 W of processor package + memory, 300 readings"
std::string energy_words(const Json& energy, double watts) {
  std::string words = "energy: ";
  const auto each = number(energy, "joules_per_output_token"), net = number(energy, "net_joules_per_output_token");
  if (each) words += significant(*each) + " J an output token";
  if (each && net) words += " (" + significant(*net) + " above idling)";
  words += (each ? ", " : "") + significant(watts) + " W of " + text_of(energy, "coverage");
  double readings = 0;
  for (const Json& source : part(energy, "sources")) readings += count(source, "readings");
  return words + ", " + say_count(readings) + " readings; not what the wall socket gives";
}

void say_level_notes(const Console& console, const Json& level) {
  std::vector<std::string> lines;
  add_counted(part(level, "errors"), " failed: ", lines);
  add_counted(part(level, "oddities"), " odd: ", lines);
  if (level.value("interrupted", false)) {
    lines.push_back("interrupted: what was measured until then, without " +
                    say_count(count(level, "interrupted_requests")) + " requests under way");
  }
  add_said(part(level, "not_steady_because"), "not shown to be steady: ", lines);
  add_said(part(part(level, "client_health"), "reasons"), "client: ", lines);
  add_said(part(level, "notes"), "", lines);
  if (const auto share = number(level, "goodput_share")) {
    lines.push_back("goodput " + significant(count(level, "goodput_per_s")) +
                    " requests a second: " + significant(100 * *share) + " % of what was asked kept the objectives");
  }
  const auto degradation = number(level, "degradation");
  const double streams = count(level, "concurrency");
  if (degradation && streams > 1) {
    lines.push_back("a stream has " + significant(100 * *degradation) + " % of the speed of one alone; together " +
                    significant(count(level, "scaling") * streams) + " times the tokens");
  }
  if (const auto watts = number(part(level, "energy"), "mean_w"))
    lines.push_back(energy_words(level["energy"], *watts));
  if (const auto prefill = number(level, "server_prefill_tokens_per_s")) {
    std::string words = "the server's own timings: prefill " + significant(*prefill) + " tok/s";
    // One token has no gap.
    if (const auto decode = number(level, "server_decode_tokens_per_s"))
      words += ", decode " + significant(*decode) + " tok/s";
    lines.push_back(std::move(words));
  }
  for (const std::string& line : lines) console.print_wrapped("load " + load_of(level) + ": " + line, 2);
}

std::string what_was_asked(const Console& console, const Json& report) {
  const Json &target = part(report, "target"), &load = part(report, "load");
  std::string what = console.strong(text_of(target, "model")) + " at " + text_of(target, "url") + ": prompts of ";
  std::vector<std::string> lengths;
  for (const Json& length : part(load, "prompt_tokens")) {
    if (length.is_number()) lengths.push_back(say_count(length.get<double>()));
  }
  if (lengths.empty()) {
    what += text_of(load, "dataset");
  } else {
    what.append(join(lengths, ", ")).append(" tokens (counted by ");
    what.append(text_of(load, "prompt_count_source")).append(")");
  }
  return what + ", answers of " + say_count(count(load, "output_tokens")) + ".";
}

}  // namespace

void say_bench(const Console& console, const Json& report) {
  const Json &levels = part(report, "levels"), &prefill = part(report, "prefill");
  console.print_wrapped(what_was_asked(console, report));
  console.print(level_table(levels));
  for (const Json& level : levels) say_level_notes(console, level);
  if (const auto speed = number(prefill, "tokens_per_s")) {
    console.print_wrapped("prefill " + significant(*speed) + " tok/s, the slope of ttft over " +
                          significant(count(prefill, "lengths")) + " lengths; " +
                          say_seconds(count(prefill, "intercept_s")) + " of every ttft is something else");
  }
  if (report.contains("search") && report["search"].is_object()) {
    const std::string unit = text_of(part(report, "load"), "kind") == "closed" ? " streams" : " requests a second";
    const auto largest = number(report["search"], "largest_load");
    console.print_wrapped(
        largest ? console.strong("largest load that keeps the objectives: " + significant(*largest) + unit)
                : "no load tried keeps the objectives");
  }
  std::vector<std::string> notes;
  add_said(part(report, "notes"), "", notes);
  for (const std::string& note : notes) console.print_wrapped(note, 2);
}

}  // namespace rigwise
