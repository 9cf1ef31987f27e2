#include "host/cli/bench_report.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <ctime>
#include <fstream>
#include <ostream>

#include "core/base/text.h"
#include "host/cli/say.h"
#include "host/cli/version.h"

namespace rigwise {
namespace {

Json known(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("model name")) return std::string(trim(line.substr(line.find(':') + 1)));
  }
  return "";
}

Json machine_json() {
  utsname name{};
  uname(&name);
  return {{"cpu", processor_name()},
          {"cores", sysconf(_SC_NPROCESSORS_ONLN)},
          {"system", std::string(name.sysname) + " " + name.release},
          {"rigwise", kVersion}};
}

std::string_view arrival_name(ArrivalPattern kind) {
  switch (kind) {
    case ArrivalPattern::constant: return "constant";
    case ArrivalPattern::poisson: return "poisson";
    case ArrivalPattern::gamma: return "gamma";
  }
  return "";
}

Json target_json(const BenchAsked& asked) {
  const EndpointAbilities& seen = asked.target.abilities;
  return {{"url", asked.target.chat.base_url},
          {"model", asked.target.model},
          {"dialect", bench_dialect_name(asked.target.dialect)},
          {"same_machine", asked.target.is_here},
          {"tls", !asked.target.url.tls         ? "none"
                  : asked.target.trust.insecure ? "unchecked"
                                                : "checked"},
          {"abilities",
           {{"streams", seen.streams},
            {"ignore_eos", seen.takes_ignore_eos},
            {"min_tokens", seen.takes_min_tokens},
            {"usage", seen.tells_usage},
            {"cached_tokens", seen.tells_cached},
            {"server_timings", seen.tells_timings},
            {"tokenizer", seen.tokenizer != RemoteTokenizer::none},
            {"tokens_per_event", seen.tokens_per_event}}}};
}

Json load_json(const BenchAsked& asked, const PromptBook& book) {
  const BenchChoice& choice = asked.choice;
  const bool own = asked.dataset_file.empty();
  const char* const kind = !choice.streams.empty() ? "closed" : !choice.rates.empty() ? "open" : "trace";
  return {{"kind", kind},
          {"arrivals", choice.rates.empty() ? Json(nullptr) : Json(arrival_name(choice.arrivals.kind))},
          {"burstiness", choice.arrivals.burstiness},
          {"ramp_s", choice.arrivals.ramp_s},
          {"think_s", choice.think_s},
          {"seed", choice.arrivals.seed},
          {"run", choice.prompts.run_id},
          {"prompt_tokens", own ? Json(choice.prompts.prompt_tokens) : Json(nullptr)},
          {"output_tokens", choice.prompts.output_tokens},
          {"profile", own ? Json(choice.prompts.profile == PromptProfile::code ? "code" : "chat") : Json(nullptr)},
          {"dataset", own ? Json(nullptr) : Json(asked.dataset_file)},
          {"shared_prefix", choice.prompts.shared_prefix},
          {"nonce", choice.prompts.nonce},
          {"texts", book.texts()},
          {"texts_not_fitted", book.unfitted()},
          {"prompt_count_source", own ? Json(prompt_count_name(book.counted_by())) : Json(nullptr)}};
}

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

/// The median where there are enough values, else the mean, marked.
std::string typical(const MetricSummary& summary, double unit) {
  if (summary.p50) return significant(*summary.p50 * unit);
  if (summary.mean) return "~" + significant(*summary.mean * unit);
  return "-";
}

/// The highest percentile that there are values enough for.
std::string tail(const MetricSummary& summary, double unit) {
  if (summary.p99) return significant(*summary.p99 * unit);
  if (summary.p90) return significant(*summary.p90 * unit) + " p90";
  return "-";
}

std::string load_of(const BenchLevel& level) {
  return level.rate_per_s > 0 ? significant(level.rate_per_s) + "/s" : significant(level.streams, 6);
}

Table level_table(const BenchRun& run) {
  Table table;
  table.columns = {{"load", true}, {"ok", true},         {"ttft ms", true},   {"p99", true},    {"itl ms", true},
                   {"p99", true},  {"tok/s each", true}, {"tok/s all", true}, {"client", false}};
  for (const BenchLevel& level : run.levels) {
    const LevelMetrics& metrics = level.metrics;
    table.rows.push_back(
        {load_of(level),
         say_count(static_cast<double>(metrics.ok)) + "/" + say_count(static_cast<double>(metrics.requests)),
         typical(metrics.ttft_s, 1e3), tail(metrics.ttft_s, 1e3), typical(metrics.itl_s, 1e3), tail(metrics.itl_s, 1e3),
         typical(metrics.per_stream_tokens_per_s, 1), significant(metrics.output_tokens_per_s),
         std::string(1, grade_letter(level.verdict.grade))});
  }
  return table;
}

void say_level_notes(const Console& console, const BenchLevel& level) {
  const LevelMetrics& metrics = level.metrics;
  std::vector<std::string> lines;
  for (const auto& [fault, count] : metrics.faults) {
    lines.push_back(say_count(static_cast<double>(count)) + " failed: " + std::string(request_fault_name(fault)));
  }
  for (const auto& [oddity, count] : metrics.oddities) {
    lines.push_back(say_count(static_cast<double>(count)) + " odd: " + std::string(request_oddity_name(oddity)));
  }
  if (level.interrupted) {
    lines.push_back("interrupted: what was measured until then, without " +
                    say_count(static_cast<double>(metrics.interrupted)) + " requests under way");
  }
  for (const std::string& reason : metrics.steady.reasons) lines.push_back("not shown to be steady: " + reason);
  for (const std::string& reason : level.verdict.reasons) lines.push_back("client: " + reason);
  for (const std::string& note : level.notes) lines.push_back(note);
  if (metrics.goodput_share) {
    lines.push_back("goodput " + significant(*metrics.goodput_per_s) + " requests a second: " +
                    significant(100 * *metrics.goodput_share) + " % of what was asked kept the objectives");
  }
  if (level.degradation && level.streams > 1) {
    lines.push_back("a stream has " + significant(100 * *level.degradation) +
                    " % of the speed of one alone; together " + significant(*level.scaling * level.streams) +
                    " times the tokens");
  }
  if (metrics.server_prefill_tokens_per_s) {
    lines.push_back("the server's own timings: prefill " + significant(*metrics.server_prefill_tokens_per_s) +
                    " tok/s, decode " + significant(metrics.server_decode_tokens_per_s.value_or(0)) + " tok/s");
  }
  for (const std::string& line : lines) console.print_wrapped("load " + load_of(level) + ": " + line, 2);
}

}  // namespace

Json bench_json(const BenchAsked& asked, const PromptBook& book, const BenchRun& run) {
  const LoadObjectives& objectives = asked.choice.objectives;
  Json levels = Json::array();
  for (const BenchLevel& level : run.levels) levels.push_back(bench_level_json(level));
  Json prefill = nullptr;
  if (run.prefill) {
    prefill = {{"tokens_per_s", run.prefill->tokens_per_s},
               {"intercept_s", run.prefill->intercept_s},
               {"lengths", run.prefill->lengths}};
  }
  Json search = nullptr;
  if (asked.choice.search) {
    search = {{"largest_load", known(run.largest_load)}, {"first_failing_load", known(run.first_failing_load)}};
  }
  return {{"schema", "rigwise.bench/1"},
          {"measured_at", utc_now()},
          {"target", target_json(asked)},
          {"load", load_json(asked, book)},
          {"slo",
           {{"ttft_s", known(objectives.ttft_s)},
            {"tpot_s", known(objectives.tpot_s)},
            {"e2e_s", known(objectives.e2e_s)},
            {"gap_s", known(objectives.gap_s)},
            {"percentile", asked.choice.percentile}}},
          {"levels", std::move(levels)},
          {"prefill", std::move(prefill)},
          {"search", std::move(search)},
          {"interrupted", run.interrupted},
          {"machine", machine_json()},
          {"notes", run.notes}};
}

void say_bench(const Console& console, const BenchAsked& asked, const PromptBook& book, const BenchRun& run) {
  const PromptChoice& prompts = asked.choice.prompts;
  std::string what = console.strong(asked.target.model) + " at " + asked.target.chat.base_url + ": ";
  if (asked.dataset_file.empty()) {
    std::vector<std::string> lengths;
    for (const int length : prompts.prompt_tokens) lengths.push_back(say_count(length));
    what += "prompts of " + join(lengths, ", ") + " tokens (counted by " +
            std::string(prompt_count_name(book.counted_by())) + ")";
  } else {
    what += "prompts of " + asked.dataset_file;
  }
  console.print_wrapped(what + ", answers of " + say_count(prompts.output_tokens) + ".");
  console.print(level_table(run));
  for (const BenchLevel& level : run.levels) say_level_notes(console, level);
  if (run.prefill) {
    console.print_wrapped("prefill " + significant(run.prefill->tokens_per_s) + " tok/s, the slope of ttft over " +
                          std::to_string(run.prefill->lengths) + " lengths; " + say_seconds(run.prefill->intercept_s) +
                          " of every ttft is something else");
  }
  if (asked.choice.search) {
    const std::string unit = asked.choice.rates.empty() ? " streams" : " requests a second";
    console.print_wrapped(
        run.largest_load
            ? console.strong("largest load that keeps the objectives: " + significant(*run.largest_load) + unit)
            : "no load tried keeps the objectives");
  }
  for (const std::string& note : run.notes) console.print_wrapped(note, 2);
}

}  // namespace rigwise
