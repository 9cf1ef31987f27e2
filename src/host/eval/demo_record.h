#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/grade/eval_task.h"
#include "host/eval/bundled_tasks.h"
#include "host/eval/token_cost.h"
#include "host/net/chat_client.h"

namespace rigwise {

/// The demonstration: an endpoint that answers without a network, from a record in the binary (tasks/demo), so that
/// every report can be seen at once. Its answers are no model's: stand-ins give the tasks' own reference and wrong
/// answers, drawn by the rule in tools/demo_answers.py, and two stand-ins judge them by the same rule.

inline constexpr std::string_view kDemoEndpoint = "demo";

/// Who answers or judges. Price and speed are stated in the record and measured nowhere.
struct StandIn {
  std::string name;
  bool is_judge = false;
  std::string shape;         ///< of catalog/models, whose memory it takes; empty: none, it runs in no machine here
  std::string quantisation;  ///< empty: none said
  TokenPrice price;
  double prefill_tokens_per_s = 0, decode_tokens_per_s = 0;
};

/// Those of the record, players before judges. Errors  a record that cannot be read, at file and line.
Result<std::vector<StandIn>> read_stand_ins(const BundledFiles& files);

/// The record with its tasks.
class DemoRecord {
 public:
  /// Errors  a record that cannot be read; a row that names an answer its task does not have.
  static Result<std::shared_ptr<const DemoRecord>> read(const BundledFiles& files);

  const std::vector<StandIn>& stand_ins() const { return stand_ins_; }
  bool has_answers_to(const std::string& task) const { return answers_.contains(task); }
  /// The stand-ins that play, or those that judge, by these names; all of them without names.
  /// Errors  a name that is nobody's, with the nearest.
  Result<std::vector<StandIn>> called(const std::vector<std::string>& names, bool judges) const;

  /// What a stand-in says to a question of the runner or of the judges. What is not in the record is refused as a bad
  /// request: nothing is made up.
  ChatExchange answer(const ChatRequest& request) const;

 private:
  struct Named;
  Result<void> read_answers(const BundledFiles& files);
  Result<void> read_verdicts(const BundledFiles& files);
  ChatExchange play(const StandIn& player, const ChatRequest& request) const;
  ChatExchange judge(const StandIn& judge, const ChatRequest& request) const;

  std::vector<StandIn> stand_ins_;
  std::vector<EvalTask> tasks_;                                         ///< those with answers
  std::map<std::string, const EvalTask*> task_of_prompt_;               ///< by the first message
  std::map<std::string, std::map<std::string, std::string>> answers_;   ///< task, player -> which answer
  std::map<std::string, std::map<std::string, std::string>> verdicts_;  ///< task + answer, judge -> grades
};

/// An answer that the record names: "reference", "right NAME", "wrong NAME" as the task has them; "chatty" (the
/// reference after a courtesy), "half" and "cut" (its beginning; the latter stopped by a limit), "empty", "refusal",
/// "echo" (the prompt), "language" (a sentence in another language). Nothing: the task has no such answer.
std::optional<std::string> demo_text(const EvalTask& task, std::string_view answer);

}  // namespace rigwise
