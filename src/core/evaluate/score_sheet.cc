#include "core/evaluate/score_sheet.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>
#include <unordered_map>

#include "core/stats/distributions.h"

namespace rigwise {
namespace {

template <class T>
std::unordered_map<std::string_view, std::size_t> index_of(const std::vector<T>& list) {
  std::unordered_map<std::string_view, std::size_t> index;
  for (std::size_t i = 0; i < list.size(); ++i) index.emplace(list[i].id, i);
  return index;
}

template <class Keep>
TaskList tasks_that(const ResultSet& results, Keep keep) {
  TaskList tasks;
  for (std::size_t i = 0; i < results.tasks.size(); ++i) {
    if (keep(results.tasks[i])) tasks.push_back(i);
  }
  return tasks;
}

struct Sum {
  double of = 0;
  int count = 0;
  double mean() const { return of / count; }
};

/// Wilson's interval of a share that need not be k of n: families pass in part.
///     see pass_rate_interval()
Interval share_interval(double share, int count, double level) {
  const double n = count, z = normal_quantile((1 + level) / 2), square = z * z;
  const double middle = (share + square / (2 * n)) / (1 + square / n);
  const double half = z / (1 + square / n) * std::sqrt(share * (1 - share) / n + square / (4 * n * n));
  return {share <= 0 ? 0 : std::max(0.0, middle - half), share >= 1 ? 1 : std::min(1.0, middle + half)};
}

}  // namespace

std::optional<double> worth_of(const EvaluatedAnswer& answer) {
  if (!counts_as_answer(answer.outcome)) return std::nullopt;
  if (answer.score) return answer.score;
  const bool has_text = answer.outcome == Outcome::ok || answer.outcome == Outcome::truncated;
  return has_text ? std::nullopt : std::optional<double>(0);
}

ScoreSheet score_sheet(const ResultSet& results) {
  const auto models = index_of(results.models), tasks = index_of(results.tasks);
  std::vector<std::vector<Sum>> sums(results.models.size(), std::vector<Sum>(results.tasks.size()));
  for (const EvaluatedAnswer& answer : results.answers) {
    const auto worth = worth_of(answer);
    const auto model = models.find(answer.model), task = tasks.find(answer.task);
    if (!worth || model == models.end() || task == tasks.end()) continue;
    Sum& sum = sums[model->second][task->second];
    sum.of += *worth;
    ++sum.count;
  }
  ScoreSheet sheet;
  sheet.scores.resize(results.models.size());
  for (std::size_t model = 0; model < sums.size(); ++model) {
    sheet.scores[model].reserve(results.tasks.size());
    for (const Sum& sum : sums[model]) {
      sheet.scores[model].push_back(sum.count > 0 ? std::optional<double>(sum.mean()) : std::nullopt);
    }
  }
  std::map<std::string_view, std::size_t> families;
  for (const EvaluatedTask& task : results.tasks) {
    const std::string& name = task.family.empty() ? task.id : task.family;
    sheet.family_of.push_back(families.emplace(name, families.size()).first->second);
    sheet.pass_marks.push_back(task.pass_mark);
  }
  sheet.families = families.size();
  return sheet;
}

TaskList all_tasks(const ResultSet& results) {
  return tasks_that(results, [](const EvaluatedTask&) { return true; });
}

TaskList tasks_of_role(const ResultSet& results, const std::string& role) {
  return tasks_that(results, [&](const EvaluatedTask& task) { return task.role == role; });
}

TaskList tasks_of_category(const ResultSet& results, const std::string& category) {
  return tasks_that(results, [&](const EvaluatedTask& task) { return task.category == category; });
}

TaskMean task_mean(const ScoreSheet& sheet, std::size_t model, const TaskList& tasks, double level) {
  TaskMean mean;
  std::map<std::size_t, Sum> scores, passes;
  for (const std::size_t task : tasks) {
    const auto& score = sheet.scores[model][task];
    if (!score) continue;
    const bool passed = *score >= sheet.pass_marks[task] - 1e-9;
    ++mean.tasks;
    mean.passed += passed ? 1 : 0;
    Sum& sum = scores[sheet.family_of[task]];
    sum.of += *score;
    ++sum.count;
    Sum& pass = passes[sheet.family_of[task]];
    pass.of += passed ? 1 : 0;
    ++pass.count;
  }
  mean.families = static_cast<int>(scores.size());
  mean.claim = claim_allowed(mean.tasks, mean.families);
  if (mean.tasks == 0) return mean;
  std::vector<TaskFamily> families;
  families.reserve(scores.size());
  for (const auto& [family, sum] : scores) families.push_back({sum.mean()});
  double passed = 0;
  for (const auto& [family, sum] : passes) passed += sum.mean() / mean.families;
  if (mean.claim == ClaimAllowed::count_only) {
    for (const TaskFamily& family : families) mean.score += family.front() / mean.families;
    return mean;
  }
  const ClusteredMean clustered = clustered_mean(families, level);
  mean.score = clustered.mean;
  mean.error = clustered.standard_error;
  mean.interval = clustered.interval;
  mean.method = clustered.method;
  mean.pass_rate = share_interval(passed, mean.families, level);
  return mean;
}

std::vector<std::vector<double>> common_family_means(const ScoreSheet& sheet, std::span<const std::size_t> models,
                                                     const TaskList& tasks) {
  std::vector<std::vector<Sum>> sums(models.size(), std::vector<Sum>(sheet.families));
  for (const std::size_t task : tasks) {
    const bool all = std::all_of(models.begin(), models.end(), [&](std::size_t m) { return sheet.scores[m][task]; });
    if (!all) continue;
    for (std::size_t i = 0; i < models.size(); ++i) {
      Sum& sum = sums[i][sheet.family_of[task]];
      sum.of += *sheet.scores[models[i]][task];
      ++sum.count;
    }
  }
  std::vector<std::vector<double>> means(models.size());
  for (std::size_t i = 0; i < models.size(); ++i) {
    for (const Sum& sum : sums[i]) {
      if (sum.count > 0) means[i].push_back(sum.mean());
    }
  }
  return means;
}

}  // namespace rigwise
