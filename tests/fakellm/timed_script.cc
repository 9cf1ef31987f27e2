#include "tests/fakellm/timed_script.h"

#include <algorithm>
#include <array>

#include "core/base/text.h"
#include "tests/fakellm/fake_script.h"

namespace rigwise {
namespace {

constexpr std::array<std::string_view, 14> kWires = {"plain",     "one_byte", "burst",    "large_event", "gzip",
                                                     "brotli",    "zstd",     "trailers", "slow_head",   "cut_in_char",
                                                     "no_length", "crlf",     "comments", "new_keys"};
constexpr std::array<std::string_view, 7> kUsages = {"last", "every", "none", "wrong", "zero", "falls", "null"};
constexpr std::array<std::string_view, 16> kWords = {" the",   " river", " turns",   " slowly", " past",  " old",
                                                     " mills", " and",   " fields",  ",",       " where", " light",
                                                     " stays", " until", " evening", "."};
constexpr int kTemplateTokens = 4;
constexpr std::size_t kWordsOfBlock = 16;

void append_number(std::string& into, std::int64_t value) { into += std::to_string(value); }

void append_usage(const TimedScript& script, const TimedQuestion& question, int completion, bool last,
                  std::string& into) {
  if (script.usage == "null") {
    into += "null";
    return;
  }
  if (script.usage == "wrong") completion *= 3;
  if (script.usage == "zero") completion = 0;
  if (script.usage == "falls" && last) completion /= 2;
  into += "{\"prompt_tokens\":";
  append_number(into, question.prompt_tokens);
  into += ",\"completion_tokens\":";
  append_number(into, completion);
  into += ",\"total_tokens\":";
  append_number(into, question.prompt_tokens + completion);
  if (script.prefix_cache) {
    into += ",\"prompt_tokens_details\":{\"cached_tokens\":";
    append_number(into, question.cached_tokens);
    into += "}";
  }
  into += "}";
}

void append_words(const TimedQuestion& question, const TimedEvent& event, std::string& into) {
  for (int i = 0; i < event.tokens; ++i) {
    into += kWords[static_cast<std::size_t>(event.first_token + i + question.prompt_tokens) % kWords.size()];
  }
}

void append_delta(const TimedScript& script, const TimedQuestion& question, const TimedEvent& event,
                  std::string& into) {
  if (event.kind == TimedEvent::Kind::role) {
    into += R"({"role":"assistant","content":""})";
    return;
  }
  if (event.kind == TimedEvent::Kind::finish) {
    into += "{}";
    return;
  }
  into += event.first_token < script.reasoning_tokens ? R"({"reasoning_content":")" : R"({"content":")";
  append_words(question, event, into);
  into += "\"}";
}

/// A line of Ollama's: a text, or the last with its counts.
void append_ollama_line(const TimedScript& script, const TimedQuestion& question, const TimedEvent& event,
                        double prefill_ms, double decode_ms, std::string& into) {
  into.append(R"({"model":")").append(question.model);
  into += event.first_token < script.reasoning_tokens && event.kind == TimedEvent::Kind::text
              ? R"(","created_at":"2026-11-22T00:00:00Z","message":{"role":"assistant","content":"","thinking":")"
              : R"(","created_at":"2026-11-22T00:00:00Z","message":{"role":"assistant","content":")";
  if (event.kind == TimedEvent::Kind::text) append_words(question, event, into);
  if (event.kind != TimedEvent::Kind::finish) {
    into += R"("},"done":false})";
    return;
  }
  into += R"("},"done":true,"done_reason":"length","prompt_eval_count":)";
  append_number(into, question.prompt_tokens);
  into += R"(,"prompt_eval_duration":)";
  append_number(into, static_cast<std::int64_t>(prefill_ms * 1e6));
  into += R"(,"eval_count":)";
  append_number(into, event.tokens_so_far);
  into += R"(,"eval_duration":)";
  append_number(into, static_cast<std::int64_t>(decode_ms * 1e6));
  into += '}';
}

void read_times(ObjectReader& reader, TimedScript& script) {
  const auto take = [](auto& into, auto value) {
    if (value) into = *value;
  };
  take(script.ttft_ms, reader.number("ttft_ms", 0, 3.6e6));
  take(script.token_ms, reader.number("token_ms", 0, 3.6e6));
  take(script.ttft_cv, reader.number("ttft_cv", 0, 10));
  take(script.token_cv, reader.number("token_cv", 0, 10));
  take(script.prefill_tokens_per_s, reader.number("prefill_tokens_per_s", 0, 1e9));
  take(script.stall_ms, reader.number("stall_ms", 0, 3.6e6));
  take(script.stall_before, reader.integer("stall_before", 0, 1'000'000));
  take(script.stall_share, reader.number("stall_share", 0, 1));
  take(script.stall_bursts, reader.boolean("stall_bursts"));
  take(script.load_ms, reader.number("load_ms", 0, 3.6e6));
  take(script.batching, reader.boolean("batching"));
  take(script.slots, reader.integer("slots", 0, 1'000'000));
  take(script.queue_most, reader.integer("queue_most", 0, 1'000'000));
  take(script.slowdown, reader.number("slowdown", 0, 1000));
}

void read_texts(ObjectReader& reader, TimedScript& script) {
  const auto take = [](auto& into, auto value) {
    if (value) into = *value;
  };
  take(script.output_tokens, reader.integer("output_tokens", 0, 1'000'000));
  take(script.tokens_per_event, reader.integer("tokens_per_event", 0, 1000));
  take(script.role_first, reader.boolean("role_first"));
  take(script.reasoning_tokens, reader.integer("reasoning_tokens", 0, 1'000'000));
  take(script.timings, reader.boolean("timings"));
  take(script.swallow_after, reader.integer("swallow_after", 0, 1'000'000));
  take(script.swallow, reader.integer("swallow", 0, 1'000'000));
  take(script.prefix_cache, reader.boolean("prefix_cache"));
  take(script.same_ids, reader.boolean("same_ids"));
  take(script.wire_share, reader.number("wire_share", 0, 1));
  script.models = reader.texts("models").value_or(script.models);
  script.usage = reader.text("usage").value_or(script.usage);
  if (std::find(kUsages.begin(), kUsages.end(), script.usage) == kUsages.end()) {
    reader.refuse({ErrorCode::invalid_input, "no usage \"" + script.usage + "\"", reader.path_of("usage"), "", {}});
  }
  const std::string wire = reader.text("wire").value_or("plain");
  if (const auto known = timed_wire_of_name(wire)) {
    script.wire = *known;
  } else {
    reader.refuse({ErrorCode::invalid_input, "no wire \"" + wire + "\"", reader.path_of("wire"), "", {}});
  }
}

void hash_prefixes(std::string_view text, TimedQuestion& question) {
  std::uint64_t hash = 0xcbf29ce484222325;
  std::size_t words = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    hash = (hash ^ static_cast<unsigned char>(text[i])) * 0x100000001b3;
    if (text[i] == ' ' && ++words % kWordsOfBlock == 0) question.prefixes.push_back(hash);
  }
}

}  // namespace

std::optional<TimedWire> timed_wire_of_name(std::string_view name) {
  const auto* const at = std::find(kWires.begin(), kWires.end(), name);
  if (at == kWires.end()) return std::nullopt;
  return static_cast<TimedWire>(at - kWires.begin());
}

Result<TimedScript> parse_timed_script(std::string_view text) {
  const Result<Json> json = parse_json(text);
  if (!json) return fail(json.error());
  TimedScript script;
  ObjectReader reader(*json, "script");
  if (const auto seed = reader.integer("seed", 0, 2'000'000'000)) script.seed = static_cast<std::uint64_t>(*seed);
  read_times(reader, script);
  read_texts(reader, script);
  if (auto fault = reader.done()) return fail(std::move(*fault));
  return script;
}

int timed_token_count(std::string_view text) {
  int words = 0;
  bool in_word = false;
  for (const char c : text) {
    const bool space = c == ' ' || c == '\n' || c == '\t';
    words += !space && !in_word;
    in_word = !space;
  }
  return words;
}

std::optional<TimedDialect> timed_dialect_of_path(std::string_view path) {
  if (path == "/v1/chat/completions") return TimedDialect::chat;
  if (path == "/v1/completions") return TimedDialect::completions;
  if (path == "/api/chat") return TimedDialect::ollama;
  return std::nullopt;
}

std::optional<TimedQuestion> read_timed_question(std::string_view body, TimedDialect dialect) {
  const Json json = Json::parse(body, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  const bool chat = dialect != TimedDialect::completions;
  TimedQuestion question;
  question.dialect = dialect;
  question.model = json.value("model", "");
  question.stream = json.value("stream", false);
  question.max_tokens =
      json.contains("max_completion_tokens") ? json.value("max_completion_tokens", 64) : json.value("max_tokens", 64);
  if (dialect == TimedDialect::ollama && json.contains("options") && json["options"].is_object()) {
    question.max_tokens = json["options"].value("num_predict", 64);
  }
  if (json.contains("stream_options") && json["stream_options"].is_object()) {
    question.include_usage = json["stream_options"].value("include_usage", false);
  }
  std::string text;
  if (chat && json.contains("messages") && json["messages"].is_array()) {
    for (const Json& message : json["messages"]) text += message_text(message) + " ";
  } else if (!chat && json.contains("prompt") && json["prompt"].is_string()) {
    text = json["prompt"].get<std::string>();
  } else {
    return std::nullopt;
  }
  question.prompt_tokens = timed_token_count(text) + (chat ? kTemplateTokens : 0);
  hash_prefixes(text, question);
  return question;
}

void append_timed_event(const TimedScript& script, const TimedQuestion& question, const TimedEvent& event,
                        double prefill_ms, double decode_ms, std::string& into) {
  if (question.dialect == TimedDialect::ollama) {
    return append_ollama_line(script, question, event, prefill_ms, decode_ms, into);
  }
  const bool chat = question.dialect == TimedDialect::chat;
  into += R"({"id":")";
  into += question.id;
  into += chat ? R"(","object":"chat.completion.chunk","created":1790000000,"model":")"
               : R"(","object":"text_completion","created":1790000000,"model":")";
  into += question.model;
  into += R"(","choices":[)";
  if (event.kind != TimedEvent::Kind::usage) {
    into += R"({"index":0,)";
    if (chat) {
      into += R"("delta":)";
      append_delta(script, question, event, into);
    } else {
      into += R"("text":")";
      for (int i = 0; event.kind == TimedEvent::Kind::text && i < event.tokens; ++i) into += " word";
      into += '"';
    }
    into += event.kind == TimedEvent::Kind::finish ? R"(,"logprobs":null,"finish_reason":"length"})"
                                                   : R"(,"logprobs":null,"finish_reason":null})";
  }
  into += ']';
  const bool last = event.kind == TimedEvent::Kind::usage;
  const bool running = script.usage == "every" || script.usage == "falls";
  if (script.usage != "none" && (last || (running && event.kind == TimedEvent::Kind::text))) {
    into += R"(,"usage":)";
    append_usage(script, question, event.tokens_so_far, last, into);
  }
  if (script.timings && event.kind == TimedEvent::Kind::finish) {
    into += R"(,"timings":{"cache_n":)" + std::to_string(question.cached_tokens) + R"(,"prompt_n":)" +
            std::to_string(question.prompt_tokens - question.cached_tokens) + R"(,"prompt_ms":)" +
            shortest(prefill_ms) + R"(,"predicted_n":)" + std::to_string(event.tokens_so_far) + R"(,"predicted_ms":)" +
            shortest(decode_ms) + "}";
  }
  into += '}';
}

}  // namespace rigwise
