#include "core/grade/eval_task.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace rigwise {
namespace {

constexpr std::array<std::string_view, 8> kLanguages = {"cpp",  "python", "javascript", "typescript",
                                                        "bash", "sql",    "go",         "text"};
constexpr std::array<std::string_view, 7> kKinds = {"code",   "text",        "translation", "extraction",
                                                    "choice", "calculation", "agent"};
constexpr std::array<std::string_view, 10> kTypes = {"keyword", "regex",  "number",  "choice",    "json_schema",
                                                     "section", "length", "compile", "unit_test", "calls"};
static_assert(kTypes.size() == std::variant_size_v<CheckBody>);

template <class T, std::size_t N>
std::optional<T> of_name(const std::array<std::string_view, N>& names, std::string_view name) {
  const auto at = std::find(names.begin(), names.end(), name);
  if (at == names.end()) return std::nullopt;
  return static_cast<T>(at - names.begin());
}

}  // namespace

std::string_view code_language_name(CodeLanguage language) { return kLanguages[static_cast<std::size_t>(language)]; }
std::optional<CodeLanguage> code_language_of_name(std::string_view name) {
  return of_name<CodeLanguage>(kLanguages, name);
}

std::string_view task_kind_name(TaskKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }
std::optional<TaskKind> task_kind_of_name(std::string_view name) { return of_name<TaskKind>(kKinds, name); }

std::string_view check_type_name(const CheckBody& body) { return kTypes[body.index()]; }

ScorePart check_part(const CheckBody& body) {
  if (std::holds_alternative<CompileCheck>(body)) return ScorePart::compile;
  const bool is_form = std::holds_alternative<SectionCheck>(body) || std::holds_alternative<LengthCheck>(body);
  return is_form ? ScorePart::completeness : ScorePart::content;
}

bool EvalTask::needs_sandbox() const {
  return std::any_of(checks.begin(), checks.end(), [](const TaskCheck& check) {
    return std::holds_alternative<CompileCheck>(check.body) || std::holds_alternative<UnitTestCheck>(check.body);
  });
}

const std::vector<std::string>& task_roles() {
  static const std::vector<std::string> kRoles = {"developer",  "engineer",     "it_admin",
                                                  "accountant", "office_admin", "manager"};
  return kRoles;
}

const std::vector<std::string>& task_categories() {
  static const std::vector<std::string> kCategories = {
      "infrastructure", "bug-fixing",   "security",     "erp-integration",    "database-administration",
      "documentation",  "shell-devops", "content",      "analysis-reasoning", "coding-agent",
      "simple-coding",  "refactoring",  "architecture", "debugging",          "multi-file",
      "reasoning",      "non-coding"};
  return kCategories;
}

}  // namespace rigwise
