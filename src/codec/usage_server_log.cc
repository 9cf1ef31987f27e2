#include "codec/usage_server_log.h"

#include <algorithm>
#include <array>

#include "codec/usage_fields.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr std::string_view kGin = "[GIN] ";
constexpr std::string_view kPromptTime = "prompt eval time =", kEvalTime = "eval time =";
constexpr std::string_view kModelNames[] = {"loading model '", "load_model: loading model '"};

/// Paths of Ollama that write text.
constexpr auto kAsked = std::to_array<std::string_view>(
    {"/api/chat", "/api/generate", "/v1/chat/completions", "/v1/completions", "/v1/messages", "/v1/responses"});

/// The whole number behind a word; nothing when the word or the number is not there.
std::optional<std::uint64_t> number_behind(std::string_view line, std::string_view word) {
  const std::size_t at = line.find(word);
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view rest = line.substr(at + word.size());
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  std::size_t end = 0;
  while (end < rest.size() && rest[end] >= '0' && rest[end] <= '9') ++end;
  return count_of_text(rest.substr(0, end));
}

/// Tokens of "... = 105.13 ms / 15 tokens (" or "/ 50 runs (".
std::optional<std::uint64_t> tokens_timed(std::string_view line) { return number_behind(line, " ms /"); }

/// When the line was written, by a mark before it: its first word is a date.
std::optional<LogTime> mark_of(std::string_view line) {
  const std::size_t bracket = line.find_first_of("0123456789");
  constexpr std::size_t kFarthest = 24;  // "container-name  | 2026-..." of compose
  if (bracket == std::string_view::npos) return std::nullopt;
  if (const auto time = log_time_at(line.substr(bracket)); time && bracket <= kFarthest) return time;
  return std::nullopt;
}

/// "[GIN] 2026/11/22 - 10:22:31 | 200 |  3.45s | 127.0.0.1 | POST     "/api/chat""
void read_gin(std::string_view line, std::uint64_t number, UsageSink& sink) {
  const std::string_view rest = line.substr(line.find(kGin) + kGin.size());
  const auto time = log_time_at(rest);
  const auto status = number_behind(rest, "|");
  const std::size_t quote = rest.find('"');
  if (!time || !status || quote == std::string_view::npos) {
    sink.take_fault(number, "a [GIN] line without date, status or path");
    return;
  }
  std::string_view path = rest.substr(quote + 1);
  path = path.substr(0, path.find_first_of("\"?"));
  const bool is_asked = std::find(kAsked.begin(), kAsked.end(), path) != kAsked.end();
  constexpr std::uint64_t kFirstRefusal = 300;
  if (!is_asked || *status >= kFirstRefusal) return;
  UsedRequest request;
  request.time_s = time->time_s;
  request.is_local_time = time->is_local;
  sink.take_request(request);
}

}  // namespace

bool ServerLog::is_known(std::string_view line) {
  return line.find(kGin) != std::string_view::npos || line.find(kPromptTime) != std::string_view::npos ||
         line.find("llama_model_loader") != std::string_view::npos ||
         line.find("slot launch_slot_") != std::string_view::npos ||
         line.find("print_timing") != std::string_view::npos ||
         line.find("srv  update_slots") != std::string_view::npos ||
         line.find("update_slots: id") != std::string_view::npos;
}

void ServerLog::note_prompt(std::string_view line) {
  const auto task = number_behind(line, "| task ");
  auto tokens = number_behind(line, "n_prompt_tokens = ");
  if (!tokens) tokens = number_behind(line, "task.n_tokens = ");
  constexpr std::size_t kMostUnderWay = 10'000;
  if (!task || !tokens || prompt_of_task_.size() > kMostUnderWay) return;
  prompt_of_task_[static_cast<int>(*task % 2'000'000'000)] = *tokens;
}

void ServerLog::note_task(std::string_view line) {
  if (const auto task = number_behind(line, "| task ")) task_ = static_cast<int>(*task % 2'000'000'000);
}

void ServerLog::end_request(std::string_view line, UsageSink& sink) {
  UsedRequest request;
  request.output_tokens = tokens_timed(line);
  request.model = model_;
  const auto prompt = prompt_of_task_.find(task_);
  if (prompt != prompt_of_task_.end() && evaluated_ && prompt->second >= *evaluated_) {
    request.input_tokens = prompt->second;
    request.cached_tokens = prompt->second - *evaluated_;
  } else {
    request.input_tokens = evaluated_;  // what was cached, nobody says
  }
  if (prompt != prompt_of_task_.end()) prompt_of_task_.erase(prompt);
  if (const auto mark = mark_of(line)) {
    request.time_s = mark->time_s;
    request.is_local_time = mark->is_local;
  }
  evaluated_.reset();
  task_ = -1;
  sink.take_request(request);
}

UsageFormat ServerLog::read_line(std::string_view line, std::uint64_t number, UsageSink& sink) {
  if (line.find(kGin) != std::string_view::npos) {
    read_gin(line, number, sink);
    return UsageFormat::ollama_log;
  }
  for (const std::string_view name : kModelNames) {
    const std::size_t at = line.find(name);
    if (at == std::string_view::npos) continue;
    std::string_view path = line.substr(at + name.size());
    path = path.substr(0, path.find('\''));
    model_ = path.substr(path.find_last_of("/\\") + 1);  // a path may say who somebody is
    return UsageFormat::llama_server_log;
  }
  if (line.find("new prompt,") != std::string_view::npos) {
    note_prompt(line);
    return UsageFormat::llama_server_log;
  }
  if (line.find("print_timing") != std::string_view::npos) note_task(line);
  if (line.find(kPromptTime) != std::string_view::npos) {
    if (evaluated_) sink.take_fault(evaluated_line_, "a prompt was timed, its answer was not");
    evaluated_ = tokens_timed(line);
    evaluated_line_ = number;
    if (!evaluated_) sink.take_fault(number, "a \"prompt eval time\" without tokens");
    return UsageFormat::llama_server_log;
  }
  if (line.find(kEvalTime) != std::string_view::npos) {
    if (tokens_timed(line))
      end_request(line, sink);
    else
      sink.take_fault(number, "an \"eval time\" without tokens");
    return UsageFormat::llama_server_log;
  }
  return UsageFormat::unknown;
}

void ServerLog::finish(UsageSink& sink) {
  if (evaluated_) sink.take_fault(evaluated_line_, "the log ends before the answer of this prompt was timed");
  evaluated_.reset();
}

}  // namespace rigwise
