#include "codec/tool_script.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/text.h"
#include "core/grade/answer_text.h"

namespace rigwise {
namespace {

constexpr int kNoLimit = std::numeric_limits<int>::max();

/// Numbers by value, texts when normalised, `~pattern` anywhere in the text in any case.
bool value_matches(const Json& value, const Json& wanted, const PatternFinder& finds) {
  if (wanted.is_number()) {
    constexpr double kSlack = 1e-6;
    return value.is_number() && std::abs(value.get<double>() - wanted.get<double>()) < kSlack;
  }
  if (!wanted.is_string()) return same_json(value, wanted);
  const auto& text = wanted.get_ref<const std::string&>();
  if (text.starts_with('~')) {
    const std::string said =
        value.is_string() ? value.get<std::string>() : value.dump(-1, ' ', false, Json::error_handler_t::replace);
    return finds("(?i)" + text.substr(1), said);
  }
  return value.is_string() && normalised(value.get_ref<const std::string&>()) == normalised(text);
}

bool args_match(const Json& args, const std::string& wanted, const PatternFinder& finds) {
  const Json object = parse_json(wanted).value_or(Json::object());
  return std::all_of(object.items().begin(), object.items().end(), [&](const auto& item) {
    if (!args.is_object()) return false;
    const auto given = args.find(item.key());
    return given != args.end() && value_matches(*given, item.value(), finds);
  });
}

bool is_such(const ToolCall& call, const CallPattern& pattern, const PatternFinder& finds) {
  return call.tool == pattern.tool && args_match(call.args, pattern.args, finds);
}

}  // namespace

const ToolCall& ToolScript::call(const std::string& tool, std::string_view arguments) {
  ToolCall made;
  made.tool = tool;
  const std::string_view bare = trim(arguments);
  Result<Json> args = bare.empty() ? Result<Json>(Json::object()) : parse_json(bare);
  if (args) made.args = *std::move(args);
  answer(made);
  calls_.push_back(std::move(made));
  return calls_.back();
}

void ToolScript::answer(ToolCall& call) {
  const auto tool =
      std::find_if(agent_->tools.begin(), agent_->tools.end(), [&](const AgentTool& t) { return t.name == call.tool; });
  if (tool == agent_->tools.end()) {
    call.reply = "error: no tool named " + call.tool;
    return;
  }
  if (!call.args.is_object()) {
    call.reply = "error: the arguments are no JSON object";
    return;
  }
  const Json schema = parse_json(tool->parameters).value_or(Json::object());
  if (const std::vector<std::string> faults = schema_faults(call.args, schema, finds_); !faults.empty()) {
    call.reply = "error: " + faults.front();
    return;
  }
  call.is_accepted = true;
  for (std::size_t i = 0; i < tool->replies.size(); ++i) {
    const ToolReply& reply = tool->replies[i];
    int& used = used_[{call.tool, i}];
    if (used >= reply.times.value_or(kNoLimit) || !args_match(call.args, reply.when, finds_)) continue;
    const bool is_time = !reply.after || std::any_of(calls_.begin(), calls_.end(), [&](const ToolCall& earlier) {
      return earlier.is_accepted && is_such(earlier, *reply.after, finds_);
    });
    if (!is_time) continue;
    ++used;
    call.reply = reply.content;
    call.is_answered = true;
    return;
  }
  call.reply = "error: nothing found";
}

Json described_tools(const AgentSpec& agent) {
  Json tools = Json::array();
  for (const AgentTool& tool : agent.tools) {
    Json function = {{"name", tool.name}, {"description", tool.description}};
    function["parameters"] = parse_json(tool.parameters).value_or(Json::object());
    tools.push_back({{"type", "function"}, {"function", std::move(function)}});
  }
  return tools;
}

GivenAnswer read_transcript(const EvalTask& task, std::string_view text, const PatternFinder& finds) {
  GivenAnswer answer;
  if (!task.agent && task.turns.empty()) {
    answer.turns.emplace_back(text);
    return answer;
  }
  static const AgentSpec kNoTools;
  ToolScript script(task.agent ? *task.agent : kNoTools, finds);
  const std::string visible = visible_answer(text);
  std::vector<std::string> lines;
  for (const std::string_view line : split(visible, '\n')) {
    if (line.starts_with(">>> ")) {
      const std::string_view call = line.substr(4);
      const std::size_t space = std::min(call.find(' '), call.size());
      script.call(std::string(call.substr(0, space)), call.substr(space));
    } else if (trim(line) == "=== turn") {
      answer.turns.push_back(join(lines, "\n"));
      lines.clear();
    } else {
      lines.emplace_back(line);
    }
  }
  answer.turns.push_back(join(lines, "\n"));
  answer.calls = script.calls();
  return answer;
}

CheckResult grade_calls(const CallsCheck& check, const std::vector<ToolCall>& calls, const PatternFinder& finds) {
  for (const CallPattern& forbidden : check.forbid) {
    const auto is_it = [&](const ToolCall& call) { return is_such(call, forbidden, finds); };
    if (std::any_of(calls.begin(), calls.end(), is_it)) return {0, "called " + forbidden.tool};
  }
  if (calls.size() > static_cast<std::size_t>(check.max_calls.value_or(kNoLimit))) {
    return {0, std::to_string(calls.size()) + " calls"};
  }
  std::vector<const ToolCall*> accepted;
  for (const ToolCall& call : calls) {
    if (call.is_accepted) accepted.push_back(&call);
  }
  std::vector<std::string> missing;
  std::size_t from = 0;  // where the next expected call may begin
  for (const CallPattern& expected : check.expect) {
    int hits = 0;
    std::size_t first = accepted.size();
    for (std::size_t i = check.ordered ? from : 0; i < accepted.size(); ++i) {
      if (!is_such(*accepted[i], expected, finds)) continue;
      if (hits++ == 0) first = i;
    }
    if (hits < expected.least || hits > expected.most.value_or(kNoLimit)) {
      missing.push_back(expected.tool);
    } else if (hits > 0) {
      from = first + 1;
    }
  }
  if (check.expect.empty()) return {1, ""};
  const auto all = static_cast<double>(check.expect.size());
  const double met = all - static_cast<double>(missing.size());
  return {met / all, missing.empty() ? "" : "no call of " + join(missing, ", ")};
}

}  // namespace rigwise
