#pragma once

#include <string>
#include <vector>

#include "core/evaluate/result_set.h"

namespace rigwise {

/// Result sets by hand, for tests whose truth is known.
class ResultsForTests {
 public:
  EvaluatedModel& model(const std::string& id, const std::string& family = "") {
    EvaluatedModel added;
    added.id = id;
    added.requested = id;
    added.family = family;
    set.models.push_back(added);
    return set.models.back();
  }

  EvaluatedTask& task(const std::string& id, const std::string& family = "") {
    EvaluatedTask added;
    added.id = id;
    added.rev = "1";
    added.family = family;
    added.role = "developer";
    added.category = "bug-fixing";
    set.tasks.push_back(added);
    return set.tasks.back();
  }

  EvaluatedAnswer& answer(const std::string& of_task, const std::string& of_model, double score) {
    EvaluatedAnswer added;
    added.task = of_task;
    added.model = of_model;
    added.score = score;
    set.answers.push_back(added);
    return set.answers.back();
  }

  /// Tasks "t0000" to "t(n-1)", each its own family, none of them answered.
  void tasks(int count) {
    for (int i = 0; i < count; ++i) task(name(i));
  }

  static std::string name(int i) {
    const std::string digits = std::to_string(i);
    return "t" + std::string(digits.size() < 4 ? 4 - digits.size() : 0, '0') + digits;
  }

  static JudgeOpinion opinion(const std::string& judge, int correctness, int completeness, int quality) {
    JudgeOpinion added;
    added.judge = judge;
    JudgeVerdict verdict;
    verdict.grades = {{{"", "", correctness}, {"", "", completeness}, {"", "", quality}}};
    added.verdict = verdict;
    return added;
  }

  ResultSet set;
};

}  // namespace rigwise
