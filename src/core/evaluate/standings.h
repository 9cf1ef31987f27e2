#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/evaluate/score_sheet.h"
#include "core/stats/paired.h"

namespace rigwise {

/// How answers that were asked for more than once compare with those that came at once: a provider that drops hard
/// requests shifts what is left.
struct RetriedAnswers {
  int first_try = 0, retried = 0;
  double first_try_mean = 0, retried_mean = 0;
};

/// What a model's answers cost and took. Times of a run under load say little of a machine's speed.
struct AnswerCosts {
  int known = 0;                ///< answers whose cost is known
  std::int64_t total_nano = 0;  ///< of those
  std::optional<double> nano_per_answer;
  std::optional<double> median_s, p95_s;  ///< of a whole answer
  std::optional<double> median_first_token_s;
  std::optional<double> completion_tokens;  ///< mean
};

/// One model's line.
struct ModelStanding {
  std::size_t model = 0;  ///< of the set
  TaskMean mean;
  int answers = 0;                          ///< rows, whatever became of them
  std::array<int, 8> outcomes = {};         ///< by Outcome
  int not_scored = 0;                       ///< answers that no check could look at
  bool is_incomplete = false;               ///< too many infra and harness errors: no rank
  std::optional<RankInterval> rank;         ///< nothing where no order may be claimed
  std::optional<double> judged;             ///< mean of judges' scores, 0 .. 1; a person's verdict stands for theirs
  int judged_answers = 0, half_judged = 0;  ///< with two verdicts or a person's; with one
  RetriedAnswers retried;
  AnswerCosts costs;
};

/// Two models over the tasks that both have.
struct PairStanding {
  std::size_t first = 0, second = 0;  ///< of the set
  PairComparison comparison;
  double corrected_p = 1;  ///< Holm's, over the pairs that may be judged
  PairVerdict verdict = PairVerdict::too_few_families;
  int only_first = 0, only_second = 0;  ///< tasks that one passed and the other did not
  double mcnemar_p = 1;
  std::optional<int> families_needed;  ///< to tell them apart four times in five, were the difference as seen
};

struct Standings {
  std::vector<ModelStanding> models;  ///< best first; incomplete ones last; of equals by id
  std::vector<PairStanding> pairs;
  int common_families = 0;  ///< that every ranked model has: the ranks' ground
  bool all_pairs = true;    ///< false: too many models; neighbours, and each with the best
};

struct StandingsQuestion {
  double level = 0.95;
  double margin = kEquivalenceMargin;
  std::optional<std::size_t> reference;  ///< compared with every other, however many there are
};

inline constexpr std::size_t kMostModelsInPairs = 10;

/// Who did how well, and what may be said of it. Foreign columns stand beside, are ranked with their own kind only.
Standings standings(const ResultSet& results, const ScoreSheet& sheet, const StandingsQuestion& question);

/// Compares given pairs, Holm's correction over all that may be judged.
std::vector<PairStanding> compared_pairs(const ResultSet& results, const ScoreSheet& sheet,
                                         const std::vector<std::pair<std::size_t, std::size_t>>& pairs,
                                         const StandingsQuestion& question);

/// "A > B", "no difference shown", "equivalent within 0.05", "too few tasks to compare".
std::string pair_words(const PairStanding& pair, const std::string& first, const std::string& second);
const char* pair_verdict_name(PairVerdict verdict);
const char* claim_name(ClaimAllowed claim);

/// The worth of an answer to judges: a person's grades where there are, else the mean of two judges; 0 .. 1.
std::optional<double> judged_worth(const EvaluatedAnswer& answer);

}  // namespace rigwise
