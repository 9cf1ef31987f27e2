#include "codec/tool_script.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

/// Stands for RE2: a pattern here is "(?i)" and a plain text.
const PatternFinder kFinds = [](const std::string& pattern, std::string_view text) {
  return text.find(pattern.starts_with("(?i)") ? pattern.substr(4) : pattern) != std::string_view::npos;
};

AgentSpec suppliers() {
  AgentSpec agent;
  AgentTool search{"search",
                   "Finds suppliers.",
                   R"({"type":"object","properties":{"name":{"type":"string"}},"required":["name"]})",
                   {}};
  search.replies.push_back({R"({"name": "~norr"})", std::nullopt, 1, "first"});
  search.replies.push_back({R"({"name": "~norr"})", std::nullopt, std::nullopt, "again"});
  AgentTool pay{"pay", "Pays.", R"({"type":"object","properties":{"id":{"type":"integer"}},"required":["id"]})", {}};
  pay.replies.push_back({R"({"id": 7})", CallPattern{"search", "{}", 1, std::nullopt}, std::nullopt, "paid"});
  agent.tools = {search, pay};
  return agent;
}

TEST(ToolScript, GivesTheFirstReplyThatFits) {
  const AgentSpec agent = suppliers();
  ToolScript script(agent, kFinds);
  EXPECT_EQ(script.call("search", R"({"name":"norrvind"})").reply, "first");
  EXPECT_EQ(script.call("search", R"({"name":"norrvind"})").reply, "again");
  EXPECT_EQ(script.call("search", R"({"name":"other"})").reply, "error: nothing found");
  EXPECT_EQ(script.calls().size(), 3U);
}

TEST(ToolScript, WaitsForTheCallThatMustComeBefore) {
  const AgentSpec agent = suppliers();
  ToolScript script(agent, kFinds);
  EXPECT_EQ(script.call("pay", R"({"id":7})").reply, "error: nothing found");
  script.call("search", R"({"name":"x"})");
  EXPECT_EQ(script.call("pay", R"({"id":7.0})").reply, "paid");
}

TEST(ToolScript, RefusesWhatIsNoSuchCall) {
  const AgentSpec agent = suppliers();
  ToolScript script(agent, kFinds);
  EXPECT_EQ(script.call("delete", "{}").reply, "error: no tool named delete");
  EXPECT_EQ(script.call("pay", R"({"id":"7"})").reply, "error: /id: not integer");
  EXPECT_EQ(script.call("pay", "{\"id\":").reply, "error: the arguments are no JSON object");
  EXPECT_EQ(script.call("pay", "").reply, "error: /id: missing");
  for (const ToolCall& call : script.calls()) EXPECT_FALSE(call.is_accepted);
}

TEST(Calls, ThatAreRefusedCountForWhatIsForbiddenOnly) {
  const AgentSpec agent = suppliers();
  ToolScript script(agent, kFinds);
  script.call("pay", R"({"id":"7"})");
  CallsCheck check;
  check.expect = {{"pay", "{}", 1, std::nullopt}};
  EXPECT_EQ(grade_calls(check, script.calls(), kFinds).value, 0);
  check.expect.clear();
  EXPECT_EQ(grade_calls(check, script.calls(), kFinds).value, 1);
  check.forbid = {{"pay", "{}", 1, std::nullopt}};
  EXPECT_EQ(grade_calls(check, script.calls(), kFinds).value, 0);
}

TEST(Calls, CountAndKeepTheirOrder) {
  const AgentSpec agent = suppliers();
  ToolScript script(agent, kFinds);
  script.call("pay", R"({"id":7})");
  script.call("search", R"({"name":"norr"})");
  script.call("pay", R"({"id":7})");
  CallsCheck check;
  check.expect = {{"search", "{}", 1, std::nullopt}, {"pay", R"({"id": 7})", 1, 1}};
  EXPECT_EQ(grade_calls(check, script.calls(), kFinds).value, 0.5);  // paid twice
  check.ordered = true;
  EXPECT_EQ(grade_calls(check, script.calls(), kFinds).value, 1);  // once after the search
  check.max_calls = 2;
  EXPECT_EQ(grade_calls(check, script.calls(), kFinds).value, 0);
}

TEST(Transcript, HasCallsAndTurnsWhereTheTaskDoes) {
  EvalTask task;
  const std::string text = ">>> search {\"name\":\"norr\"}\nFound.\n=== turn\nDone.\n";
  EXPECT_EQ(read_transcript(task, text, kFinds).turns, (std::vector<std::string>{text}));
  EXPECT_TRUE(read_transcript(task, text, kFinds).calls.empty());
  task.agent = suppliers();
  const GivenAnswer answer = read_transcript(task, "<think>>>> pay {}</think>" + text, kFinds);
  ASSERT_EQ(answer.calls.size(), 1U);
  EXPECT_EQ(answer.calls[0].reply, "first");
  EXPECT_EQ(answer.turns, (std::vector<std::string>{"Found.", "Done.\n"}));
}

}  // namespace
}  // namespace rigwise
