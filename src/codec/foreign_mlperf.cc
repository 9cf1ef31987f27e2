// MLPerf LoadGen's mlperf_log_summary.txt (loadgen/results.cc, PerformanceSummary::LogSummary): tokens are counted
// where the run uses token latencies. Offline prints "Tokens per second", Server "Completed tokens per second",
// SingleStream "TPS w/o loadgen overhead" and "Mean Time to Output Token".
#include "codec/foreign_readers.h"
#include "codec/text_lines.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr double kNsPerS = 1e9;

/// One summary between two heads.
struct LoadGenSummary {
  int line = 1;
  std::string system, scenario, result, identity;
  double offline_tokens_per_s = 0, server_tokens_per_s = 0, single_tokens_per_s = 0, output_token_ns = 0;
};

double number_in(std::string_view value) {
  const Result<double> number = parse_number(value.substr(0, value.find(' ')));
  return number ? *number : 0;
}

void read_line(std::string_view line, LoadGenSummary& summary) {
  const auto text = [&](std::string_view key, std::string& into) {
    if (const std::string_view value = value_after(line, key); !value.empty()) into = std::string(value);
  };
  const auto number = [&](std::string_view key, double& into) {
    if (const std::string_view value = value_after(line, key); !value.empty()) into = number_in(value);
  };
  text("SUT name", summary.system);
  text("Scenario", summary.scenario);
  text("Result is", summary.result);
  number("Tokens per second", summary.offline_tokens_per_s);
  number("Completed tokens per second", summary.server_tokens_per_s);
  number("TPS w/o loadgen overhead", summary.single_tokens_per_s);
  number("Mean Time to Output Token (ns)", summary.output_token_ns);
  summary.identity.append(trim(line)).append("\n");
}

void add_summary(const LoadGenSummary& summary, ForeignRuns& file) {
  ForeignRun run;
  run.line = summary.line;
  run.test = summary.scenario;
  run.identity = "mlperf\n" + summary.identity;
  run.note = "MLPerf " + summary.scenario + ", result " + (summary.result.empty() ? "not said" : summary.result);
  const std::size_t before = file.runs.size();
  const auto add = [&](Phase phase, int streams, double tokens_per_s) {
    if (!(tokens_per_s > 0)) return;
    ForeignRun speed = run;
    speed.phase = phase;
    speed.concurrency = streams;
    speed.tokens_per_s = tokens_per_s;
    speed.identity.append("\n").append(phase_name(phase));
    file.runs.push_back(std::move(speed));
  };
  if (summary.scenario == "Offline") add(Phase::e2e, 0, summary.offline_tokens_per_s);
  if (summary.scenario == "Server" || summary.scenario == "Interactive")
    add(Phase::e2e, 0, summary.server_tokens_per_s);
  if (summary.scenario == "SingleStream") {
    add(Phase::e2e, 1, summary.single_tokens_per_s);
    if (summary.output_token_ns > 0) add(Phase::decode, 1, kNsPerS / summary.output_token_ns);
  }
  if (file.runs.size() == before)
    file.skip(summary.line, "the summary of \"" + summary.scenario + "\" counts samples, not tokens");
}

}  // namespace

ForeignRuns read_mlperf_summary(std::string_view text) {
  ForeignRuns file;
  file.program = "MLPerf LoadGen";
  std::vector<LoadGenSummary> summaries;
  for (const TextLine& line : lines_of(text)) {
    if (trim(line.text) == "MLPerf Results Summary") summaries.push_back({line.number, {}, {}, {}, {}, 0, 0, 0, 0});
    if (!summaries.empty()) read_line(line.text, summaries.back());
  }
  for (const LoadGenSummary& summary : summaries) add_summary(summary, file);
  return file;
}

}  // namespace rigwise
