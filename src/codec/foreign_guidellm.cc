// GuideLLM's report: 0.2 and 0.3 keep the strategy under args and the model under worker.backend_model; from 0.4 on
// both stand in config. Distributions are by status, and only whole requests ("successful") count here.
#include "codec/foreign_readers.h"
#include "codec/json_fields.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr double kMsPerS = 1000;

std::string first_of(const Json& from, std::initializer_list<const char*> paths) {
  for (const char* path : paths) {
    if (std::string text = text_at(from, path); !text.empty()) return text;
  }
  return {};
}

double mean_of(const Json& benchmark, const std::string& metric) {
  return number_at(benchmark, "metrics." + metric + ".successful.mean").value_or(0);
}

/// How a benchmark sent its requests.
struct SendingStrategy {
  std::string type;
  std::optional<double> streams, rate;
};

SendingStrategy strategy_of(const Json& benchmark) {
  for (const char* path : {"config.strategy", "args.strategy", "scheduler.strategy"}) {
    const Json* strategy = value_at(benchmark, path);
    if (strategy == nullptr) continue;
    return {text_at(*strategy, "type_"), number_at(*strategy, "streams"), number_at(*strategy, "rate")};
  }
  return {};
}

/// Streams of a closed load, 0 for as many as the server takes; nothing for a load that comes at a rate.
std::optional<int> streams_of(const SendingStrategy& strategy) {
  constexpr double kMostStreams = 1e6;
  if (strategy.type == "synchronous") return 1;
  if (strategy.type == "throughput") return 0;
  if (strategy.type == "concurrent" && strategy.streams && *strategy.streams >= 1 && *strategy.streams <= kMostStreams)
    return static_cast<int>(*strategy.streams);
  return std::nullopt;
}

std::string why_not(const SendingStrategy& strategy) {
  if (strategy.type.empty()) return "the benchmark does not say how it sent its requests";
  return "an open load (" + strategy.type +
         (strategy.rate ? ", " + significant(*strategy.rate, 4) + " requests/s" : "") +
         "): what it served is what was asked for, not what the machine can do";
}

std::string model_of(const Json& benchmark) {
  return first_of(benchmark, {"worker.backend_model", "config.backend.attributes.model", "config.backend.model",
                              "config.backend.state.model", "backend.model", "args.model"});
}

/// Failed requests, and those that the benchmark's end met under way, which are no failures. 0.2 and 0.3 count them
/// beside the metrics, later versions among them.
void note_requests_without_answer(const Json& benchmark, ForeignRun& run) {
  const Json* totals = value_at(benchmark, "metrics.request_totals");
  if (totals == nullptr) totals = value_at(benchmark, "request_totals");
  if (totals == nullptr) return;
  const double failed = number_at(*totals, "errored").value_or(0);
  const double under_way = number_at(*totals, "incomplete").value_or(0);
  note_failed_requests(failed, number_at(*totals, "successful").value_or(0) + failed + under_way, run);
  if (under_way >= 1) run.note += "; " + fixed(under_way, 0) + " more under way at its end";
}

void add_benchmark(const Json& benchmark, const Json& report, int line, ForeignRuns& file) {
  const SendingStrategy strategy = strategy_of(benchmark);
  const std::optional<int> streams = streams_of(strategy);
  const std::string name = strategy.type + (streams && *streams > 1 ? " " + std::to_string(*streams) : "");
  if (!streams) {
    file.skip(line, why_not(strategy));
    return;
  }
  const Json* metrics = value_at(benchmark, "metrics");
  ForeignRun run;
  run.line = line;
  run.test = name;
  run.model = model_of(benchmark);
  if (run.model.empty()) run.model = first_of(report, {"args.model", "config.model", "config.backend.model"});
  run.as_published = run.model.find('/') != std::string::npos;
  run.identity = "guidellm\n" + first_of(benchmark, {"id_", "config.id_"}) + "\n" +
                 (metrics == nullptr ? "" : metrics->dump(-1, ' ', true, Json::error_handler_t::replace));
  run.note = "GuideLLM" + (file.version.empty() ? "" : " " + file.version) + " " + name;
  if (const std::optional<double> requests = number_at(benchmark, "metrics.request_latency.successful.count"))
    run.note += ", " + fixed(*requests, 0) + " requests";
  note_requests_without_answer(benchmark, run);
  ServedLoad load;
  load.streams = *streams;
  load.prompt_tokens = mean_of(benchmark, "prompt_token_count");
  load.output_tokens = mean_of(benchmark, "output_token_count");
  load.output_tokens_per_s = mean_of(benchmark, "output_tokens_per_second");
  load.ttft_s = mean_of(benchmark, "time_to_first_token_ms") / kMsPerS;
  load.tpot_s = mean_of(benchmark, "inter_token_latency_ms") / kMsPerS;
  if (!add_served_load(run, load, file)) file.skip(line, "no request of \"" + name + "\" was answered in full");
}

}  // namespace

bool is_guidellm(const Json& record) {
  const Json* benchmarks = value_at(record, "benchmarks");
  return benchmarks != nullptr && benchmarks->is_array() && !benchmarks->empty() &&
         value_at(benchmarks->front(), "metrics.time_to_first_token_ms") != nullptr;
}

void add_guidellm(const Json& record, int line, ForeignRuns& file) {
  file.program = "guidellm";
  file.version = first_of(record, {"metadata.guidellm_version"});
  for (const Json& benchmark : *value_at(record, "benchmarks")) add_benchmark(benchmark, record, line, file);
}

}  // namespace rigwise
