#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/chat.h"
#include "core/grade/eval_task.h"

namespace rigwise {

/// How a model is told to answer, beyond what the task says. What is absent is the task's.
struct SamplingChoice {
  std::optional<double> temperature, top_p;
  std::optional<int> top_k, max_tokens, context;
  std::optional<std::int64_t> seed;  ///< of the first sample; the next ones count on
  std::string reasoning_effort;
};

/// The first question of a task, as it is sent and as the work key names it.
ChatRequest first_request(const EvalTask& task, const std::string& model, const SamplingChoice& sampling,
                          std::int64_t sample_no);

/// What a tool says to a call; `arguments` is what the model wrote.
using ToolAnswer = std::function<std::string(const std::string& tool, const std::string& arguments)>;

/// One pass through a task: its messages, the model's answers, and what its tools say, until there is nothing left to
/// ask.
class Conversation {
 public:
  Conversation(const EvalTask& task, ChatRequest first, ToolAnswer tools);

  const ChatRequest& request() const { return request_; }
  /// Takes an answer without an error; whether there is something to ask after it.
  bool take(const ChatAnswer& answer);
  int answers() const { return answers_; }
  /// Every message so far, tool calls and what came of them, as JSON: {"messages": [...]}. Calls are named by
  /// their order: the same conversation is the same text at every endpoint.
  Json transcript() const;

 private:
  bool take_calls(const Json& calls);

  const EvalTask* task_;
  ChatRequest request_;
  ToolAnswer tools_;
  int answers_ = 0, answers_in_turn_ = 0;
  std::size_t turn_ = 0;
};

/// The most that a pass through a task can take.
struct ConversationSize {
  std::int64_t requests = 0, prompt_tokens = 0, output_tokens = 0;
};
ConversationSize most_of_conversation(const EvalTask& task, const ChatRequest& first);

}  // namespace rigwise
