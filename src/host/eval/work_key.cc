#include "host/eval/work_key.h"

#include "codec/canonical_json.h"

namespace rigwise {
namespace {

template <class T>
Json known(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json sampling_of(const ChatRequest& request) {
  return {{"context", known(request.context)},
          {"max_tokens", known(request.max_tokens)},
          {"reasoning_effort", request.reasoning_effort},
          {"seed", request.seed ? Json(std::to_string(*request.seed)) : Json(nullptr)},  // beyond what a double holds
          {"stop", request.stop},
          {"temperature", known(request.temperature)},
          {"top_k", known(request.top_k)},
          {"top_p", known(request.top_p)}};
}

}  // namespace

std::string messages_hash(const std::vector<ChatMessage>& messages) {
  Json list = Json::array();
  for (const ChatMessage& message : messages) {
    list.push_back({{"images", message.images},
                    {"role", message.role},
                    {"text", message.text},
                    {"tool_call_id", message.tool_call_id},
                    {"tool_calls", message.tool_calls}});
  }
  return content_key(list);
}

std::string sampling_text(const ChatRequest& request) { return canonical_json(sampling_of(request)); }

std::string work_key(const WorkIdentity& identity, const ChatRequest& request) {
  return content_key({{"messages", identity.messages},
                      {"model_ref", identity.model_ref},
                      {"protocol", identity.protocol},
                      {"response_schema", request.response_schema},
                      {"sample_no", identity.sample_no},
                      {"sampling", sampling_of(request)},
                      {"task_rev", identity.task_rev},
                      {"tools", request.tools}});
}

}  // namespace rigwise
