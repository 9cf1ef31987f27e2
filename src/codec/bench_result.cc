#include "codec/bench_result.h"

#include "codec/energy_json.h"

namespace rigwise {
namespace {

Json known(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json summary_json(const MetricSummary& summary) {
  Json json = {{"samples", summary.samples},  {"mean", known(summary.mean)}, {"p50", known(summary.p50)},
               {"p90", known(summary.p90)},   {"p95", known(summary.p95)},   {"p99", known(summary.p99)},
               {"min", known(summary.least)}, {"max", known(summary.most)}};
  if (summary.p50_interval) json["p50_interval"] = {summary.p50_interval->low, summary.p50_interval->high};
  if (summary.p99_interval) json["p99_interval"] = {summary.p99_interval->low, summary.p99_interval->high};
  return json;
}

Json health_json(const BenchLevel& level) {
  const ClientSigns& signs = level.signs;
  const double per_event = signs.token_events > 0 ? signs.cpu_s / static_cast<double>(signs.token_events) : 0;
  return {{"grade", std::string(1, grade_letter(level.verdict.grade))},
          {"reasons", level.verdict.reasons},
          {"load_as_planned", level.verdict.load_as_planned},
          {"timing_error_p99_s", level.verdict.timing_error_p99_s},
          {"kernel_stamps", signs.kernel_stamps},
          {"stamped_share", signs.stamped_share},
          {"shared_stamp_share", signs.shared_stamp_share},
          {"first_blur_p99_s", signs.first_blur_p99_s},
          {"gap_blur_p99_s", signs.gap_blur_p99_s},
          {"send_call_p99_s", signs.send_call_p99_s},
          {"wake_delay_s",
           {{"p50", signs.wake_delay_p50_s}, {"p99", signs.wake_delay_p99_s}, {"max", signs.wake_delay_max_s}}},
          {"cpu_share_max", signs.cpu_share_max},
          {"cpu_s", signs.cpu_s},
          {"cpu_s_per_token_event", per_event},
          {"run_queue_wait_s", signs.run_queue_wait_s},
          {"involuntary_switches", signs.involuntary_switches},
          {"retransmits", signs.retransmits},
          {"stops", signs.stops},
          {"stopped_s", signs.stopped_s},
          {"clock_steps", signs.clock_steps},
          {"client_limits", signs.client_limits},
          {"token_events", signs.token_events}};
}

Json samples_json(const std::vector<RequestSample>& samples) {
  Json index = Json::array(), ttft = Json::array(), tpot = Json::array(), e2e = Json::array(), tokens = Json::array(),
       at = Json::array();
  for (const RequestSample& sample : samples) {
    index.push_back(sample.index);
    ttft.push_back(known(sample.ttft_s));
    tpot.push_back(known(sample.tpot_s));
    e2e.push_back(known(sample.e2e_s));
    tokens.push_back(known(sample.output_tokens));
    at.push_back(known(sample.at_s));
  }
  return {{"index", std::move(index)}, {"ttft_s", std::move(ttft)},          {"tpot_s", std::move(tpot)},
          {"e2e_s", std::move(e2e)},   {"output_tokens", std::move(tokens)}, {"at_s", std::move(at)}};
}

void add_times(const LevelMetrics& metrics, Json& json) {
  json["ttfr_s"] = summary_json(metrics.ttfr_s);
  json["ttft_s"] = summary_json(metrics.ttft_s);
  json["ttfv_s"] = summary_json(metrics.ttfv_s);
  json["ttft_planned_s"] = summary_json(metrics.ttft_planned_s);
  json["icl_s"] = summary_json(metrics.icl_s);
  json["itl_s"] = summary_json(metrics.itl_s);
  json["tpot_s"] = summary_json(metrics.tpot_s);
  json["tpot_compat_s"] = summary_json(metrics.tpot_compat_s);
  json["e2e_s"] = summary_json(metrics.e2e_s);
  json["e2e_planned_s"] = summary_json(metrics.e2e_planned_s);
  json["stall_max_s"] = summary_json(metrics.stall_max_s);
  json["stalls"] = metrics.stalls;
  json["client_lag_s"] = summary_json(metrics.send_lag_s);
}

void add_rates(const LevelMetrics& metrics, Json& json) {
  json["output_tokens_per_s"] = metrics.output_tokens_per_s;
  json["output_tokens_per_s_interval"] = nullptr;
  if (const auto& interval = metrics.output_tokens_per_s_interval) {
    json["output_tokens_per_s_interval"] = {interval->low, interval->high};
  }
  json["output_tokens_per_s_run"] = metrics.output_tokens_per_s_run;
  json["per_stream_tokens_per_s"] = summary_json(metrics.per_stream_tokens_per_s);
  json["prompt_tokens_per_s"] = metrics.prompt_tokens_per_s;
  json["requests_per_s"] = metrics.requests_per_s;
  json["offered_per_s"] = metrics.offered_per_s;
  json["delivered_per_s"] = metrics.delivered_per_s;
  json["streams_mean"] = metrics.streams_mean;
  json["streams_max"] = metrics.streams_max;
  json["goodput_per_s"] = known(metrics.goodput_per_s);
  json["goodput_share"] = known(metrics.goodput_share);
  json["server_prefill_tokens_per_s"] = known(metrics.server_prefill_tokens_per_s);
  json["server_decode_tokens_per_s"] = known(metrics.server_decode_tokens_per_s);
}

void add_tokens(const LevelMetrics& metrics, Json& json) {
  Json sources = Json::object();
  for (const auto& [source, count] : metrics.sources) sources[std::string(token_source_name(source))] = count;
  json["output_tokens"] = summary_json(metrics.output_length);
  json["prompt_tokens"] = summary_json(metrics.prompt_length);
  json["token_sources"] = std::move(sources);
  json["cached_share"] = known(metrics.cached_share);
  json["prompt_as_planned_share"] = known(metrics.prompt_as_planned_share);
  json["output_as_planned_share"] = known(metrics.output_as_planned_share);
}

}  // namespace

Json bench_level_json(const BenchLevel& level) {
  const LevelMetrics& metrics = level.metrics;
  Json errors = Json::object(), oddities = Json::object();
  for (const auto& [fault, count] : metrics.faults) errors[std::string(request_fault_name(fault))] = count;
  for (const auto& [oddity, count] : metrics.oddities) oddities[std::string(request_oddity_name(oddity))] = count;
  Json json = Json::object();
  if (level.rate_per_s > 0) {
    json["rate"] = level.rate_per_s;
  } else {
    json["concurrency"] = level.streams;
  }
  json["requests"] = metrics.requests;
  json["ok"] = metrics.ok;
  json["errors"] = std::move(errors);
  json["oddities"] = std::move(oddities);
  json["duration_s"] = metrics.window_s;
  json["interrupted"] = level.interrupted;
  json["interrupted_requests"] = metrics.interrupted;
  json["steady"] = metrics.steady.steady;
  json["not_steady_because"] = metrics.steady.reasons;
  json["keeps_slo"] = level.keeps_objectives ? Json(*level.keeps_objectives) : Json(nullptr);
  json["degradation"] = known(level.degradation);
  json["scaling"] = known(level.scaling);
  add_times(metrics, json);
  add_rates(metrics, json);
  add_tokens(metrics, json);
  json["connect_s_p50"] = known(level.connect_p50_s);
  if (level.energy) json["energy"] = window_energy_json(*level.energy);
  json["client_health"] = health_json(level);
  json["notes"] = level.notes;
  json["samples"] = samples_json(level.samples);
  return json;
}

Json request_trace_json(std::size_t level, const RequestTrace& trace) {
  const auto at = [](const std::optional<std::int64_t>& ns) { return ns ? Json(*ns) : Json(nullptr); };
  Json times = Json::array(), tokens = Json::array(), channels = Json::array(), shared = Json::array();
  for (const TokenEvent& event : trace.tokens) {
    times.push_back(event.at_ns);
    tokens.push_back(event.tokens);
    channels.push_back(static_cast<int>(event.channel));
    if (event.shared_stamp) shared.push_back(times.size() - 1);
  }
  Json oddities = Json::array();
  for (std::uint32_t bit = 1; bit <= kUsageNotWhole; bit <<= 1) {
    if ((trace.oddities & bit) != 0) oddities.push_back(request_oddity_name(bit));
  }
  return {{"level", level},
          {"index", trace.index},
          {"stream", trace.stream},
          {"error", trace.is_ok() ? Json(nullptr) : Json(request_fault_name(trace.fault))},
          {"oddities", std::move(oddities)},
          {"status", trace.status},
          {"planned_ns", trace.planned_ns},
          {"sent_ns", at(trace.sent_ns)},
          {"sent_all_ns", at(trace.sent_all_ns)},
          {"head_ns", at(trace.head_ns)},
          {"first_event_ns", at(trace.first_event_ns)},
          {"finish_ns", at(trace.finish_ns)},
          {"end_ns", at(trace.end_ns)},
          {"prompt_tokens", at(trace.prompt_tokens)},
          {"cached_tokens", at(trace.cached_tokens)},
          {"output_tokens", at(trace.output_tokens)},
          {"token_source", token_source_name(trace.source)},
          {"at_ns", std::move(times)},
          {"tokens", std::move(tokens)},
          {"channel", std::move(channels)},
          {"shared_stamp", std::move(shared)}};
}

namespace {

std::optional<double> number_at(const Json& list, std::size_t at) {
  if (!list.is_array() || at >= list.size() || !list[at].is_number()) return std::nullopt;
  return list[at].get<double>();
}

double number_of(const Json& object, const char* key) {
  return object.contains(key) && object[key].is_number() ? object[key].get<double>() : 0;
}

Result<SavedLevel> saved_level(const Json& json, const std::string& where) {
  SavedLevel level;
  if (!json.is_object() || !json.contains("samples") || !json["samples"].is_object() ||
      !json["samples"].contains("index") || !json["samples"]["index"].is_array()) {
    return invalid("a level without samples", where, "a file that `rigwise bench --out` wrote");
  }
  level.streams = number_of(json, "concurrency");
  level.rate_per_s = number_of(json, "rate");
  if (json.contains("client_health") && json["client_health"].is_object()) {
    level.grade = json["client_health"].value("grade", "");
  }
  const Json& samples = json["samples"];
  const Json none = Json::array();
  const auto list = [&](const char* key) -> const Json& { return samples.contains(key) ? samples[key] : none; };
  const Json &index = list("index"), &ttft = list("ttft_s"), &tpot = list("tpot_s"), &e2e = list("e2e_s"),
             &tokens = list("output_tokens");
  level.samples.reserve(index.size());
  for (std::size_t i = 0; i < index.size(); ++i) {
    if (!index[i].is_number_unsigned()) return invalid("an index that is no number", where + ".samples.index", "");
    RequestSample sample;
    sample.index = index[i].get<std::uint32_t>();
    sample.ttft_s = number_at(ttft, i);
    sample.tpot_s = number_at(tpot, i);
    sample.e2e_s = number_at(e2e, i);
    sample.output_tokens = number_at(tokens, i);
    level.samples.push_back(sample);
  }
  return level;
}

}  // namespace

Result<SavedBench> saved_bench_of(const Json& json, const std::string& name) {
  if (!json.is_object() || !json.contains("schema") || json["schema"] != "rigwise.bench/1" ||
      !json.contains("levels") || !json["levels"].is_array()) {
    return invalid("this is no result of rigwise bench", name, "a file that `rigwise bench --out` wrote");
  }
  SavedBench bench;
  if (json.contains("target") && json["target"].is_object()) {
    const Json& target = json["target"];
    if (target.contains("url") && target["url"].is_string()) bench.target = target["url"].get<std::string>();
    if (target.contains("model") && target["model"].is_string()) bench.model = target["model"].get<std::string>();
  }
  if (json.contains("load") && json["load"].is_object() && json["load"].contains("seed") &&
      json["load"]["seed"].is_number_integer()) {
    bench.seed = json["load"]["seed"].get<std::int64_t>();
  }
  const Json& levels = json["levels"];
  for (std::size_t i = 0; i < levels.size(); ++i) {
    Result<SavedLevel> level = saved_level(levels[i], name + " levels[" + std::to_string(i) + "]");
    if (!level) return fail(level.error());
    bench.levels.push_back(std::move(*level));
  }
  return bench;
}

}  // namespace rigwise
