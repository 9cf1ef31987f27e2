#include "host/eval/work_key.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

namespace rigwise {
namespace {

ChatRequest question() {
  ChatRequest request;
  request.model = "some-model";
  request.messages = {{"system", "Be brief.", {}, {}, {}}, {"user", "Six times seven?", {}, {}, {}}};
  request.temperature = 0;
  request.max_tokens = 100;
  return request;
}
std::string key_of(const ChatRequest& request, WorkIdentity identity = {"task", "model", "", 0}) {
  identity.messages = messages_hash(request.messages);
  return work_key(identity, request);
}

TEST(WorkKey, IsTheSameForTheSameWork) {
  EXPECT_EQ(key_of(question()), key_of(question()));
  EXPECT_EQ(key_of(question()).size(), 64u);
}

TEST(WorkKey, ChangesWithEverythingThatCanChangeTheAnswer) {
  const std::vector<std::function<void(ChatRequest&)>> changes = {
      [](ChatRequest& r) { r.messages[0].text = "Be long."; },
      [](ChatRequest& r) { r.messages[1].text += " "; },
      [](ChatRequest& r) { r.messages[1].images = {"iVBOR"}; },
      [](ChatRequest& r) { r.messages.pop_back(); },
      [](ChatRequest& r) { r.temperature = 0.5; },
      [](ChatRequest& r) { r.temperature.reset(); },
      [](ChatRequest& r) { r.top_p = 0.9; },
      [](ChatRequest& r) { r.top_k = 40; },
      [](ChatRequest& r) { r.seed = 0; },
      [](ChatRequest& r) { r.seed = 9007199254740993; },
      [](ChatRequest& r) { r.seed = 9007199254740992; },
      [](ChatRequest& r) { r.max_tokens = 101; },
      [](ChatRequest& r) { r.stop = {"\n"}; },
      [](ChatRequest& r) { r.reasoning_effort = "low"; },
      [](ChatRequest& r) { r.context = 4096; },
      [](ChatRequest& r) { r.response_schema = Json{{"type", "object"}}; },
      [](ChatRequest& r) { r.tools = Json::array(); },
  };
  std::set<std::string> keys = {key_of(question())};
  for (const auto& change : changes) {
    ChatRequest request = question();
    change(request);
    keys.insert(key_of(request));
  }
  keys.insert(key_of(question(), {"task 2", "model", "", 0}));
  keys.insert(key_of(question(), {"task", "model 2", "", 0}));
  keys.insert(key_of(question(), {"task", "model", "", 1}));
  keys.insert(key_of(question(), {"task", "model", "", 0, kProtocolVersion + 1}));
  EXPECT_EQ(keys.size(), changes.size() + 5);
}

TEST(WorkKey, DoesNotChangeWithHowItIsAsked) {
  ChatRequest request = question();
  request.stream = false;
  EXPECT_EQ(key_of(request), key_of(question()));
}

}  // namespace
}  // namespace rigwise
