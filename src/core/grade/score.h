#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rigwise {

/// What kind of evidence a check gives.
enum class ScorePart { content, compile, completeness };

/// How much each part counts. What does not apply to a task gives its weight to the others, so that a text task and a
/// code task have the same ceiling.
struct ScoreWeights {
  double content = 60, compile = 20, completeness = 20;
};

/// One check's result on its way into the score.
struct ScoredCheck {
  std::string name;
  ScorePart part = ScorePart::content;
  bool is_unit_test = false;  ///< where one applies, it stands for the content and keywords do not
  bool applicable = true;     ///< false: the task has no such check, or the sandbox could not run it
  double value = 0;           ///< 0 .. 1
  double weight = 1;          ///< within its part
  bool must = false;          ///< below 1 the whole score is capped; see score_answer()
};

struct PartScore {
  ScorePart part = ScorePart::content;
  double value = 0;   ///< weighted mean of its checks
  double weight = 0;  ///< share of the whole, after the inapplicable ones gave theirs away
};

struct AnswerScore {
  std::optional<double> total;   ///< nothing when no check applied
  std::vector<PartScore> parts;  ///< always shown beside the total
  std::vector<std::string> not_run;
  bool capped = false;
};

inline constexpr double kDefaultCap = 0.5;
/// The most that an answer gets which has nothing of what it must have.
inline constexpr double kLowestCap = 0.2;

/// Weighted mean over the applicable checks; needs no model, so weights may change after a run.
///     score = sum w_p s_p / sum w_p over parts p with an applicable check
///     where m < 1: score <= 0.2 + (cap - 0.2) m,   m the lowest value of a check that must hold
/// An answer that the endpoint cut off has completeness 0, whether it has such checks or not.
AnswerScore score_answer(const std::vector<ScoredCheck>& checks, const ScoreWeights& weights = {},
                         double cap = kDefaultCap, bool cut_off = false);

/// How an attempt to get an answer ended; not whether the answer is good.
enum class Outcome {
  ok,
  empty,           ///< no text, after one retry: a model that spent its tokens thinking is one
  truncated,       ///< cut at the token limit
  refused,         ///< the model declined
  content_filter,  ///< the provider cut it
  timeout_model,   ///< the server lives, the answer did not come in the task's time
  infra_error,     ///< network, 429, 5xx, malformed bodies: nobody's answer
  harness_error,   ///< our own fault
};
std::string_view outcome_name(Outcome outcome);
std::optional<Outcome> outcome_of_name(std::string_view name);

/// Whether it is the model's own result. The others are listed and never scored.
bool counts_as_answer(Outcome outcome);

/// Above this share of infra and harness errors a model is "incomplete" and has no rank.
inline constexpr double kIncompleteShare = 0.02;
bool is_incomplete(int not_counted, int all);

}  // namespace rigwise
