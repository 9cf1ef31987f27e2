#include "host/cli/eval_task_counts.h"

#include <algorithm>
#include <map>
#include <set>

namespace rigwise {
namespace {

using Tally = std::map<std::string, int>;

/// The most frequent first, then by name.
std::string tally_table(const std::string& title, const Tally& tally) {
  std::vector<std::pair<std::string, int>> rows(tally.begin(), tally.end());
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text = "| " + title + " | tasks |\n| --- | ---: |\n";
  for (const auto& [name, count] : rows) {
    text.append("| ").append(name).append(" | ").append(std::to_string(count)).append(" |\n");
  }
  return text + "\n";
}

std::string row_of(const std::string& name, const std::vector<std::string>& cells, int all) {
  std::string text = "| " + name + " |";
  for (const std::string& cell : cells) text.append(" ").append(cell).append(" |");
  return text + " " + std::to_string(all) + " |\n";
}

}  // namespace

std::string task_counts(const std::vector<EvalTask>& tasks) {
  std::map<std::pair<std::string, std::string>, int> by;
  Tally lang, kind, difficulty, code, needs, roles;
  std::set<std::string> families;
  for (const EvalTask& task : tasks) {
    ++by[{task.category, task.role}];
    ++roles[task.role];
    ++lang[task.lang];
    ++kind[std::string(task_kind_name(task.kind))];
    ++difficulty[std::to_string(task.difficulty)];
    if (task.sandbox) ++code[std::string(code_language_name(task.sandbox->language))];
    if (task.needs_images()) ++needs["images"];
    if (task.needs_tools()) ++needs["tools"];
    if (!task.turns.empty()) ++needs["several turns"];
    families.insert(task.family);
  }
  std::string text = "| category |", rule = "| --- |";
  for (const std::string& role : task_roles()) {
    text.append(" ").append(role).append(" |");
    rule += " ---: |";
  }
  text += " all |\n" + rule + " ---: |\n";
  for (const std::string& category : task_categories()) {
    std::vector<std::string> cells;
    int all = 0;
    for (const std::string& role : task_roles()) {
      const int count = by[{category, role}];
      cells.push_back(count == 0 ? "" : std::to_string(count));
      all += count;
    }
    text += row_of(category, cells, all);
  }
  std::vector<std::string> totals;
  for (const std::string& role : task_roles()) totals.push_back(std::to_string(roles[role]));
  text += row_of("**all**", totals, static_cast<int>(tasks.size()));
  text += "\n" + std::to_string(tasks.size()) + " tasks in " + std::to_string(families.size()) + " families.\n\n";
  return text + tally_table("language of the prompt", lang) + tally_table("kind", kind) +
         tally_table("difficulty", difficulty) + tally_table("code that is run", code) + tally_table("needs", needs);
}

Result<std::string> with_task_counts(std::string_view page, const std::vector<EvalTask>& tasks) {
  constexpr std::string_view kBegin = "<!-- generated: counts -->\n", kEnd = "<!-- end -->";
  const std::size_t begin = page.find(kBegin);
  const std::size_t end = begin == std::string_view::npos ? begin : page.find(kEnd, begin);
  if (end == std::string_view::npos) {
    return invalid("the page has no place for the counts", "--table", std::string(kBegin) + std::string(kEnd));
  }
  std::string text(page.substr(0, begin + kBegin.size()));
  text += task_counts(tasks);
  text.pop_back();  // one empty line less before the mark
  return text.append(page.substr(end));
}

}  // namespace rigwise
