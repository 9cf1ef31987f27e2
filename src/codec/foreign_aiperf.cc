// AIPerf (metrics_json_exporter, metrics_csv_exporter) and its ancestor GenAI-Perf: a metric is an object with unit,
// avg and percentiles; the load stands in input_config, wherever that version keeps it. The CSVs have the metrics
// alone.
#include <cmath>

#include "codec/csv.h"
#include "codec/foreign_readers.h"
#include "codec/json_fields.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr double kMsPerS = 1000;

/// The averages that a level is made of, in the unit each is exported in.
struct PerfAverages {
  double ttft_ms = 0, itl_ms = 0, latency_ms = 0, requests_per_s = 0, output_tokens_per_s = 0;
  double prompt_tokens = 0, output_tokens = 0, requests = 0;
  double failed = 0, cancelled = 0;  ///< requests that are not among `requests`
};

/// The first number, or list of texts, under a key at any depth. What warmed up is not what was measured.
const Json* find_deep(const Json& from, std::string_view key) {
  if (from.is_object()) {
    if (text_at(from, "name") == "warmup") return nullptr;
    const auto found = from.find(std::string(key));
    if (found != from.end() && !found->is_null() && !found->is_object()) return &*found;
  }
  if (!from.is_structured()) return nullptr;
  for (auto item = from.begin(); item != from.end(); ++item) {
    if (from.is_object() && item.key() == "warmup") continue;
    if (const Json* found = find_deep(*item, key)) return found;
  }
  return nullptr;
}

std::optional<double> deep_number(const Json& from, std::string_view key) {
  const Json* found = find_deep(from, key);
  return found != nullptr && found->is_number() ? std::optional<double>(found->get<double>()) : std::nullopt;
}

/// "model_names": ["a"] (GenAI-Perf, AIPerf to 0.6), "models": {"items": [{"name": "a"}]} or [{"name": "a"}] or ["a"].
std::string model_in(const Json& config) {
  if (const Json* names = find_deep(config, "model_names");
      names != nullptr && names->is_array() && !names->empty() && names->front().is_string())
    return names->front().get<std::string>();
  for (const char* path : {"models.items", "models", "endpoint.models"}) {
    const Json* models = value_at(config, path);
    if (models == nullptr || !models->is_array() || models->empty()) continue;
    if (models->front().is_string()) return models->front().get<std::string>();
    return text_at(models->front(), "name");
  }
  return text_at(config, "model");
}

double average(const Json& record, const char* metric) {
  return number_at(record, std::string(metric) + ".avg").value_or(0);
}

/// Requests that failed: AIPerf's count, which is there when there were any, else the sum over its summary of errors.
double failed_requests(const Json& record) {
  if (const std::optional<double> counted = number_at(record, "error_request_count.avg")) return *counted;
  const Json* errors = value_at(record, "error_summary");
  double failed = 0;
  if (errors == nullptr || !errors->is_array()) return failed;
  for (const Json& error : *errors) failed += number_at(error, "count").value_or(0);
  return failed;
}

PerfAverages averages_of(const Json& record) {
  PerfAverages a;
  a.ttft_ms = average(record, "time_to_first_token");
  a.itl_ms = average(record, "inter_token_latency");
  a.latency_ms = average(record, "request_latency");
  a.requests_per_s = average(record, "request_throughput");
  a.output_tokens_per_s = average(record, "output_token_throughput");
  a.prompt_tokens = average(record, "input_sequence_length");
  a.output_tokens = average(record, "output_sequence_length");
  a.requests = average(record, "request_count");
  a.failed = failed_requests(record);
  a.cancelled = average(record, "cancelled_request_count");
  return a;
}

/// Streams of a closed load that nobody states, by Little's law; nothing where that is no whole number, as an open
/// load's is not.
std::optional<int> streams_by_littles_law(const PerfAverages& a) {
  constexpr double kNear = 0.1, kMost = 1e6;
  const double streams = a.requests_per_s * a.latency_ms / kMsPerS;
  const double whole = std::round(streams);
  if (!(whole >= 1 && whole <= kMost) || std::abs(streams - whole) > kNear * std::max(1.0, whole / 10))
    return std::nullopt;
  return static_cast<int>(whole);
}

void add_averages(const PerfAverages& a, int streams, ForeignRun run, ForeignRuns& file) {
  run.test = streams == 1 ? "1 stream" : std::to_string(streams) + " streams";
  if (a.requests > 0) run.note += ", " + fixed(a.requests, 0) + " requests";
  const double sent = a.requests + a.failed + a.cancelled;
  note_failed_requests(a.failed, sent, run);
  if (a.cancelled >= 1) {
    run.has_faults = true;
    run.note += "; " + fixed(a.cancelled, 0) + " of " + fixed(sent, 0) + " requests cancelled by the client";
  }
  ServedLoad load;
  load.streams = streams;
  load.prompt_tokens = a.prompt_tokens;
  load.output_tokens = a.output_tokens;
  load.output_tokens_per_s = a.output_tokens_per_s;
  load.ttft_s = a.ttft_ms / kMsPerS;
  load.tpot_s = a.itl_ms / kMsPerS;
  const int line = run.line;
  if (!add_served_load(run, load, file)) file.skip(line, "the export holds no speed of output tokens");
}

/// Cells of the CSV: thousands have commas in GenAI-Perf's.
double csv_number(std::string_view cell) {
  std::string plain;
  for (const char c : cell) {
    if (c != ',') plain += c;
  }
  const Result<double> number = parse_number(plain);
  return number ? *number : 0;
}

/// Puts an average under the metric's printed name, which ends in its unit: "Time To First Token (ms)".
void set_average(std::string_view name, double value, PerfAverages& a) {
  std::string metric = lower(name.substr(0, name.find(" (")));
  struct NamedAverage {
    std::string_view name;
    double PerfAverages::* average;
  };
  constexpr NamedAverage kNames[] = {{"time to first token", &PerfAverages::ttft_ms},
                                     {"inter token latency", &PerfAverages::itl_ms},
                                     {"request latency", &PerfAverages::latency_ms},
                                     {"request throughput", &PerfAverages::requests_per_s},
                                     {"output token throughput", &PerfAverages::output_tokens_per_s},
                                     {"input sequence length", &PerfAverages::prompt_tokens},
                                     {"output sequence length", &PerfAverages::output_tokens},
                                     {"request count", &PerfAverages::requests},
                                     {"error request count", &PerfAverages::failed},
                                     {"cancelled request count", &PerfAverages::cancelled}};
  for (const NamedAverage& known : kNames) {
    if (metric == known.name) a.*known.average = value;
  }
}

}  // namespace

bool is_aiperf(const Json& record) {
  return number_at(record, "output_token_throughput.avg") || number_at(record, "request_throughput.avg");
}

void add_aiperf(const Json& record, int line, ForeignRuns& file) {
  const bool is_new = value_at(record, "aiperf_version") != nullptr || value_at(record, "schema_version") != nullptr ||
                      value_at(record, "input_config.loadgen") != nullptr;
  file.program = is_new ? "aiperf" : "genai-perf";
  file.version = text_at(record, "aiperf_version");
  const PerfAverages a = averages_of(record);
  const Json* config = value_at(record, "input_config");
  const Json nothing = Json::object();
  if (config == nullptr) config = &nothing;
  if (const std::optional<double> rate = deep_number(*config, "request_rate"); rate && *rate > 0) {
    file.skip(line, "an open load (" + significant(*rate, 4) +
                        " requests/s): what it served is what was asked for, not what the machine can do");
    return;
  }
  std::optional<int> streams = streams_by_littles_law(a);
  if (const std::optional<double> stated = deep_number(*config, "concurrency"); stated && *stated >= 1 && *stated < 1e6)
    streams = static_cast<int>(*stated);
  if (!streams) {
    file.skip(line, "the export says neither streams nor rate");
    return;
  }
  ForeignRun run;
  run.line = line;
  run.model = model_in(*config);
  run.as_published = run.model.find('/') != std::string::npos;
  run.date = text_at(record, "end_time").substr(0, 10);
  run.note = file.program + (file.version.empty() ? "" : " " + file.version);
  if (const Json* ended = value_at(record, "was_cancelled"); ended != nullptr && *ended == true) {
    run.has_faults = true;
    run.note += ", ended by hand";
  }
  Json metrics = Json::object();
  for (const char* key : {"benchmark_id", "start_time", "end_time", "request_latency", "output_token_throughput",
                          "time_to_first_token", "inter_token_latency"}) {
    if (const Json* value = value_at(record, key)) metrics[key] = *value;
  }
  run.identity = "aiperf\n" + metrics.dump(-1, ' ', true, Json::error_handler_t::replace);
  add_averages(a, *streams, std::move(run), file);
}

ForeignRuns read_aiperf_csv(std::string_view text) {
  ForeignRuns file;
  CsvReader reader(text);
  std::vector<std::string_view> cells;
  PerfAverages a;
  int line = 0;
  bool telemetry = false;
  std::string identity = "aiperf csv\n";
  file.program = text.find(",sum,") != std::string_view::npos || text.find(",std") != std::string_view::npos
                     ? "aiperf"
                     : "genai-perf";
  while (reader.next(cells)) {
    if (line == 0) line = reader.line();
    telemetry = telemetry || (!cells.empty() && cells.front() == "Endpoint");
    if (telemetry || cells.size() < 2 || cells.front() == "Metric") continue;
    set_average(trim(cells[0]), csv_number(trim(cells[1])), a);
    identity.append(cells[0]).append("=").append(cells[1]).append("\n");
  }
  const std::optional<int> streams = streams_by_littles_law(a);
  if (!streams) {
    file.skip(std::max(line, 1),
              "requests a second times latency is no whole number of streams: an open load, or no load at all");
    return file;
  }
  ForeignRun run;
  run.line = line;
  run.identity = identity;
  run.note = file.program + ", streams by Little's law";
  add_averages(a, *streams, std::move(run), file);
  return file;
}

}  // namespace rigwise
