#include "codec/usage_fields.h"
#include "codec/usage_formats.h"

namespace rigwise {
namespace {

/// One line of a bucket, as OpenAI (input with the cache) or Anthropic (without) writes it.
void take_sum(const Json& sum, const LogTime& start, std::int64_t width_s, std::uint64_t line, UsageSink& sink) {
  UsedRequest request;
  CountFields counts(sum);
  request.time_s = start.time_s;
  request.is_local_time = start.is_local;
  request.width_s = width_s;
  request.model = text_in(sum, "model");
  request.output_tokens = counts.at("output_tokens");
  if (const auto fresh = counts.at("uncached_input_tokens")) {
    request.cached_tokens = counts.at("cache_read_input_tokens");
    if (const Json* writes = object_in(sum, "cache_creation")) {
      CountFields written(*writes);
      request.cache_write_tokens =
          sum_of(written.at("ephemeral_5m_input_tokens"), written.at("ephemeral_1h_input_tokens"));
    }
    request.input_tokens = sum_of(sum_of(fresh, request.cached_tokens), request.cache_write_tokens);
  } else {
    request.input_tokens = counts.at("input_tokens");
    request.cached_tokens = counts.at("input_cached_tokens");
  }
  request.requests = counts.at("num_model_requests").value_or(0);
  if (!counts.fault().empty()) {
    sink.take_fault(line, "\"" + counts.fault() + "\" of a bucket is no count");
    return;
  }
  if (!request.input_tokens && !request.output_tokens) return;  // of costs, images or speech
  request.key = "bucket|" + std::to_string(start.time_s) + "|" + std::to_string(width_s) + "|" + request.model;
  for (const char* key :
       {"project_id", "user_id", "api_key_id", "batch", "service_tier", "workspace_id", "context_window"}) {
    const Json* value = member_of(sum, key);
    request.key +=
        "|" + (value == nullptr ? std::string() : value->dump(-1, ' ', false, Json::error_handler_t::replace));
  }
  sink.take_request(request);
}

bool read_bucket(const Json& bucket, std::uint64_t line, UsageSink& sink) {
  const Json* results = member_of(bucket, "results");
  if (results == nullptr || !results->is_array()) return false;
  const auto start = moment_in(bucket, {"start_time", "starting_at"});
  const auto end = moment_in(bucket, {"end_time", "ending_at"});
  if (!start || !end || end->time_s < start->time_s) {
    if (!results->empty()) sink.take_fault(line, "a bucket does not say from when to when it is");
    return true;
  }
  for (const Json& sum : *results) take_sum(sum, *start, end->time_s - start->time_s, line, sink);
  return true;
}

}  // namespace

UsageFormat read_usage_buckets(const Json& record, std::uint64_t line, UsageSink& sink) {
  if (read_bucket(record, line, sink)) return UsageFormat::usage_buckets;
  const Json* data = member_of(record, "data");
  if (data == nullptr || !data->is_array()) return UsageFormat::unknown;
  bool took = false;
  for (const Json& bucket : *data) took = read_bucket(bucket, line, sink) || took;
  return took || (data->empty() && text_in(record, "object") == "page") ? UsageFormat::usage_buckets
                                                                        : UsageFormat::unknown;
}

}  // namespace rigwise
