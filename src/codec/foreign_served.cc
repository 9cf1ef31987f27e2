// `vllm bench serve` (vllm/benchmarks/serve.py, earlier benchmarks/benchmark_serving.py) and SGLang's bench_serving
// (sglang/benchmark/serving.py). TPOT of both leaves the first token out; throughput is over the whole run.
#include <algorithm>
#include <cmath>

#include "codec/foreign_readers.h"
#include "codec/json_fields.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr double kMsPerS = 1000;

/// The engine that a client's dialect belongs to; "openai" and "openai-chat" speak to any.
std::string engine_of_dialect(const std::string& dialect) {
  for (const char* engine : {"sglang", "vllm", "lmdeploy", "tensorrt-llm", "llama.cpp"}) {
    if (dialect.starts_with(engine)) return engine;
  }
  return dialect == "trt" ? "tensorrt-llm" : "";
}

/// Streams of a closed load; 0 where all requests were sent at once; nothing for a rate.
std::optional<int> streams_of(const Json& record) {
  constexpr double kMostStreams = 1e6;
  const Json* rate = value_at(record, "request_rate");
  const std::optional<double> per_s = number_at(record, "request_rate");
  if (per_s && *per_s > 0) return std::nullopt;
  if (rate != nullptr && rate->is_string() && *rate == "trace") return std::nullopt;
  const double most = number_at(record, "max_concurrency").value_or(0);
  return most >= 1 && most <= kMostStreams ? static_cast<int>(most) : 0;
}

/// "20250823-101112" or a date as ISO has it -> "2025-08-23".
std::string date_of(const std::string& text) {
  constexpr std::size_t kDay = 8;
  if (text.size() < kDay || text.find_first_not_of("0123456789") < kDay) return text.substr(0, 10);
  return text.substr(0, 4) + "-" + text.substr(4, 2) + "-" + text.substr(6, 2);
}

/// What the server says of itself (SGLang asks it), and what the user added with --metadata.
void read_server(const Json& record, ForeignRun& run) {
  for (const char* path : {"server_info.model_path", "server_info.internal_states.model_path"}) {
    if (run.model.empty()) run.model = text_at(record, path);
  }
  run.quant = text_at(record, "server_info.quantization");
  run.engine_version = text_at(record, "server_info.version");
  for (const char* path : {"server_info.tp_size", "tensor_parallel_size", "tp"}) {
    const double ways = number_at(record, path).value_or(0);
    if (ways > 1 && ways < 1000) {
      run.note += "; TP" + fixed(ways, 0);
      break;
    }
  }
  const bool speculative = number_at(record, "accept_length").value_or(0) > 1 ||
                           number_at(record, "spec_decode_acceptance_rate").value_or(0) > 0;
  if (speculative) run.note += "; speculative decoding enabled";
}

/// What makes the run this one, without its texts.
std::string identity_of(const Json& record) {
  Json figures = Json::object();
  for (auto item = record.begin(); item != record.end(); ++item) {
    if (item->is_primitive()) figures[item.key()] = *item;
  }
  return "served\n" + figures.dump(-1, ' ', true, Json::error_handler_t::replace);
}

}  // namespace

bool is_served_bench(const Json& record) {
  return number_at(record, "output_throughput") &&
         (value_at(record, "mean_ttft_ms") != nullptr || value_at(record, "median_ttft_ms") != nullptr) &&
         (value_at(record, "total_output_tokens") != nullptr || value_at(record, "completed") != nullptr);
}

void add_served_bench(const Json& record, int line, ForeignRuns& file) {
  const auto number = [&](const char* key) { return number_at(record, key).value_or(0); };
  const bool is_sglang = value_at(record, "total_output_tokens_retokenized") != nullptr ||
                         value_at(record, "mean_e2e_latency_ms") != nullptr;
  file.program = is_sglang ? "sglang bench_serving" : "vllm bench serve";
  const std::optional<int> streams = streams_of(record);
  if (!streams) {
    const std::optional<double> rate = number_at(record, "request_rate");
    file.skip(line, "an open load (" + (rate ? significant(*rate, 4) + " requests/s" : std::string("a trace")) +
                        "): what it served is what was asked for, not what the machine can do");
    return;
  }
  const double completed = number("completed");
  ForeignRun run;
  run.line = line;
  run.test = *streams == 0 ? "all at once" : *streams == 1 ? "1 stream" : std::to_string(*streams) + " streams";
  run.model = text_at(record, "model_id");
  std::string dialect = text_at(record, "backend");
  if (dialect.empty()) dialect = text_at(record, "endpoint_type");
  run.engine = engine_of_dialect(dialect);
  run.date = date_of(text_at(record, "date"));
  run.note = file.program + ", " + fixed(completed, 0) + " requests";
  if (*streams == 0 && completed > 0) run.note += "; all " + fixed(completed, 0) + " requests sent at once";
  const double sent = std::max(number("num_prompts"), completed + number("failed"));
  note_failed_requests(sent - completed, sent, run);
  read_server(record, run);
  run.as_published = run.model.find('/') != std::string::npos && run.quant.empty();
  run.identity = identity_of(record);
  ServedLoad load;
  load.streams = *streams;
  if (completed > 0) {
    load.prompt_tokens = number("total_input_tokens") / completed;
    load.output_tokens = number("total_output_tokens") / completed;
  }
  load.output_tokens_per_s = number("output_throughput");
  load.ttft_s = number("mean_ttft_ms") / kMsPerS;
  load.tpot_s = number("mean_tpot_ms") / kMsPerS;
  if (!add_served_load(run, load, file)) file.skip(line, "no request was answered in full");
}

}  // namespace rigwise
