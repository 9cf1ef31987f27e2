#include "host/eval/conversation.h"

#include <algorithm>
#include <map>

#include "codec/base64.h"
#include "codec/tool_script.h"
#include "host/eval/token_cost.h"

namespace rigwise {
namespace {

std::string text_in(const Json& object, const char* key) {
  return object.is_object() && object.contains(key) && object[key].is_string() ? object[key].get<std::string>()
                                                                               : std::string();
}

}  // namespace

ChatRequest first_request(const EvalTask& task, const std::string& model, const SamplingChoice& sampling,
                          std::int64_t sample_no) {
  ChatRequest request;
  request.model = model;
  ChatMessage message;
  message.text = task.prompt;
  message.images.reserve(task.images.size());
  for (const TaskFile& image : task.images) message.images.push_back(encode_base64(image.bytes));
  request.messages.push_back(std::move(message));
  request.temperature = sampling.temperature.value_or(task.sampling.temperature);
  request.top_p = sampling.top_p;
  request.top_k = sampling.top_k;
  request.max_tokens = sampling.max_tokens.value_or(task.limits.max_output_tokens);
  request.context = sampling.context;
  request.reasoning_effort = sampling.reasoning_effort;
  if (sampling.seed) request.seed = *sampling.seed + sample_no;
  if (task.agent) request.tools = described_tools(*task.agent);
  return request;
}

Conversation::Conversation(const EvalTask& task, ChatRequest first, ToolAnswer tools)
    : task_(&task), request_(std::move(first)), tools_(std::move(tools)) {}

bool Conversation::take(const ChatAnswer& answer) {
  ++answers_;
  ++answers_in_turn_;
  ChatMessage said{"assistant", answer.text, {}, answer.tool_calls, {}};
  request_.messages.push_back(std::move(said));
  const bool has_calls = answer.tool_calls.is_array() && !answer.tool_calls.empty();
  if (has_calls && task_->agent && answers_in_turn_ < task_->agent->max_turns) return take_calls(answer.tool_calls);
  if (turn_ >= task_->turns.size()) return false;
  request_.messages.push_back({"user", task_->turns[turn_++], {}, {}, {}});
  answers_in_turn_ = 0;
  return true;
}

/// Every call is answered, in order; a call that the endpoint gave no name of its own gets one.
bool Conversation::take_calls(const Json& calls) {
  Json& said = request_.messages.back().tool_calls;
  std::vector<ChatMessage> replies;
  replies.reserve(calls.size());
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const Json function = calls[i].is_object() ? calls[i].value("function", Json::object()) : Json::object();
    std::string id = text_in(calls[i], "id");
    if (id.empty()) {
      id = "call_" + std::to_string(answers_) + "_" + std::to_string(i);
      if (said[i].is_object()) said[i]["id"] = id;
    }
    std::string text = tools_ ? tools_(text_in(function, "name"), text_in(function, "arguments")) : "error: no tools";
    replies.push_back({"tool", std::move(text), {}, {}, std::move(id)});
  }
  for (ChatMessage& reply : replies) request_.messages.push_back(std::move(reply));
  return true;
}

Json Conversation::transcript() const {
  // Endpoints name calls at random: by order, the same conversation is the same text whoever had it.
  std::map<std::string, std::string> named;
  const auto name_of = [&named](const std::string& id) {
    return named.try_emplace(id, "call_" + std::to_string(named.size() + 1)).first->second;
  };
  Json messages = Json::array();
  for (const ChatMessage& message : request_.messages) {
    Json one = {{"role", message.role}, {"text", message.text}};
    if (!message.images.empty()) one["images"] = message.images.size();  // they are the task's
    if (!message.tool_calls.is_null()) {
      Json calls = message.tool_calls;
      for (Json& call : calls) {
        if (call.is_object() && call.contains("id")) call["id"] = name_of(text_in(call, "id"));
      }
      one["tool_calls"] = std::move(calls);
    }
    if (!message.tool_call_id.empty()) one["tool_call_id"] = name_of(message.tool_call_id);
    messages.push_back(std::move(one));
  }
  return {{"messages", std::move(messages)}};
}

ConversationSize most_of_conversation(const EvalTask& task, const ChatRequest& first) {
  std::int64_t longest_reply = 0;
  if (task.agent) {
    for (const AgentTool& tool : task.agent->tools) {
      for (const ToolReply& reply : tool.replies)
        longest_reply = std::max(longest_reply, most_tokens_of(reply.content));
    }
  }
  std::int64_t turns = 0;
  for (const std::string& turn : task.turns) turns += most_tokens_of(turn);
  ConversationSize size;
  const std::int64_t in_turn = task.agent ? std::max(1, task.agent->max_turns) : 1;
  size.requests = in_turn * static_cast<std::int64_t>(1 + task.turns.size());
  const std::int64_t output = first.max_tokens.value_or(0), base = most_prompt_tokens(first) + turns;
  size.output_tokens = size.requests * output;
  // Every request holds all that was said before it.
  size.prompt_tokens = size.requests * base + (output + longest_reply) * size.requests * (size.requests - 1) / 2;
  return size;
}

}  // namespace rigwise
