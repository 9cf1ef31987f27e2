#include "tests/fakellm/fake_body.h"

#include <algorithm>

namespace rigwise {
namespace {

std::string_view finish_word(FakeFault fault) {
  if (fault == FakeFault::null_content || fault == FakeFault::truncated) return "length";
  return fault == FakeFault::content_filter ? "content_filter" : "stop";
}

/// Writes the bodies of one answer.
class BodyWriter {
 public:
  BodyWriter(const FakeScript& script, const FakeQuestion& question, const FakeReply& reply)
      : question_(question), reply_(reply) {
    const bool has_text = reply.fault != FakeFault::null_content && reply.fault != FakeFault::empty_content;
    words_ = has_text ? words_of(reply.answer) : std::vector<std::string>();
    thoughts_ = words_of(reply.reasoning);
    body_.completion_tokens = static_cast<int>(words_.size() + thoughts_.size());
    body_.words = words_.size() + thoughts_.size();
    body_.cost_nano = question.prompt_tokens * script.prompt_nano + body_.completion_tokens * script.completion_nano;
  }

  FakeBody write() {
    const bool streams = question_.stream && reply_.fault != FakeFault::ignores_stream;
    if (question_.dialect == ChatDialect::ollama) {
      body_.content_type = streams ? "application/x-ndjson" : "application/json; charset=utf-8";
      streams ? ollama_stream() : ollama_object();
    } else {
      body_.content_type = streams ? "text/event-stream" : "application/json";
      streams ? event_stream() : object();
    }
    if (reply_.fault == FakeFault::wrong_content_type) body_.content_type = "text/plain";
    return std::move(body_);
  }

 private:
  bool has_usage() const { return reply_.fault != FakeFault::no_usage; }

  Json usage() const {
    if (reply_.fault == FakeFault::wrong_usage) {
      return {{"prompt_tokens", -5}, {"completion_tokens", 2.5}, {"total_tokens", "many"}, {"cost", -1}};
    }
    Json usage = {{"prompt_tokens", question_.prompt_tokens},
                  {"completion_tokens", body_.completion_tokens},
                  {"total_tokens", question_.prompt_tokens + body_.completion_tokens},
                  {"completion_tokens_details", {{"reasoning_tokens", thoughts_.size()}}}};
    if (question_.dialect == ChatDialect::openrouter) usage["cost"] = static_cast<double>(body_.cost_nano) * 1e-9;
    return usage;
  }

  Json head(std::string_view object) const {
    Json json = {{"id", question_.id}, {"object", object}, {"created", 1795305600}, {"model", question_.model}};
    if (question_.dialect == ChatDialect::openrouter) json["provider"] = "Fake";
    return json;
  }

  void object() {
    Json json = head("chat.completion");
    Json message = {{"role", "assistant"}, {"content", nullptr}};
    if (reply_.fault == FakeFault::refusal) {
      message["refusal"] = "I cannot help with that.";
    } else if (reply_.fault != FakeFault::null_content) {
      message["content"] = reply_.fault == FakeFault::empty_content ? "" : reply_.answer;
    }
    if (!reply_.reasoning.empty()) message["reasoning_content"] = reply_.reasoning;
    if (reply_.fault != FakeFault::no_choices) {
      json["choices"] =
          Json::array({{{"index", 0}, {"message", std::move(message)}, {"finish_reason", finish_word(reply_.fault)}}});
    }
    if (has_usage()) json["usage"] = usage();
    body_.pieces.push_back(json.dump());
  }

  void event(const Json& json) { add_event("data: " + json.dump()); }
  void add_event(const std::string& lines) {
    const char* end =
        reply_.fault == FakeFault::carriage_returns ? (body_.pieces.size() % 2 == 0 ? "\r\n\r\n" : "\r\r") : "\n\n";
    body_.pieces.push_back(lines + end);
  }
  Json choice(Json delta, const Json& finish = nullptr) const {
    Json json = head("chat.completion.chunk");
    json["choices"] = Json::array({{{"index", 0}, {"delta", std::move(delta)}, {"finish_reason", finish}}});
    return json;
  }

  void event_stream() {
    if (question_.dialect == ChatDialect::openrouter) add_event(": OPENROUTER PROCESSING");
    if (reply_.fault == FakeFault::no_choices) {
      event(head("chat.completion.chunk"));
      return add_event("data: [DONE]");
    }
    event(choice({{"role", "assistant"}, {"content", ""}}));
    body_.first_word = body_.pieces.size();
    for (const std::string& thought : thoughts_) event(choice({{"reasoning_content", thought}}));
    if (reply_.fault == FakeFault::refusal) {
      event(choice({{"refusal", "I cannot help with that."}}));
    } else {
      for (const std::string& word : words_) event(choice({{"content", word}}));
    }
    event(choice(Json::object(), finish_word(reply_.fault)));
    if (reply_.fault == FakeFault::two_finish_reasons) event(choice(Json::object(), "length"));
    if (has_usage()) {
      Json json = head("chat.completion.chunk");
      json["choices"] = Json::array();
      json["usage"] = usage();
      event(json);
    }
    if (reply_.fault != FakeFault::missing_done) add_event("data: [DONE]");
    if (reply_.fault == FakeFault::data_after_done) event(choice({{"content", " and more"}}));
  }

  Json ollama_head() const { return {{"model", question_.model}, {"created_at", "2026-11-22T00:00:00Z"}}; }
  void ollama_counts(Json& json) const {
    json["done"] = true;
    json["done_reason"] = finish_word(reply_.fault);
    if (!has_usage()) return;
    json["total_duration"] = 90'000'000;
    json["load_duration"] = 10'000'000;
    json["prompt_eval_count"] = reply_.fault == FakeFault::wrong_usage ? -5 : question_.prompt_tokens;
    json["prompt_eval_duration"] = 30'000'000;
    json["eval_count"] = body_.completion_tokens;
    json["eval_duration"] = 50'000'000;
  }
  void ollama_object() {
    Json json = ollama_head();
    json["message"] = {{"role", "assistant"}, {"content", words_.empty() ? "" : reply_.answer}};
    if (!reply_.reasoning.empty()) json["message"]["thinking"] = reply_.reasoning;
    ollama_counts(json);
    body_.pieces.push_back(json.dump());
  }
  void ollama_stream() {
    const auto line = [this](Json json) { body_.pieces.push_back(json.dump() + "\n"); };
    for (const auto& [words, key] : {std::pair(&thoughts_, "thinking"), std::pair(&words_, "content")}) {
      for (const std::string& word : *words) {
        Json json = ollama_head();
        json["message"] = {{"role", "assistant"}, {"content", ""}};
        json["message"][key] = word;
        json["done"] = false;
        line(std::move(json));
      }
    }
    Json last = ollama_head();
    last["message"] = {{"role", "assistant"}, {"content", ""}};
    ollama_counts(last);
    if (reply_.fault != FakeFault::missing_done) line(std::move(last));
  }

  const FakeQuestion& question_;
  const FakeReply& reply_;
  std::vector<std::string> words_, thoughts_;
  FakeBody body_;
};

}  // namespace

FakeBody fake_body(const FakeScript& script, const FakeQuestion& question, const FakeReply& reply) {
  return BodyWriter(script, question, reply).write();
}

std::string fake_error_body(ChatDialect dialect, int code, bool html) {
  if (html) return "<html><body><h1>" + std::to_string(code) + "</h1>nginx</body></html>";
  if (dialect == ChatDialect::ollama) return Json{{"error", "fake error " + std::to_string(code)}}.dump();
  return Json{{"error", {{"code", code}, {"message", "fake error"}, {"type", "fake"}}}}.dump();
}

}  // namespace rigwise
