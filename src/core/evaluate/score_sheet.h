#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/evaluate/result_set.h"
#include "core/stats/clusters.h"
#include "core/stats/sample_size.h"

namespace rigwise {

/// Scores by model and task, samples averaged: what every comparison is made from. Indices are those of the set's
/// lists.
struct ScoreSheet {
  std::vector<std::vector<std::optional<double>>> scores;  ///< [model][task]; nothing: no answer that counts
  std::vector<std::size_t> family_of;                      ///< by task
  std::size_t families = 0;
  std::vector<double> pass_marks;  ///< by task
};

/// Which tasks a figure is about, in order.
using TaskList = std::vector<std::size_t>;

/// What an answer is worth, or nothing when it is nobody's: infra and harness errors, and answers that no check could
/// look at. A model that said nothing, refused or took too long has 0.
std::optional<double> worth_of(const EvaluatedAnswer& answer);

/// Takes  a set in order, each answer's task and model being of the set.
ScoreSheet score_sheet(const ResultSet& results);

/// All tasks, or those of a role or category.
TaskList all_tasks(const ResultSet& results);
TaskList tasks_of_role(const ResultSet& results, const std::string& role);
TaskList tasks_of_category(const ResultSet& results, const std::string& category);

/// What a model reached on some tasks.
///
///     score = mean over families of the mean over the family's tasks
///
/// Families count equally: a source of which there are ten variants is no better known than one of which there is one,
/// and the same tasks copied ten times change nothing.
struct TaskMean {
  int tasks = 0, families = 0;
  int passed = 0;                     ///< tasks whose mean reaches the pass mark
  double score = 0;                   ///< meaningless without tasks
  std::optional<double> error;        ///< standard error
  std::optional<Interval> interval;   ///< nothing below 10 tasks
  std::optional<Interval> pass_rate;  ///< Wilson's, over families
  IntervalMethod method = IntervalMethod::t_clustered;
  ClaimAllowed claim = ClaimAllowed::count_only;
};
TaskMean task_mean(const ScoreSheet& sheet, std::size_t model, const TaskList& tasks, double level);

/// Mean of each family among the tasks that all of these models have; in order of the family's first task.
std::vector<std::vector<double>> common_family_means(const ScoreSheet& sheet, std::span<const std::size_t> models,
                                                     const TaskList& tasks);

}  // namespace rigwise
