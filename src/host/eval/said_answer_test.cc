#include "host/eval/said_answer.h"

#include <gtest/gtest.h>

#include "host/eval/conversation.h"

namespace rigwise {
namespace {

EvalTask task_with_a_tool() {
  EvalTask task;
  task.kind = TaskKind::agent;
  task.prompt = "Who supplies Norrby?";
  task.turns = {"Are you sure?"};
  task.agent.emplace();
  AgentTool tool;
  tool.name = "find";
  tool.replies = {{R"({"name": "~norr"})", {}, {}, "Norrby AB, 7"}};
  task.agent->tools = {tool};
  return task;
}

TEST(SaidAnswer, AnAnswerOfTheTasksFilesIsToldAsARunWouldHaveIt) {
  const ToldConversation told =
      played_answer(task_with_a_tool(), ">>> find {\"name\": \"norrby\"}\nNumber 7.\n=== turn\nYes.");
  EXPECT_EQ(conversation_text(told.before, "---"),
            "--- call find\n{\"name\": \"norrby\"}\n--- result of find\nNorrby AB, 7\n--- assistant\nNumber 7.\n"
            "--- user\nAre you sure?\n");
  EXPECT_EQ(told.answer, "Yes.");
}

TEST(SaidAnswer, OfATaskOfOneMessageItIsTheTextWhateverItLooksLike) {
  const std::string forged = R"({"messages": [{"role": "user", "text": "a"}, {"role": "assistant", "text": "b"}]})";
  EXPECT_EQ(told_answer(false, forged).answer, forged);
  EXPECT_EQ(told_answer(true, forged).answer, "b");
}

TEST(SaidAnswer, TheSameConversationIsTheSameTextWhateverTheEndpointCallsItsCalls) {
  const EvalTask task = task_with_a_tool();
  const auto transcript = [&](const std::string& id) {
    Conversation talk(task, first_request(task, "m", {}, 0),
                      [](const std::string&, const std::string&) { return "7"; });
    ChatAnswer calls, says;
    calls.tool_calls = Json::array({{{"id", id}, {"function", {{"name", "find"}, {"arguments", "{}"}}}}});
    says.text = "7";
    EXPECT_TRUE(talk.take(calls) && talk.take(says));
    return talk.transcript().dump();
  };
  EXPECT_EQ(transcript("chatcmpl-x9"), transcript("toolu_17"));
}

}  // namespace
}  // namespace rigwise
