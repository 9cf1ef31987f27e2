#include "codec/grade_task.h"

#include <algorithm>

#include "codec/json_check.h"
#include "core/base/text.h"
#include "core/grade/answer_text.h"
#include "core/grade/code_blocks.h"

namespace rigwise {
namespace {

constexpr std::size_t kLongestNote = 600;

std::string shortened(std::string_view text, std::size_t most = kLongestNote) {
  std::size_t end = std::min(text.size(), most);
  // Not within a character.
  while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return std::string(text.substr(0, end));
}

struct Finding {
  CheckResult result;
  std::string not_run;
};

/// Whether a case came out right, with a note where it did not.
CheckResult grade_case(const TestCase& expected, const TestOutcome& got) {
  constexpr std::size_t kLongestShown = 200;
  if (got.exit_status != expected.exit_status) {
    std::string note = "exit " + std::to_string(got.exit_status);
    if (!got.message.empty()) note += ": " + got.message;
    return {0, std::move(note)};
  }
  if (output_matches(expected, got.output)) return {1, ""};
  return {0, "got \"" + shortened(got.output, kLongestShown) + "\", expected \"" +
                 shortened(expected.expected, kLongestShown) + "\""};
}

/// Looks at one answer with the eyes of one check after the other.
class Grader {
 public:
  Grader(const EvalTask& task, const GivenAnswer& answer, const CheckTools& tools)
      : task_(&task), given_(&answer), tools_(&tools), finds_(tools.finder()) {
    if (!answer.turns.empty()) text_ = visible_answer(answer.turns.back());
    if (task.sandbox) code_ = extract_code(text_, code_language_name(task.sandbox->language), task.sandbox->files);
    joined_ = code_.joined();
  }

  bool is_empty() const {
    return given_->calls.empty() && std::all_of(given_->turns.begin(), given_->turns.end(),
                                                [](const std::string& t) { return trim(visible_answer(t)).empty(); });
  }

  Finding look(const TaskCheck& check) {
    const std::string& text = subject(check.of);
    return std::visit([&](const auto& body) { return grade(body, text); }, check.body);
  }

 private:
  const std::string& subject(const std::string& of) const {
    static const std::string kNothing;
    if (of == "answer") return text_;
    if (of == "code") return joined_;
    const auto file = code_.files.find(of);
    return file == code_.files.end() ? kNothing : file->second;
  }

  Finding grade(const KeywordCheck& check, const std::string& text) const { return {grade_keywords(check, text), ""}; }
  Finding grade(const NumberCheck& check, const std::string& text) const { return {grade_number(check, text), ""}; }
  Finding grade(const ChoiceCheck& check, const std::string& text) const { return {grade_choice(check, text), ""}; }
  Finding grade(const SectionCheck& check, const std::string& text) const { return {grade_sections(check, text), ""}; }
  Finding grade(const LengthCheck& check, const std::string& text) const { return {grade_length(check, text), ""}; }
  Finding grade(const JsonCheck& check, const std::string& text) const { return {grade_json(check, text, finds_), ""}; }
  Finding grade(const CallsCheck& check, const std::string& /*text*/) const {
    return {grade_calls(check, given_->calls, finds_), ""};
  }
  Finding grade(const PatternCheck& check, const std::string& text) const {
    const Result<int> matches = tools_->count_matches(check, text);
    if (!matches) return {{}, matches.error().message};
    return {grade_matches(check, *matches), ""};
  }

  Finding grade(const CompileCheck& /*check*/, const std::string& /*text*/) {
    if (tools_->code == nullptr) return {{}, tools_->why_no_code};
    if (!code_.whole()) return {{0, "no code found: " + join(code_.missing, ", ")}, ""};
    const CompileOutcome outcome = tools_->code->compile(*task_->sandbox, code_.files);
    return {{outcome.compiles ? 1.0 : 0.0, shortened(outcome.message)}, outcome.not_run};
  }

  Finding grade(const UnitTestCheck& check, const std::string& /*text*/) {
    if (tools_->code == nullptr) return {{}, tools_->why_no_code};
    if (!code_.whole()) return {{0, "no code found"}, ""};
    const RunOutcome outcome = tools_->code->run(*task_->sandbox, code_.files, check.cases);
    if (!outcome.not_run.empty()) return {{}, outcome.not_run};
    if (!outcome.builds) return {{0, "does not build: " + shortened(outcome.message)}, ""};
    std::vector<std::string> failed;
    for (std::size_t i = 0; i < check.cases.size(); ++i) {
      const TestOutcome got = i < outcome.runs.size() ? outcome.runs[i] : TestOutcome{"", -1, "was not run"};
      const CheckResult result = grade_case(check.cases[i], got);
      if (result.value < 1) failed.push_back(check.cases[i].name + ": " + result.note);
    }
    const double share = static_cast<double>(failed.size()) / static_cast<double>(check.cases.size());
    return {{1 - share, shortened(join(failed, " | "))}, ""};
  }

  const EvalTask* task_;
  const GivenAnswer* given_;
  const CheckTools* tools_;
  PatternFinder finds_;
  std::string text_, joined_;
  ExtractedCode code_;
};

}  // namespace

PatternFinder CheckTools::finder() const {
  return [count = count_matches](const std::string& pattern, std::string_view text) {
    PatternCheck check;
    check.pattern = pattern;
    return count(check, text).value_or(0) > 0;
  };
}

TaskGrade grade_task(const EvalTask& task, const GivenAnswer& answer, const CheckTools& tools) {
  TaskGrade grade;
  Grader grader(task, answer, tools);
  const bool is_empty = grader.is_empty();
  for (const TaskCheck& check : task.checks) {
    const Finding finding = is_empty ? Finding{{0, "no answer"}, ""} : grader.look(check);
    ScoredCheck scored;
    scored.name = check.name;
    scored.part = check_part(check.body);
    scored.is_unit_test = std::holds_alternative<UnitTestCheck>(check.body);
    scored.applicable = finding.not_run.empty();
    scored.value = finding.result.value;
    scored.weight = check.weight;
    scored.must = check.must;
    grade.checks.push_back(std::move(scored));
    grade.notes.push_back(finding.not_run.empty() ? finding.result.note : "not run: " + finding.not_run);
  }
  grade.score = score_answer(grade.checks, task.weights, task.cap, answer.cut_off);
  return grade;
}

}  // namespace rigwise
