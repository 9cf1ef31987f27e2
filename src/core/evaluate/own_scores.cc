#include "core/evaluate/own_scores.h"

#include <map>
#include <set>

#include "core/advise/quality.h"

namespace rigwise {
namespace {

/// Categories and roles of the tasks, each with its tasks.
std::vector<std::pair<std::string, TaskList>> kinds_of_work(const ResultSet& results, bool with_roles) {
  std::set<std::string> categories, roles;
  for (const EvaluatedTask& task : results.tasks) {
    if (!task.category.empty()) categories.insert(task.category);
    if (with_roles && !task.role.empty()) roles.insert(task.role);
  }
  std::vector<std::pair<std::string, TaskList>> kinds;
  for (const std::string& category : categories) kinds.emplace_back(category, tasks_of_category(results, category));
  for (const std::string& role : roles) {
    if (!categories.contains(role)) kinds.emplace_back(role, tasks_of_role(results, role));
  }
  return kinds;
}

/// One column a model: of several the one that says its format, and of these the worst. What runs here decides, and a
/// cloud's score is an upper bound.
std::vector<std::size_t> columns_of(const Catalog& catalog, const ResultSet& results, const Standings& standings) {
  std::vector<std::size_t> columns;
  std::map<const Llm*, std::size_t> place;
  for (const ModelStanding& line : standings.models) {  // best first
    const EvaluatedModel& model = results.models[line.model];
    if (line.is_incomplete || model.foreign) continue;
    const Llm* llm = record_of(catalog, model);
    const auto at = llm == nullptr ? place.end() : place.find(llm);
    if (at == place.end()) {
      if (llm != nullptr) place[llm] = columns.size();
      columns.push_back(line.model);
    } else if (model.quantisation || !results.models[columns[at->second]].quantisation) {
      columns[at->second] = line.model;
    }
  }
  return columns;
}

}  // namespace

std::vector<QualityScore> own_scores(const Catalog& catalog, const ResultSet& results, bool with_roles) {
  const ScoreSheet sheet = score_sheet(results);
  const auto kinds = kinds_of_work(results, with_roles);
  std::vector<QualityScore> rows;
  for (const std::size_t column : columns_of(catalog, results, standings(results, sheet, {}))) {
    const EvaluatedModel& model = results.models[column];
    const Llm* llm = record_of(catalog, model);
    for (const auto& [kind, tasks] : kinds) {
      const TaskMean mean = task_mean(sheet, column, tasks, 0.95);
      if (mean.tasks == 0) continue;
      QualityScore row;
      row.model_id = llm == nullptr ? "" : llm->id;
      row.model_name = llm == nullptr ? model.requested : llm->id;
      row.benchmark = kOwnEvaluation;
      row.task = kind;
      row.category = std::to_string(mean.families) + (mean.families == 1 ? " task" : " tasks");
      row.score = 100 * mean.score;
      row.scale_max = 100;
      row.date = results.run.started.substr(0, 10);
      row.source = results.run.label;
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

}  // namespace rigwise
