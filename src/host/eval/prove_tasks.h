#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "codec/grade_task.h"

namespace rigwise {

/// What an answer of a task must score for the task to be worth asking.
inline constexpr double kReferenceLeast = 0.95, kEmptyMost = 0.05, kEchoMost = 0.2, kRightLeast = 0.8;
inline constexpr std::size_t kWrongLeast = 3;

struct AnswerProof {
  std::string name;  ///< "reference", "echo", "right NAME", "wrong NAME"
  double score = 0;
  std::string lost;  ///< the checks below 1, with why
};

struct TaskProof {
  std::string id;
  std::optional<double> reference, empty, echo, worst_wrong;
  std::vector<AnswerProof> answers;
  std::vector<std::string> faults;   ///< why the task proves nothing; none: it is proven
  std::vector<std::string> not_run;  ///< checks that this machine cannot run; then nothing is said
  bool is_proven() const { return faults.empty() && not_run.empty(); }
};

struct ProveOptions {
  int runs = 5;          ///< of a reference's unit tests, which must agree
  unsigned threads = 0;  ///< 0: one a processor
  std::function<void(std::size_t done, const std::string& id)> progress;  ///< from one thread at a time
};

/// Proves tasks side by side: the reference scores high, nothing and the prompt given back low, wrong answers below the
/// pass mark, right ones in other words high; no two tasks ask the same. Gives  one proof a task, in their order.
std::vector<TaskProof> prove_tasks(const std::vector<EvalTask>& tasks, const CheckTools& tools,
                                   const ProveOptions& options = {});

}  // namespace rigwise
