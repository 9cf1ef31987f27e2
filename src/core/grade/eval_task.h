#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/grade/checks.h"
#include "core/grade/score.h"

namespace rigwise {

// A task as docs/tasks.md describes it, with every file it names already read: nothing of it is looked up later.
// Values that are JSON stand as JSON texts, since the core knows no JSON.

/// A named text or picture of a task: a wrong answer, an image.
struct TaskFile {
  std::string name;
  std::string bytes;
};

struct TaskLimits {
  int max_output_tokens = 4096;
  double time_s = 300;
};

struct TaskSampling {
  double temperature = 0;
  int n = 1;  ///< answers to ask for
};

enum class CodeLanguage { cpp, python, javascript, typescript, bash, sql, go, text };
std::string_view code_language_name(CodeLanguage language);
std::optional<CodeLanguage> code_language_of_name(std::string_view name);

/// Where the answer's code runs. Expected output never gets there.
struct SandboxSpec {
  CodeLanguage language = CodeLanguage::text;
  std::vector<std::string> files;  ///< of the answer; the first is what is run
  std::optional<TaskFile> driver;  ///< put beside them and run in place of the first; its bare name
  int cpu_s = 10;                  ///< of one case; wall time is three times that
  int memory_mib = 512;
};

enum class CaseCompare { lines, unordered, tokens, json };

/// One run of the answer's code.
struct TestCase {
  std::string name;
  std::string stdin_text;
  std::vector<std::string> args;
  std::map<std::string, std::string> files;  ///< written before the run
  std::string expected;                      ///< standard output, then what `show` and `tree` append
  int exit_status = 0;
  std::string after;              ///< sql: statements after the answer's
  std::vector<std::string> show;  ///< files whose content is appended
  bool tree = false;
  CaseCompare compare = CaseCompare::lines;
  double tolerance = 1e-6;
};

struct CompileCheck {};

struct UnitTestCheck {
  std::vector<TestCase> cases;
};

/// JSON in the answer: the schema is one item, each pointer another.
struct JsonCheck {
  std::string schema = "{}";                                             ///< JSON text
  std::vector<std::pair<std::string, std::vector<std::string>>> values;  ///< pointer -> accepted values, JSON texts
  double tolerance = 0.005;
};

/// A call that a check or a reply looks for. `args` is a JSON object; every key of it must match.
struct CallPattern {
  std::string tool;
  std::string args = "{}";
  int least = 1;
  std::optional<int> most;
};

struct CallsCheck {
  std::vector<CallPattern> expect, forbid;
  bool ordered = false;
  std::optional<int> max_calls;
};

using CheckBody = std::variant<KeywordCheck, PatternCheck, NumberCheck, ChoiceCheck, JsonCheck, SectionCheck,
                               LengthCheck, CompileCheck, UnitTestCheck, CallsCheck>;

struct TaskCheck {
  std::string name;  ///< for people; the type where the task gives none
  double weight = 1;
  bool must = false;
  std::string of = "answer";  ///< "answer", "code" or the name of a file of the answer
  CheckBody body;
};
/// "keyword", "regex", ...: the word of the format.
std::string_view check_type_name(const CheckBody& body);
ScorePart check_part(const CheckBody& body);

/// What a tool says to a call. The first reply of a tool that fits is given.
struct ToolReply {
  std::string when = "{}";           ///< JSON object: every argument named must match
  std::optional<CallPattern> after;  ///< only after such a call has been made
  std::optional<int> times;          ///< at most so often
  std::string content;
};

struct AgentTool {
  std::string name, description;
  std::string parameters = "{}";  ///< JSON Schema as JSON text
  std::vector<ToolReply> replies;
};

struct AgentSpec {
  int max_turns = 12;  ///< calls and answers to one message of the user
  std::vector<AgentTool> tools;
};

enum class TaskKind { code, text, translation, extraction, choice, calculation, agent };
std::string_view task_kind_name(TaskKind kind);
std::optional<TaskKind> task_kind_of_name(std::string_view name);

struct EvalTask {
  std::string id;   ///< "role/slug"
  std::string rev;  ///< SHA-256 over its files, in hex: another content is another task
  std::string role, title, category;
  TaskKind kind = TaskKind::text;
  std::string lang = "en";  ///< of the prompt
  int difficulty = 1;
  std::string family;  ///< cluster for statistics; the id where the task names none
  std::vector<std::string> tags, expects, authors;
  std::string license, source, created, canary;
  double pass = 0.6;  ///< score from which an answer passes

  std::string prompt;              ///< the first message of the user
  std::vector<TaskFile> images;    ///< PNG bytes, sent with it
  std::vector<std::string> turns;  ///< further messages, each after the answer to the one before
  TaskLimits limits;
  TaskSampling sampling;
  ScoreWeights weights;
  double cap = kDefaultCap;
  std::optional<SandboxSpec> sandbox;
  std::optional<AgentSpec> agent;
  std::vector<TaskCheck> checks;

  std::string reference;               ///< an answer that passes
  std::vector<TaskFile> wrong, right;  ///< wrong answers, and right ones in other words

  bool needs_images() const { return !images.empty(); }
  bool needs_tools() const { return agent.has_value(); }
  /// Whether code of the answer is run or compiled.
  bool needs_sandbox() const;
};

/// The roles and categories that a task may have, in the order of docs/tasks.md.
const std::vector<std::string>& task_roles();
const std::vector<std::string>& task_categories();

}  // namespace rigwise
