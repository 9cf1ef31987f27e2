#include "tests/fakellm/fake_script.h"

#include <algorithm>
#include <array>

#include "codec/sha256.h"
#include "core/base/text.h"
#include "core/stats/random.h"

namespace rigwise {
namespace {

constexpr std::array<std::string_view, 30> kFaults = {"none",
                                                      "status",
                                                      "html_status",
                                                      "error_200",
                                                      "error_event",
                                                      "null_content",
                                                      "empty_content",
                                                      "no_choices",
                                                      "hang_before_headers",
                                                      "hang_after_headers",
                                                      "hang_in_stream",
                                                      "reset_before_headers",
                                                      "reset_in_stream",
                                                      "cut_stream",
                                                      "half_json",
                                                      "slow_drip",
                                                      "wrong_usage",
                                                      "no_usage",
                                                      "missing_done",
                                                      "data_after_done",
                                                      "two_finish_reasons",
                                                      "carriage_returns",
                                                      "burst",
                                                      "wrong_content_type",
                                                      "no_length",
                                                      "ignores_stream",
                                                      "closes_after",
                                                      "truncated",
                                                      "content_filter",
                                                      "refusal"};

void read_reply(ObjectReader& reader, FakeReply& reply) {
  constexpr double kLongest = 3.6e6;
  const auto take = [](auto& into, auto value) {
    if (value) into = *value;
  };
  take(reply.answer, reader.text("answer"));
  take(reply.reasoning, reader.text("reasoning"));
  take(reply.quota_reset, reader.text("quota_reset"));
  take(reply.status, reader.integer("status", 200, 599));
  take(reply.delay_ms, reader.number("delay_ms", 0, kLongest));
  take(reply.first_token_ms, reader.number("first_token_ms", 0, kLongest));
  take(reply.token_ms, reader.number("token_ms", 0, kLongest));
  take(reply.after_words, reader.integer("after_words", 0, 1'000'000));
  if (const auto wait = reader.number("retry_after_s", 0, 86400)) reply.retry_after_s = wait;
  if (const auto name = reader.text("fault")) {
    const auto fault = fault_of_name(*name);
    if (!fault) {
      std::vector<std::string> known(kFaults.begin(), kFaults.end());
      reader.refuse({ErrorCode::invalid_input, "no fault is called \"" + *name + "\"", reader.path_of("fault"),
                     "one of the names in fake_script.h", nearest_names(*name, known)});
    } else {
      reply.fault = *fault;
    }
  }
}

std::optional<Error> read_rule(const Json& json, const std::string& path, const FakeReply& otherwise, FakeRule& rule) {
  ObjectReader reader(json, path);
  rule.reply = otherwise;
  rule.model = reader.text("model").value_or("");
  rule.contains = reader.text("contains").value_or("");
  rule.prompt_sha256 = reader.text("prompt_sha256").value_or("");
  rule.attempts = reader.integer("attempts", 1, 1'000'000);
  rule.share = reader.number("share", 0, 1).value_or(1);
  read_reply(reader, rule.reply);
  return reader.done();
}

bool fits(const FakeScript& script, const FakeRule& rule, std::size_t index, const std::string& model,
          const Json& messages, const std::string& hash, int attempt) {
  if (!rule.model.empty() && rule.model != model) return false;
  if (!rule.prompt_sha256.empty() && rule.prompt_sha256 != hash) return false;
  if (rule.attempts && attempt > *rule.attempts) return false;
  if (!rule.contains.empty() && std::none_of(messages.begin(), messages.end(), [&](const Json& message) {
        return message_text(message).find(rule.contains) != std::string::npos;
      })) {
    return false;
  }
  if (rule.share >= 1) return true;
  const std::string key = sha256_hex(model + "\n" + hash);
  const std::uint64_t stream = std::stoull(key.substr(0, 15), nullptr, 16);
  return Random(script.seed + index, stream, static_cast<std::uint64_t>(attempt)).uniform() < rule.share;
}

}  // namespace

std::string_view fault_name(FakeFault fault) { return kFaults[static_cast<std::size_t>(fault)]; }

std::optional<FakeFault> fault_of_name(std::string_view name) {
  const auto at = std::find(kFaults.begin(), kFaults.end(), name);
  if (at == kFaults.end()) return std::nullopt;
  return static_cast<FakeFault>(at - kFaults.begin());
}

Result<FakeScript> parse_fake_script(std::string_view text) {
  const Result<Json> json = parse_json(text);
  if (!json) return fail(json.error());
  FakeScript script;
  ObjectReader reader(*json, "script");
  if (const auto seed = reader.integer("seed", 0, 2'000'000'000)) script.seed = static_cast<std::uint64_t>(*seed);
  script.api_key = reader.text("api_key").value_or("");
  script.models = reader.texts("models").value_or(script.models);
  script.prompt_nano = reader.integer("prompt_nano", 0, 1'000'000'000).value_or(100);
  script.completion_nano = reader.integer("completion_nano", 0, 1'000'000'000).value_or(400);
  script.log_events = reader.boolean("log_events").value_or(false);
  read_reply(reader, script.otherwise);
  const Json* rules = reader.raw("rules");
  for (std::size_t i = 0; rules != nullptr && rules->is_array() && i < rules->size(); ++i) {
    FakeRule rule;
    const std::string path = "script.rules[" + std::to_string(i) + "]";
    if (auto fault = read_rule((*rules)[i], path, script.otherwise, rule)) return fail(std::move(*fault));
    script.rules.push_back(std::move(rule));
  }
  if (auto fault = reader.done()) return fail(std::move(*fault));
  return script;
}

std::string message_text(const Json& message) {
  if (!message.is_object() || !message.contains("content")) return {};
  const Json& content = message["content"];
  if (content.is_string()) return content.get<std::string>();
  std::string text;
  if (!content.is_array()) return text;
  for (const Json& part : content) {
    if (part.is_object() && part.contains("text") && part["text"].is_string()) text += part["text"].get<std::string>();
  }
  return text;
}

std::string prompt_hash(const Json& messages) {
  Sha256 hash;
  for (const Json& message : messages) {
    if (message.is_object() && message.contains("role") && message["role"].is_string()) {
      hash.add(message["role"].get<std::string>());
    }
    hash.add("\n");
    hash.add(message_text(message));
    hash.add("\n");
  }
  return hash.hex();
}

FakeReply reply_for(const FakeScript& script, const std::string& model, const Json& messages, const std::string& hash,
                    int attempt) {
  FakeReply reply = script.otherwise;
  for (std::size_t i = 0; i < script.rules.size(); ++i) {
    if (!fits(script, script.rules[i], i, model, messages, hash, attempt)) continue;
    reply = script.rules[i].reply;
    break;
  }
  if (reply.answer == "{echo}") reply.answer = messages.empty() ? "" : message_text(messages.back());
  if (reply.answer == "{hash}") reply.answer = "Answer " + hash.substr(0, 8) + " of " + model + ".";
  return reply;
}

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = text.find_first_not_of(" \n", begin);
    end = end == std::string::npos ? text.size() : text.find_first_of(" \n", end);
    if (end == std::string::npos) end = text.size();
    words.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  return words;
}

}  // namespace rigwise
