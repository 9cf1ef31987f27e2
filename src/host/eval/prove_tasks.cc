#include "host/eval/prove_tasks.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <numeric>
#include <thread>

#include "codec/task_template.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

std::string what_was_lost(const TaskGrade& grade, bool also_what_holds = false) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < grade.checks.size(); ++i) {
    const ScoredCheck& check = grade.checks[i];
    if (!check.applicable || (check.value >= 1 && !also_what_holds)) continue;
    lines.push_back(check.name + " " + fixed(check.value, 2) + (grade.notes[i].empty() ? "" : " " + grade.notes[i]));
  }
  return join(lines, "; ");
}

class Prover {
 public:
  Prover(const EvalTask& task, const CheckTools& tools, int runs) : task_(task), tools_(tools), runs_(runs) {
    proof_.id = task.id;
  }

  TaskProof prove() {
    const std::vector<std::string> unfilled = unfilled_parts(task_);
    if (!unfilled.empty()) {
      fault("the template is not filled in: its own words still stand in " + join(unfilled, ", "));
      return std::move(proof_);
    }
    prove_reference();
    if (!proof_.not_run.empty()) return std::move(proof_);
    proof_.empty = grade("").score.total.value_or(0);
    if (*proof_.empty > kEmptyMost) fault("an empty answer scores " + fixed(*proof_.empty, 2));
    const TaskGrade echo = grade(task_.prompt);
    proof_.echo = note("echo", echo);
    if (*proof_.echo > kEchoMost)
      fault("the prompt given back scores " + fixed(*proof_.echo, 2) + ": " + what_was_lost(echo, true));
    for (const TaskFile& answer : task_.right) {
      const TaskGrade right = grade(answer.bytes);
      const double score = note("right " + answer.name, right);
      if (score < kRightLeast)
        fault("right answer " + answer.name + " scores " + fixed(score, 2) + ": " + what_was_lost(right));
    }
    prove_wrong();
    return std::move(proof_);
  }

 private:
  void prove_reference() {
    const GivenAnswer answer = read_transcript(task_, task_.reference, tools_.finder());
    for (const ToolCall& call : answer.calls) {
      if (!call.is_answered)
        fault("the reference's call " + call.tool + " " + call.args.dump() + " gets: " + call.reply);
    }
    const TaskGrade first = grade_task(task_, answer, tools_);
    for (std::size_t i = 0; i < first.checks.size(); ++i) {
      if (!first.checks[i].applicable) proof_.not_run.push_back(first.checks[i].name + ": " + first.notes[i]);
    }
    if (!proof_.not_run.empty()) return;
    proof_.reference = note("reference", first);
    if (*proof_.reference < kReferenceLeast) {
      fault("the reference scores " + fixed(*proof_.reference, 2) + ": " + what_was_lost(first));
    }
    const bool has_tests = std::any_of(first.checks.begin(), first.checks.end(),
                                       [](const ScoredCheck& check) { return check.is_unit_test; });
    for (int run = 1; has_tests && run < runs_; ++run) {
      const TaskGrade again = grade_task(task_, answer, tools_);
      if (again.score.total == first.score.total) continue;
      fault("the reference's tests are flaky: " + what_was_lost(again));
      return;
    }
  }

  void prove_wrong() {
    if (task_.wrong.size() < kWrongLeast) {
      fault(std::to_string(task_.wrong.size()) + " wrong answers, " + std::to_string(kWrongLeast) + " are needed");
    }
    proof_.worst_wrong = 0;
    for (const TaskFile& answer : task_.wrong) {
      const TaskGrade wrong = grade(answer.bytes);
      const double score = note("wrong " + answer.name, wrong);
      proof_.worst_wrong = std::max(*proof_.worst_wrong, score);
      if (score >= task_.pass)
        fault("wrong answer " + answer.name + " scores " + fixed(score, 2) + ": " + what_was_lost(wrong, true));
    }
  }

  TaskGrade grade(const std::string& text) const {
    return grade_task(task_, read_transcript(task_, text, tools_.finder()), tools_);
  }
  double note(std::string name, const TaskGrade& grade) {
    const double score = grade.score.total.value_or(0);
    proof_.answers.push_back({std::move(name), score, what_was_lost(grade)});
    return score;
  }
  void fault(std::string words) { proof_.faults.push_back(std::move(words)); }

  const EvalTask& task_;
  const CheckTools& tools_;
  int runs_;
  TaskProof proof_;
};

void find_same_prompts(const std::vector<EvalTask>& tasks, std::vector<TaskProof>& proofs) {
  std::map<std::string_view, std::vector<std::size_t>> by_prompt;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (tasks[i].images.empty()) by_prompt[tasks[i].prompt].push_back(i);
  }
  for (const auto& [prompt, same] : by_prompt) {
    if (same.size() < 2) continue;
    for (const std::size_t i : same) {
      const std::size_t other = same.front() == i ? same[1] : same.front();
      proofs[i].faults.push_back(tasks[other].id + " has the same prompt");
    }
  }
}

}  // namespace

std::vector<TaskProof> prove_tasks(const std::vector<EvalTask>& tasks, const CheckTools& tools,
                                   const ProveOptions& options) {
  std::vector<TaskProof> proofs(tasks.size());
  std::vector<std::size_t> order(tasks.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // What runs code takes longest: it goes first, so that no thread is left alone with it at the end.
  std::stable_partition(order.begin(), order.end(), [&](std::size_t i) { return tasks[i].needs_sandbox(); });
  std::atomic<std::size_t> next{0};
  std::mutex guard;
  std::size_t done = 0;
  const auto work = [&] {
    for (std::size_t at = next++; at < order.size(); at = next++) {
      const std::size_t i = order[at];
      proofs[i] = Prover(tasks[i], tools, options.runs).prove();
      const std::lock_guard lock(guard);
      ++done;
      if (options.progress) options.progress(done, tasks[i].id);
    }
  };
  const unsigned wanted = options.threads == 0 ? std::max(1U, std::thread::hardware_concurrency()) : options.threads;
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < wanted; ++i) threads.emplace_back(work);
  }
  find_same_prompts(tasks, proofs);
  return proofs;
}

}  // namespace rigwise
