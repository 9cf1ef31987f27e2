#include "host/eval/conversation.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

EvalTask task_of(std::string prompt) {
  EvalTask task;
  task.id = "manager/some-task";
  task.prompt = std::move(prompt);
  task.limits.max_output_tokens = 200;
  return task;
}
ChatAnswer says(std::string text) {
  ChatAnswer answer;
  answer.text = std::move(text);
  answer.finish = ChatFinish::stop;
  return answer;
}
ChatAnswer calls(const std::string& tool, const std::string& arguments, const std::string& id = "") {
  ChatAnswer answer;
  answer.finish = ChatFinish::tool_calls;
  answer.tool_calls =
      Json::array({{{"id", id}, {"type", "function"}, {"function", {{"name", tool}, {"arguments", arguments}}}}});
  return answer;
}

TEST(Conversation, SendsThePromptAsItIsWithItsPictures) {
  EvalTask task = task_of("What is on it?\n");
  task.images = {{"a.png", std::string("\x89PNG", 4)}};
  const ChatRequest request = first_request(task, "some-model", {}, 0);
  ASSERT_EQ(request.messages.size(), 1u);
  EXPECT_EQ(request.messages[0].text, "What is on it?\n");
  EXPECT_EQ(request.messages[0].images, std::vector<std::string>{"iVBORw=="});
  EXPECT_EQ(request.max_tokens, 200);
  EXPECT_EQ(request.temperature, 0);
}

TEST(Conversation, ChoicesOfTheRunStandAboveTheTasks) {
  SamplingChoice sampling;
  sampling.temperature = 0.7;
  sampling.max_tokens = 50;
  sampling.seed = 10;
  const ChatRequest request = first_request(task_of("?"), "some-model", sampling, 2);
  EXPECT_EQ(request.temperature, 0.7);
  EXPECT_EQ(request.max_tokens, 50);
  EXPECT_EQ(request.seed, 12);
}

TEST(Conversation, AsksTurnByTurnWithAllThatWasSaid) {
  EvalTask task = task_of("one");
  task.turns = {"two", "three"};
  Conversation talk(task, first_request(task, "m", {}, 0), {});
  EXPECT_TRUE(talk.take(says("first")));
  EXPECT_EQ(talk.request().messages.size(), 3u);
  EXPECT_EQ(talk.request().messages[2].text, "two");
  EXPECT_TRUE(talk.take(says("second")));
  EXPECT_FALSE(talk.take(says("third")));
  EXPECT_EQ(talk.answers(), 3);
  EXPECT_EQ(talk.transcript()["messages"].size(), 6u);
}

TEST(Conversation, AnswersCallsFromTheScriptUntilThereAreNone) {
  EvalTask task = task_of("Find it.");
  task.agent.emplace();
  task.agent->tools = {{"find", "Finds.", R"({"type":"object"})", {}}};
  std::vector<std::string> asked;
  Conversation talk(task, first_request(task, "m", {}, 0), [&](const std::string& tool, const std::string& arguments) {
    asked.push_back(tool + arguments);
    return "found 7";
  });
  EXPECT_EQ(talk.request().tools[0]["function"]["name"], "find");
  EXPECT_TRUE(talk.take(calls("find", R"({"name":"x"})", "c1")));
  EXPECT_EQ(asked, std::vector<std::string>{R"(find{"name":"x"})"});
  EXPECT_EQ(talk.request().messages.back().role, "tool");
  EXPECT_EQ(talk.request().messages.back().text, "found 7");
  EXPECT_EQ(talk.request().messages.back().tool_call_id, "c1");
  EXPECT_FALSE(talk.take(says("7")));
}

TEST(Conversation, CallsWithoutAnIdGetOneOnBothSides) {
  EvalTask task = task_of("Find it.");
  task.agent.emplace();
  Conversation talk(task, first_request(task, "m", {}, 0), {});
  EXPECT_TRUE(talk.take(calls("find", "{}")));
  const auto& messages = talk.request().messages;
  EXPECT_FALSE(messages[2].tool_call_id.empty());
  EXPECT_EQ(messages[1].tool_calls[0]["id"], messages[2].tool_call_id);
}

TEST(Conversation, CallsGoBackToOllamaAsObjectsAndToOthersAsText) {
  EvalTask task = task_of("Find it.");
  task.agent.emplace();
  Conversation talk(task, first_request(task, "m", {}, 0), {});
  EXPECT_TRUE(talk.take(calls("find", R"({"name":"x"})", "c1")));
  const Json ollama = chat_body(talk.request(), ChatDialect::ollama)["messages"][1]["tool_calls"][0]["function"];
  const Json openai = chat_body(talk.request(), ChatDialect::openai)["messages"][1]["tool_calls"][0]["function"];
  EXPECT_EQ(ollama["arguments"]["name"], "x");
  EXPECT_EQ(openai["arguments"], R"({"name":"x"})");
}

TEST(Conversation, OfAModelThatNeverStopsCallingEnds) {
  EvalTask task = task_of("Find it.");
  task.agent.emplace();
  task.agent->max_turns = 3;
  Conversation talk(task, first_request(task, "m", {}, 0), {});
  EXPECT_TRUE(talk.take(calls("find", "{}")));
  EXPECT_TRUE(talk.take(calls("find", "{}")));
  EXPECT_FALSE(talk.take(calls("find", "{}")));
}

TEST(Conversation, ReservesForEveryRequestAllThatWasSaidBefore) {
  EvalTask task = task_of(std::string(250, 'x'));  // 100 tokens and the frame
  const ChatRequest first = first_request(task, "m", {}, 0);
  EXPECT_EQ(most_of_conversation(task, first).requests, 1);
  EXPECT_EQ(most_of_conversation(task, first).prompt_tokens, 106);
  EXPECT_EQ(most_of_conversation(task, first).output_tokens, 200);
  task.turns = {"more", "and more"};
  EXPECT_EQ(most_of_conversation(task, first).requests, 3);
  EXPECT_EQ(most_of_conversation(task, first).output_tokens, 600);
  EXPECT_GE(most_of_conversation(task, first).prompt_tokens, 3 * 106 + 200 + 400);
  task.agent.emplace();
  task.agent->max_turns = 4;
  EXPECT_EQ(most_of_conversation(task, first).requests, 12);
}

}  // namespace
}  // namespace rigwise
