#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/json_schema.h"
#include "core/grade/eval_task.h"

namespace rigwise {

/// A call that a model made and what it was told.
struct ToolCall {
  std::string tool;
  Json args;  ///< null: were no JSON
  std::string reply;
  bool is_accepted = false;  ///< the tool exists and the arguments hold; others count for `forbid` only
  bool is_answered = false;  ///< a reply of the script fitted
};

/// Plays the tools of an agent task: each call is answered from the script, by the calls made before. A script of one
/// conversation; a new one for each answer.
class ToolScript {
 public:
  /// The task must outlive it.
  ToolScript(const AgentSpec& agent, PatternFinder finds) : agent_(&agent), finds_(std::move(finds)) {}

  /// The reply to a call; `arguments` is JSON text as endpoints send it (empty counts as no arguments).
  /// Gives  the reply's content, "error: ..." for an unknown tool or wrong arguments, "error: nothing found".
  const ToolCall& call(const std::string& tool, std::string_view arguments);

  const std::vector<ToolCall>& calls() const { return calls_; }

 private:
  void answer(ToolCall& call);

  const AgentSpec* agent_;
  PatternFinder finds_;
  std::vector<ToolCall> calls_;
  std::map<std::pair<std::string, std::size_t>, int> used_;
};

/// The tools as endpoints want them described: OpenAI's "tools".
Json described_tools(const AgentSpec& agent);

/// An answer to a task: what the last message of each turn says, and the calls in between.
struct GivenAnswer {
  std::vector<std::string> turns;  ///< raw texts; one where the task has no further turns
  std::vector<ToolCall> calls;
  bool cut_off = false;  ///< by the endpoint, at a limit
};

/// A reference or wrong answer of a task as if a model had given it. In tasks with tools or turns a line
/// `>>> tool {"json": "arguments"}` is a call and `=== turn` ends a turn; a notation for the task's own files alone.
GivenAnswer read_transcript(const EvalTask& task, std::string_view text, const PatternFinder& finds);

/// Gives  share of `expect` met, in order where the check says so; 0 where a call was forbidden or too many were made.
CheckResult grade_calls(const CallsCheck& check, const std::vector<ToolCall>& calls, const PatternFinder& finds);

}  // namespace rigwise
