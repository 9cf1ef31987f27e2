#include "codec/stream_trace.h"

#include <algorithm>
#include <utility>

#include "core/measure/request_metrics.h"

namespace rigwise {
namespace {

const Json* find(const Json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

bool has_text(const Json& object, const char* key) {
  const Json* value = find(object, key);
  if (value == nullptr) return false;
  if (value->is_string()) return !value->get_ref<const std::string&>().empty();
  if (!value->is_array()) return false;
  return std::any_of(value->begin(), value->end(), [](const Json& part) {
    const Json* text = find(part, "text");
    return text != nullptr && text->is_string() && !text->get_ref<const std::string&>().empty();
  });
}

/// A count of tokens: a whole number that is not negative.
std::optional<std::int64_t> count_of(const Json& object, const char* key, bool& broken) {
  const Json* value = find(object, key);
  if (value == nullptr) return std::nullopt;
  if (value->is_number_integer() && value->get<std::int64_t>() >= 0) return value->get<std::int64_t>();
  broken = true;
  return std::nullopt;
}

std::optional<double> seconds_of(const Json& object, const char* key, double unit_s) {
  const Json* value = find(object, key);
  if (value == nullptr || !value->is_number() || value->get<double>() < 0) return std::nullopt;
  return value->get<double>() * unit_s;
}

/// The one text of a delta by channel, if it has just one.
struct DeltaText {
  TokenChannel channel = TokenChannel::content;
  const char* key = nullptr;
};
std::optional<DeltaText> text_of_delta(const Json& delta) {
  if (has_text(delta, "content")) return DeltaText{TokenChannel::content, "content"};
  if (has_text(delta, "reasoning_content")) return DeltaText{TokenChannel::reasoning, "reasoning_content"};
  if (has_text(delta, "reasoning")) return DeltaText{TokenChannel::reasoning, "reasoning"};
  if (has_text(delta, "refusal")) return DeltaText{TokenChannel::refusal, "refusal"};
  const Json* calls = find(delta, "tool_calls");
  if (calls != nullptr && calls->is_array() && !calls->empty()) return DeltaText{TokenChannel::tool, nullptr};
  if (find(delta, "function_call") != nullptr) return DeltaText{TokenChannel::tool, nullptr};
  return std::nullopt;
}

}  // namespace

bool StreamTraceReader::is_familiar(std::string_view data) const {
  if (!familiar_ || data.size() <= familiar_->head.size() + familiar_->tail.size()) return false;
  if (!data.starts_with(familiar_->head) || !data.ends_with(familiar_->tail)) return false;
  const std::string_view text =
      data.substr(familiar_->head.size(), data.size() - familiar_->head.size() - familiar_->tail.size());
  return text.find_first_of("\"\\") == std::string_view::npos;
}

void StreamTraceReader::learn(std::string_view data, std::string_view key, TokenChannel channel) {
  std::string mark = "\"";
  mark.append(key).append("\":");
  const std::size_t at = data.find(mark);
  if (at == std::string_view::npos || data.find(mark, at + 1) != std::string_view::npos) return;
  std::size_t begin = at + mark.size();
  while (begin < data.size() && data[begin] == ' ') ++begin;
  if (begin >= data.size() || data[begin] != '"') return;
  ++begin;
  const std::size_t end = data.find('"', begin);
  if (end == std::string_view::npos || data.substr(begin, end - begin).find('\\') != std::string_view::npos) return;
  familiar_ = Familiar{std::string(data.substr(0, begin)), std::string(data.substr(end)), channel};
}

void StreamTraceReader::add_event(std::string_view data, std::int64_t at_ns, bool named_error) {
  begin_event(at_ns);
  if (done_) {
    trace_.oddities |= kDataAfterDone;
    return;
  }
  if (named_error) return fail_with(RequestFault::error_in_stream);
  if (is_familiar(data)) {
    if (finished_) trace_.oddities |= kDataAfterDone;
    return add_tokens(at_ns, familiar_->channel, 1);
  }
  while (data.starts_with(' ')) data.remove_prefix(1);
  if (data.starts_with("[DONE]")) {
    done_ = true;
    return;
  }
  const Json object = Json::parse(data, nullptr, false);
  if (!object.is_object()) return fail_with(RequestFault::malformed_event);
  take_object(object, data, at_ns);
}

/// Of the events of one read only the last has its stamp for its own; those before it came between it and the read
/// before.
void StreamTraceReader::begin_event(std::int64_t at_ns) {
  if (!trace_.first_event_ns) trace_.first_event_ns = at_ns;
  if (at_ns != read_at_ns_) {
    read_before_ns_ = read_at_ns_;
    read_at_ns_ = at_ns;
    read_first_token_ = trace_.tokens.size();
  } else if (trace_.tokens.size() > read_first_token_) {
    trace_.tokens.back().earliest_ns = std::min(trace_.tokens.back().earliest_ns, read_before_ns_);
  }
}

void StreamTraceReader::came_after(std::int64_t ns) {
  for (std::size_t i = read_first_token_; i < trace_.tokens.size(); ++i) {
    TokenEvent& event = trace_.tokens[i];
    event.earliest_ns = std::min(event.at_ns, std::max(event.earliest_ns, ns));
  }
}

void StreamTraceReader::add_body(std::string_view body, std::int64_t at_ns) {
  if (!trace_.first_event_ns) trace_.first_event_ns = at_ns;
  const Json object = Json::parse(body, nullptr, false);
  if (!object.is_object()) return fail_with(RequestFault::malformed_event);
  trace_.oddities |= kNotStreamed;
  take_object(object, body, at_ns);
  done_ = true;
}

void StreamTraceReader::take_object(const Json& object, std::string_view data, std::int64_t at_ns) {
  if (find(object, "error") != nullptr) return fail_with(RequestFault::error_in_stream);
  const Json* choices = find(object, "choices");
  if (choices == nullptr && (find(object, "message") != nullptr || find(object, "response") != nullptr)) {
    return take_ollama(object, at_ns);
  }
  const bool with_choices = choices != nullptr && choices->is_array() && !choices->empty();
  double counted = 0;
  if (const Json* usage = find(object, "usage")) counted = take_usage(*usage, with_choices);
  if (const Json* timings = find(object, "timings")) take_timings(*timings);
  if (with_choices) {
    take_choice((*choices)[0], data, at_ns, counted);
  } else if (choices == nullptr && find(object, "usage") == nullptr && find(object, "prompt_progress") == nullptr) {
    fail_with(RequestFault::malformed_event);
  }
}

void StreamTraceReader::take_choice(const Json& choice, std::string_view data, std::int64_t at_ns, double counted) {
  const Json* delta = find(choice, "delta");
  if (delta == nullptr) delta = find(choice, "message");
  std::optional<DeltaText> text;
  if (delta != nullptr) text = text_of_delta(*delta);
  if (!text && has_text(choice, "text")) text = DeltaText{TokenChannel::content, "text"};
  const Json* ids = find(choice, "token_ids");
  const bool has_ids = ids != nullptr && ids->is_array() && !ids->empty();
  const Json* reason = find(choice, "finish_reason");
  if (text || counted > 0 || has_ids) {
    double tokens = 1;
    if (has_ids) {
      tokens = static_cast<double>(ids->size());
      ids_ = ids_.value_or(0) + static_cast<std::int64_t>(ids->size());
    }
    if (counted > 0) tokens = counted;
    events_with_count_ += has_ids || counted > 0;
    const TokenChannel before = trace_.tokens.empty() ? TokenChannel::content : trace_.tokens.back().channel;
    add_tokens(at_ns, text ? text->channel : before, tokens);
    // Only what has nothing but its text may stand for others.
    if (text && text->key != nullptr && reason == nullptr && !has_ids && !running_) {
      learn(data, text->key, text->channel);
    }
  }
  if (reason != nullptr) take_finish(at_ns);
}

void StreamTraceReader::take_ollama(const Json& object, std::int64_t at_ns) {
  if (const Json* message = find(object, "message")) {
    if (has_text(*message, "content")) {
      add_tokens(at_ns, TokenChannel::content, 1);
    } else if (has_text(*message, "thinking")) {
      add_tokens(at_ns, TokenChannel::reasoning, 1);
    } else if (find(*message, "tool_calls") != nullptr) {
      add_tokens(at_ns, TokenChannel::tool, 1);
    }
  } else if (has_text(object, "response")) {
    add_tokens(at_ns, TokenChannel::content, 1);
  }
  const Json* done = find(object, "done");
  if (done == nullptr || !done->is_boolean() || !done->get<bool>()) return;
  bool broken = false;
  timings_ = count_of(object, "eval_count", broken);
  if (const auto prompt = count_of(object, "prompt_eval_count", broken)) trace_.prompt_tokens = prompt;
  if (broken) trace_.oddities |= kUsageNotWhole;
  trace_.server_prefill_s = seconds_of(object, "prompt_eval_duration", 1e-9);
  trace_.server_decode_s = seconds_of(object, "eval_duration", 1e-9);
  trace_.server_decode_tokens = timings_;
  take_finish(at_ns);
  done_ = true;
}

void StreamTraceReader::take_timings(const Json& timings) {
  bool broken = false;
  const auto cached = count_of(timings, "cache_n", broken), fresh = count_of(timings, "prompt_n", broken);
  timings_ = count_of(timings, "predicted_n", broken);
  if (cached) trace_.cached_tokens = cached;
  if (cached && fresh && !trace_.prompt_tokens) trace_.prompt_tokens = *cached + *fresh;
  trace_.server_prefill_s = seconds_of(timings, "prompt_ms", 1e-3);
  trace_.server_decode_s = seconds_of(timings, "predicted_ms", 1e-3);
  // llama-server starts this clock when the first token is there (tools/server, t_start_generation).
  if (timings_ && *timings_ > 0) trace_.server_decode_tokens = *timings_ - 1;
}

double StreamTraceReader::take_usage(const Json& usage, bool with_choices) {
  bool broken = false;
  const auto completion = count_of(usage, "completion_tokens", broken);
  if (const auto prompt = count_of(usage, "prompt_tokens", broken)) trace_.prompt_tokens = prompt;
  if (const Json* details = find(usage, "prompt_tokens_details")) {
    if (const auto cached = count_of(*details, "cached_tokens", broken)) trace_.cached_tokens = cached;
  }
  if (broken) trace_.oddities |= kUsageNotWhole;
  if (!completion) return 0;
  const std::int64_t before = usage_.value_or(0);
  usage_ = completion;
  if (*completion < before) trace_.oddities |= kUsageFalls;
  if (!with_choices || finished_) return 0;  // the final count brings no tokens of its own
  running_ = completion;
  return static_cast<double>(std::max<std::int64_t>(0, *completion - before));
}

void StreamTraceReader::add_tokens(std::int64_t at_ns, TokenChannel channel, double tokens) {
  TokenEvent event;
  event.at_ns = event.earliest_ns = at_ns;
  event.channel = channel;
  event.tokens = tokens;
  trace_.tokens.push_back(event);
}

void StreamTraceReader::take_finish(std::int64_t at_ns) {
  if (finished_) trace_.oddities |= kTwoFinishReasons;
  finished_ = true;
  if (!trace_.finish_ns) trace_.finish_ns = at_ns;
}

void StreamTraceReader::fail_with(RequestFault fault) {
  if (answer_fault_) return;
  answer_fault_ = true;
  trace_.fault = fault;
}

void StreamTraceReader::mark_shared_stamps() {
  for (std::size_t i = 0; i + 1 < trace_.tokens.size(); ++i) {
    trace_.tokens[i].shared_stamp = trace_.tokens[i + 1].at_ns == trace_.tokens[i].at_ns;
  }
}

RequestTrace StreamTraceReader::finish() {
  mark_shared_stamps();
  const bool transport_lost =
      trace_.fault == RequestFault::cut || trace_.fault == RequestFault::reset || trace_.fault == RequestFault::stalled;
  if (!answer_fault_ && transport_lost && (done_ || finished_)) trace_.fault = RequestFault::none;
  if (trace_.fault == RequestFault::none) {
    if (!done_ && !finished_) {
      trace_.fault = RequestFault::unfinished;
    } else if (!done_) {
      trace_.oddities |= kMissingDone;
    }
  }
  const std::size_t events = trace_.tokens.size();
  if (usage_ && (trace_.oddities & kUsageFalls) == 0) {
    trace_.output_tokens = usage_;
    trace_.source = TokenSource::final_usage;
  } else if (timings_) {
    trace_.output_tokens = timings_;
    trace_.source = TokenSource::server_timings;
  } else if (ids_) {
    trace_.output_tokens = ids_;
    trace_.source = TokenSource::token_ids;
  } else if (events > 0) {
    trace_.output_tokens = static_cast<std::int64_t>(events);
    trace_.source = TokenSource::events;
  }
  trace_.events_counted = events > 0 && (events_with_count_ == events || trace_.source == TokenSource::events) &&
                          (trace_.oddities & kUsageFalls) == 0;
  if (!usage_ && !timings_) trace_.oddities |= kUsageMissing;
  const std::int64_t output = trace_.output_tokens.value_or(0);
  if (output < static_cast<std::int64_t>(events)) trace_.oddities |= kUsageBelowEvents;
  if (trace_.output_planned > 0 && output < trace_.output_planned) trace_.oddities |= kShortAnswer;
  if (trace_.prompt_planned > 0 && trace_.prompt_tokens && *trace_.prompt_tokens != trace_.prompt_planned) {
    trace_.oddities |= kPromptNotAsPlanned;
  }
  if (trace_.fault == RequestFault::none && events == 0 && output == 0) trace_.fault = RequestFault::no_tokens;
  share_out_tokens(trace_);
  return std::move(trace_);
}

}  // namespace rigwise
