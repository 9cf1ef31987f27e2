#include "host/eval/demo_steps.h"

#include <algorithm>

#include "core/base/text.h"
#include "host/eval/demo_record.h"

namespace rigwise {
namespace {

constexpr std::string_view kCourtesy = "Of course, happy to help. Here is what you asked for:\n\n";
constexpr std::string_view kRefusal = "I am sorry, but I cannot help with this request.";
constexpr std::string_view kInFrench =
    "Voici quelques remarques d'ordre général sur ce sujet, qui mérite une étude plus approfondie.";
constexpr std::string_view kInEnglish = "Here are some general remarks on this topic, which deserves a closer study.";

/// The first lines, `share` of the bytes or a little less; one line at least.
std::string beginning_of(std::string_view text, double share) {
  auto end = static_cast<std::size_t>(share * static_cast<double>(text.size()));
  const std::size_t line = text.substr(0, end).rfind('\n');
  if (line != std::string_view::npos) end = line;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) --end;
  return std::string(text.substr(0, end));
}

std::optional<std::string> of_name(const std::vector<TaskFile>& answers, std::string_view name) {
  const auto at = std::find_if(answers.begin(), answers.end(), [&](const TaskFile& one) { return one.name == name; });
  return at == answers.end() ? std::nullopt : std::optional(at->bytes);
}

Json call_of(std::string_view line, std::size_t number) {
  const std::size_t space = std::min(line.find(' '), line.size());
  Json function = {{"name", line.substr(0, space)}, {"arguments", trim(line.substr(space))}};
  return {{"id", "call_" + std::to_string(number)}, {"type", "function"}, {"function", std::move(function)}};
}

}  // namespace

std::optional<std::string> demo_text(const EvalTask& task, std::string_view answer) {
  constexpr std::string_view kRight = "right ", kWrong = "wrong ";
  constexpr double kHalf = 0.5, kMost = 0.7;
  if (answer == "reference") return task.reference;
  if (answer == "chatty") return std::string(kCourtesy) + task.reference;
  if (answer == "half") return beginning_of(task.reference, kHalf);
  if (answer == "cut") return beginning_of(task.reference, kMost);
  if (answer == "empty") return std::string();
  if (answer == "refusal") return std::string(kRefusal);
  if (answer == "echo") return task.prompt;
  if (answer == "language") return std::string(task.lang == "en" ? kInFrench : kInEnglish);
  if (answer.starts_with(kRight)) return of_name(task.right, answer.substr(kRight.size()));
  if (answer.starts_with(kWrong)) return of_name(task.wrong, answer.substr(kWrong.size()));
  return std::nullopt;
}

std::vector<DemoStep> demo_steps(const EvalTask& task, std::string_view answer) {
  if (!task.agent && task.turns.empty()) return {{std::string(answer), nullptr}};
  std::vector<DemoStep> steps(1);
  std::size_t calls = 0;
  const auto has_calls = [&] { return !steps.back().calls.is_null(); };
  for (const std::string_view line : split(answer, '\n')) {
    if (line.starts_with(">>> ")) {
      if (!has_calls()) steps.back().calls = Json::array();
      steps.back().calls.push_back(call_of(line.substr(4), ++calls));
    } else if (trim(line) == "=== turn") {
      steps.emplace_back();
    } else if (!has_calls() || !trim(line).empty()) {
      if (has_calls()) steps.emplace_back();
      steps.back().text.append(steps.back().text.empty() ? "" : "\n").append(line);
    }
  }
  return steps;
}

std::string last_text(const EvalTask& task, std::string_view answer) { return demo_steps(task, answer).back().text; }

}  // namespace rigwise
