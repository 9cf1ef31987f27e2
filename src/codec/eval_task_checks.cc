#include <algorithm>

#include "codec/eval_task_reader.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr int kMostCount = 1'000'000;
constexpr double kMostNumber = 1e15;

using Texts = std::vector<std::string>;

KeywordCheck read_keywords(TaskReader& task, ObjectReader& r) {
  KeywordCheck check;
  check.groups = task.groups(r, "groups");
  check.any = r.texts("any").value_or(Texts{});
  check.all = r.texts("all").value_or(Texts{});
  check.none = r.texts("not").value_or(Texts{});
  const std::size_t groups = check.groups.size() + check.all.size() + (check.any.empty() ? 0 : 1);
  check.at_least = r.integer("at_least", 1, std::max(1, static_cast<int>(groups)));
  if (groups == 0 && check.none.empty()) {
    task.refuse(r, "groups", "a keyword check has no terms", "groups, all, any or not");
  }
  return check;
}

PatternCheck read_pattern(TaskReader& task, ObjectReader& r) {
  PatternCheck check;
  check.pattern = r.required_text("pattern", "pattern = '\\b42\\b'");
  for (const char flag : r.text("flags").value_or("")) {
    if (flag == 'i')
      check.ignore_case = true;
    else if (flag == 's')
      check.dot_is_all = true;
    else
      task.refuse(r, "flags", std::string("\"") + flag + "\" is no flag", "i and s");
  }
  check.none = r.boolean("not").value_or(false);
  check.count = r.integer("count", 0, kMostCount);
  check.most = r.integer("max", 0, kMostCount);
  return check;
}

NumberCheck read_number(TaskReader& task, ObjectReader& r) {
  NumberCheck check;
  const std::optional<double> value = r.number("value", -kMostNumber, kMostNumber);
  if (!value) task.refuse(r, "value", "a number check has no value", "value = 1250.40");
  check.value = value.value_or(0);
  check.tolerance = r.number("tolerance", 0, kMostNumber).value_or(0);
  check.relative = r.number("rel", 0, 1).value_or(0);
  check.unit = r.texts("unit").value_or(Texts{});
  check.label = r.text("label").value_or("");
  return check;
}

ChoiceCheck read_choice(TaskReader& task, ObjectReader& r) {
  ChoiceCheck check;
  check.options = r.texts("options").value_or(Texts{});
  const std::optional<std::string> one = r.text("answer");
  const std::optional<Texts> several = r.texts("answers");
  check.label = r.text("label").value_or(check.label);
  check.several = several.has_value();
  check.answers = one ? Texts{*one} : several.value_or(Texts{});
  if (one.has_value() == several.has_value()) {
    task.refuse(r, "answer", "a choice has \"answer\" or \"answers\"", "answer = \"B\"");
  }
  for (const std::string& answer : check.answers) {
    if (std::find(check.options.begin(), check.options.end(), answer) == check.options.end()) {
      task.refuse(r, one ? "answer" : "answers", "\"" + answer + "\" is none of the options",
                  "one of: " + join(check.options, ", "));
    }
  }
  return check;
}

JsonCheck read_json(TaskReader& task, ObjectReader& r) {
  JsonCheck check;
  check.schema = task.schema(r, "schema", true);
  check.tolerance = r.number("tolerance", 0, kMostNumber).value_or(check.tolerance);
  for (const std::string_view key : {"values", "one_of"}) {
    const Json* table = r.raw(key);
    if (table == nullptr) continue;
    if (!table->is_object()) {
      task.refuse(r, key, "\"" + std::string(key) + "\" must be a table of JSON pointers");
      continue;
    }
    for (const auto& item : table->items()) {
      const bool is_list = key == "one_of";
      if (!item.key().starts_with('/')) task.refuse(r, key, "\"" + item.key() + "\" is no JSON pointer", "\"/total\"");
      if (is_list && !item.value().is_array()) {
        task.refuse(r, key, "\"" + item.key() + "\" must have a list of accepted values");
        continue;
      }
      Texts accepted;
      for (const Json& value : is_list ? item.value() : Json::array({item.value()})) accepted.push_back(value.dump());
      check.values.emplace_back(item.key(), std::move(accepted));
    }
  }
  return check;
}

SectionCheck read_sections(TaskReader& task, ObjectReader& r) {
  SectionCheck check;
  check.headings = task.groups(r, "headings");
  check.items_min = r.integer("min_items", 0, kMostCount);
  check.items_max = r.integer("max_items", 0, kMostCount);
  return check;
}

LengthCheck read_length(ObjectReader& r) {
  LengthCheck check;
  check.words_min = r.integer("min_words", 0, kMostCount);
  check.words_max = r.integer("max_words", 0, kMostCount);
  check.chars_min = r.integer("min_chars", 0, kMostCount);
  check.chars_max = r.integer("max_chars", 0, kMostCount);
  check.lines_max = r.integer("max_lines", 0, kMostCount);
  return check;
}

/// A table of names and texts.
std::map<std::string, std::string> read_files(TaskReader& task, ObjectReader& r, std::string_view key) {
  std::map<std::string, std::string> files;
  const Json* table = r.raw(key);
  if (table == nullptr) return files;
  if (!table->is_object()) {
    task.refuse(r, key, "\"" + std::string(key) + "\" must be a table: name = content");
    return files;
  }
  for (const auto& item : table->items()) {
    if (!item.value().is_string()) task.refuse(r, key, "\"" + item.key() + "\" must be text");
    if (!is_inner_path(item.key())) task.refuse(r, key, "\"" + item.key() + "\" leaves the folder");
    if (item.value().is_string()) files[item.key()] = item.value().get<std::string>();
  }
  return files;
}

TestCase read_case(TaskReader& task, ObjectReader& r, std::size_t number) {
  TestCase one;
  one.name = r.text("name").value_or("case " + std::to_string(number));
  one.stdin_text = r.text("stdin").value_or("");
  one.args = r.texts("args").value_or(Texts{});
  one.files = read_files(task, r, "files");
  const std::optional<std::string> expected = r.text("stdout");
  if (!expected) task.refuse(r, "stdout", "a case has no \"stdout\"", "what the code must print");
  one.expected = expected.value_or("");
  one.exit_status = r.integer("exit", 0, 255).value_or(0);
  one.after = r.text("after").value_or("");
  one.show = r.texts("show").value_or(Texts{});
  for (const std::string& name : one.show) {
    if (!is_inner_path(name)) task.refuse(r, "show", "\"" + name + "\" leaves the folder");
  }
  one.tree = r.boolean("tree").value_or(false);
  const std::string compare = task.word(r, "compare", {"lines", "unordered", "tokens", "json"}, false);
  one.compare = compare == "unordered" ? CaseCompare::unordered
                : compare == "tokens"  ? CaseCompare::tokens
                : compare == "json"    ? CaseCompare::json
                                       : CaseCompare::lines;
  one.tolerance = r.number("tolerance", 0, kMostNumber).value_or(one.tolerance);
  return one;
}

std::vector<TestCase> read_cases(TaskReader& task, ObjectReader& root, std::string_view key) {
  std::vector<TestCase> cases;
  task.each(root, key, [&](ObjectReader& r) { cases.push_back(read_case(task, r, cases.size() + 1)); });
  return cases;
}

UnitTestCheck read_unit_test(TaskReader& task, ObjectReader& r) {
  UnitTestCheck check;
  check.cases = read_cases(task, r, "case");
  if (const std::optional<std::string> path = r.text("cases")) {
    const std::string* bytes = task.file_of(r, "cases", *path);
    if (bytes == nullptr || task.parser() == nullptr) return check;
    const Result<TomlJson> file = task.parser()(*bytes, task.files().shown + "/" + *path, "[[case]] tables");
    if (!file) {
      task.refuse(r, "cases", file.error().message + " at " + file.error().where);
      return check;
    }
    TaskReader inner(task.files(), *file, task.parser(), task.faults());
    ObjectReader root(file->object, "");
    std::vector<TestCase> more = read_cases(inner, root, "case");
    inner.finish(root);
    check.cases.insert(check.cases.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }
  if (check.cases.empty()) task.refuse(r, "case", "unit_test: no cases", "[[check.case]] tables");
  return check;
}

CallsCheck read_calls(TaskReader& task, ObjectReader& r, const AgentSpec* agent) {
  CallsCheck check;
  task.each(r, "expect", [&](ObjectReader& item) { check.expect.push_back(read_call_pattern(task, item, true)); });
  task.each(r, "forbid", [&](ObjectReader& item) { check.forbid.push_back(read_call_pattern(task, item, false)); });
  check.ordered = r.boolean("ordered").value_or(false);
  check.max_calls = r.integer("max_calls", 0, kMostCount);
  if (agent == nullptr) {
    task.refuse(r, "type", "calls: needs [agent]");
    return check;
  }
  Texts names;
  for (const AgentTool& tool : agent->tools) names.push_back(tool.name);
  for (const auto* list : {&check.expect, &check.forbid}) {
    for (const CallPattern& call : *list) {
      if (std::find(names.begin(), names.end(), call.tool) != names.end()) continue;
      task.refuse(r, list == &check.expect ? "expect" : "forbid", "calls: no tool " + call.tool,
                  "one of: " + join(names, ", "));
    }
  }
  return check;
}

CheckBody read_body(TaskReader& task, ObjectReader& r, const std::string& type, const AgentSpec* agent) {
  if (type == "keyword") return read_keywords(task, r);
  if (type == "regex") return read_pattern(task, r);
  if (type == "number") return read_number(task, r);
  if (type == "choice") return read_choice(task, r);
  if (type == "json_schema") return read_json(task, r);
  if (type == "section") return read_sections(task, r);
  if (type == "length") return read_length(r);
  if (type == "unit_test") return read_unit_test(task, r);
  if (type == "calls") return read_calls(task, r, agent);
  return CompileCheck{};
}

/// What a check of code needs of [sandbox].
void check_against_sandbox(TaskReader& task, ObjectReader& r, const TaskCheck& check, const SandboxSpec* sandbox) {
  const bool is_compile = std::holds_alternative<CompileCheck>(check.body);
  const bool is_test = std::holds_alternative<UnitTestCheck>(check.body);
  const std::string type(check_type_name(check.body));
  if ((is_compile || is_test || check.of != "answer") && sandbox == nullptr) {
    task.refuse(r, is_compile || is_test ? "type" : "of", type + ": needs [sandbox]");
    return;
  }
  if (is_compile && (sandbox->language == CodeLanguage::sql || sandbox->language == CodeLanguage::text)) {
    task.refuse(r, "type", "compile: sql and text are not compiled", "leave the check out");
  }
  if (check.of == "answer" || check.of == "code") return;
  if (std::find(sandbox->files.begin(), sandbox->files.end(), check.of) == sandbox->files.end()) {
    task.refuse(r, "of", "\"" + check.of + "\" is no file of the answer",
                "answer, code or one of: " + join(sandbox->files, ", "));
  }
}

}  // namespace

std::vector<TaskCheck> read_task_checks(TaskReader& task, ObjectReader& root, const SandboxSpec* sandbox,
                                        const AgentSpec* agent) {
  static const Texts kTypes = {"keyword", "regex",  "number",  "choice",    "json_schema",
                               "section", "length", "compile", "unit_test", "calls"};
  std::vector<TaskCheck> checks;
  task.each(root, "check", [&](ObjectReader& r) {
    TaskCheck check;
    const std::string type = task.word(r, "type", kTypes);
    check.name = r.text("name").value_or(type);
    check.weight = r.number("weight", 0, 1000).value_or(1);
    check.must = r.boolean("must").value_or(false);
    check.of = r.text("of").value_or("answer");
    if (type.empty()) return;
    check.body = read_body(task, r, type, agent);
    check_against_sandbox(task, r, check, sandbox);
    checks.push_back(std::move(check));
  });
  const bool has_content = std::any_of(checks.begin(), checks.end(), [](const TaskCheck& check) {
    return check_part(check.body) == ScorePart::content;
  });
  if (!has_content) task.refuse(root, "check", "no check of the content", "[[check]] tables; see docs/tasks.md");
  return checks;
}

CallPattern read_call_pattern(TaskReader& task, ObjectReader& r, bool is_counted) {
  CallPattern call;
  call.tool = r.required_text("tool", "tool = \"search\"");
  if (const Json* args = r.raw("args")) {
    if (!args->is_object()) task.refuse(r, "args", "\"args\" must be a table");
    call.args = args->is_object() ? args->dump() : "{}";
  }
  if (!is_counted) return call;
  call.least = r.integer("min", 0, kMostCount).value_or(1);
  call.most = r.integer("max", 0, kMostCount);
  return call;
}

AgentSpec read_agent(TaskReader& task, ObjectReader& root) {
  AgentSpec agent;
  agent.max_turns = root.integer("max_turns", 1, 1000).value_or(agent.max_turns);
  task.each(root, "tool", [&](ObjectReader& r) {
    AgentTool tool;
    tool.name = r.required_text("name", "name = \"search\"");
    tool.description = r.required_text("description", "description = \"Finds suppliers by name.\"");
    tool.parameters = task.schema(r, "parameters", false);
    const bool is_second = std::any_of(agent.tools.begin(), agent.tools.end(),
                                       [&](const AgentTool& other) { return other.name == tool.name; });
    if (is_second) task.refuse(r, "name", "a second tool of the name " + tool.name);
    task.each(r, "reply", [&](ObjectReader& given) {
      ToolReply reply;
      if (const Json* when = given.raw("when")) {
        if (!when->is_object()) task.refuse(given, "when", "\"when\" must be a table");
        reply.when = when->is_object() ? when->dump() : "{}";
      }
      task.inside(given, "after", [&](ObjectReader& call) { reply.after = read_call_pattern(task, call, false); });
      reply.times = given.integer("times", 1, kMostCount);
      const std::optional<std::string> content = given.text("content");
      if (!content) task.refuse(given, "content", "a reply has no \"content\"");
      reply.content = content.value_or("");
      tool.replies.push_back(std::move(reply));
    });
    agent.tools.push_back(std::move(tool));
  });
  if (agent.tools.empty()) task.refuse(root, "tool", "[agent] has no tools", "[[agent.tool]] tables");
  return agent;
}

}  // namespace rigwise
