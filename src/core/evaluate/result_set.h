#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/grade/judge_verdict.h"
#include "core/grade/score.h"

namespace rigwise {

/// What a report is made of: everything that a run (or a foreign file) says, and nothing that is computed from it. Any
/// figure of a report can be had again from this alone.

/// What every face says of the demonstration's results.
inline constexpr const char* kDemoWords = "Demonstration: answers written by rule, no model's";

/// Where the answers come from.
struct RunFacts {
  std::string id, label;
  std::string started;   ///< "2026-11-22T05:50:00Z"
  std::string task_set;  ///< hash of the revisions of all tasks
  std::string code_version, host;
  int protocol = 1;
  bool is_demo = false;                                       ///< written by rule, not an evaluation
  std::vector<std::pair<std::string, std::string>> settings;  ///< sampling, seeds, judge prompts, price snapshot
};

/// A column: a model as exactly as it is known. `id` is what answers name it by, and unique in the set.
struct EvaluatedModel {
  std::string id;
  std::string requested;                  ///< the name that was asked for
  std::optional<std::string> catalog_id;  ///< of catalog/models
  std::string family;                     ///< of makers, so that no judge judges its own
  std::optional<std::string> endpoint, provider, quantisation, digest, server;
  std::optional<double> memory_gb;     ///< of the machine, 10^9 bytes
  std::optional<std::string> setup;    ///< the machine in the catalog's words, where it is known
  std::optional<std::string> foreign;  ///< read from another program's file: "promptfoo", "lm-eval", "inspect"
};

/// A row: one revision of a task. A set never holds two revisions of one id.
struct EvaluatedTask {
  std::string id;   ///< "developer/parse-dates"
  std::string rev;  ///< hash of all its files
  std::string role, category, family, kind, lang;
  double pass_mark = 0.6;
};

/// What one check said of an answer.
struct AnswerCheck {
  std::string name, type;  ///< type: "keyword", "unit_test", ...
  ScorePart part = ScorePart::content;
  bool applicable = true;  ///< false: could not run here, and counts neither way
  double value = 0;
  std::string evidence;
};

/// What one judge said of an answer: a whole verdict or an error, never something between.
struct JudgeOpinion {
  std::string judge;  ///< the judge's model, as it was asked for
  std::string family;
  int repeat = 0;  ///< above 0: the same question again, to see whether the judge agrees with itself
  std::optional<JudgeVerdict> verdict;  ///< nothing: see error
  std::optional<std::string> error;     ///< why there is no verdict
  std::optional<std::int64_t> cost_nano;
};

/// A question to a person, and what the person said.
struct AnswerReview {
  std::vector<std::string> reasons;          ///< names of ReviewReason
  std::optional<std::array<int, 3>> grades;  ///< the person's, by Criterion
  std::string who, note;
  int identical = 1;  ///< answers of the store that say the same to the same task: one decision serves them all
};

struct AnswerTokens {
  std::optional<std::int64_t> prompt, cached, completion, reasoning;  ///< cached is within prompt
};

/// One answer of a model to a task.
struct EvaluatedAnswer {
  std::string task, model;  ///< ids
  int sample = 0;
  Outcome outcome = Outcome::ok;
  int attempts = 1;             ///< above 1: it was asked again
  std::optional<double> score;  ///< 0 .. 1; nothing: no check applied, or nobody's answer
  bool capped = false;          ///< something that must hold did not
  std::vector<PartScore> parts;
  std::vector<AnswerCheck> checks;
  std::optional<std::int64_t> cost_nano;   ///< all attempts; nothing: unknown, which is not 0
  std::optional<std::string> cost_source;  ///< provider, price, estimate, energy
  AnswerTokens tokens;
  std::optional<double> total_s, first_token_s;
  std::optional<std::string> text;
  std::vector<JudgeOpinion> judgements;
  std::optional<AnswerReview> review;
  std::optional<std::string> key;  ///< the item's in the ledger it came from, by which a person reviews it
};

/// How a judge did on answers whose worth is known.
struct CanaryCount {
  std::string judge, kind;  ///< kind: empty, irrelevant, reference, planted_error, injected
  int passed = 0, tried = 0;
};

/// Something that should have been in the report and is not.
struct ExcludedItem {
  std::string what, id, reason;  ///< what: "task", "answer", "model"
};

struct RunMoney {
  std::int64_t spent_nano = 0;     ///< all attempts, judges included
  std::int64_t doubtful_nano = 0;  ///< within spent: perhaps paid twice
  std::int64_t judges_nano = 0;    ///< within spent
  std::string currency = "USD";
};

struct ResultSet {
  RunFacts run;
  std::vector<EvaluatedModel> models;
  std::vector<EvaluatedTask> tasks;
  std::vector<EvaluatedAnswer> answers;
  std::vector<CanaryCount> canaries;
  std::vector<ExcludedItem> excluded;
  RunMoney money;
};

/// The order in which a set is written: models and tasks by id; answers by task, model, sample. Of answers with the
/// same three the first is kept.
void put_in_order(ResultSet& results);

/// Several sets as one: tasks and models of the same id are the same; of a task with two revisions only the later set's
/// answers stay, the others are listed as excluded. Money adds up, of each run once: a set whose runs another one holds
/// (the same file twice, a run beside what it was joined into) is left out and listed as excluded; of two sets of one
/// run the one that knows more stays. An id says what was asked: the same elsewhere, or begun anew, is another run.
ResultSet joined(std::vector<ResultSet> sets);

/// A run that two sets hold, neither of which holds all runs of the other, so that its money cannot be counted once.
std::optional<std::string> run_in_two_sets(const std::vector<ResultSet>& sets);

}  // namespace rigwise
