#include "core/evaluate/standings.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string_view>
#include <unordered_map>

#include "core/stats/quantile.h"

namespace rigwise {
namespace {

constexpr double kSmallestGap = 1e-3;  ///< below it no number of tasks is worth naming
constexpr double kMostFamilies = 1e6;

/// What is gathered of a model while its answers go by.
struct Gathered {
  std::vector<double> total_s, first_token_s;
  double judged = 0, first_try = 0, retried = 0, tokens = 0;
  int with_tokens = 0;
};

int verdicts_of(const EvaluatedAnswer& answer) {
  return static_cast<int>(std::count_if(answer.judgements.begin(), answer.judgements.end(),
                                        [](const JudgeOpinion& o) { return o.repeat == 0 && o.verdict.has_value(); }));
}

void add_answer(const EvaluatedAnswer& answer, ModelStanding& line, Gathered& got) {
  ++line.answers;
  ++line.outcomes[static_cast<std::size_t>(answer.outcome)];
  const auto worth = worth_of(answer);
  if (worth) {
    (answer.attempts > 1 ? got.retried : got.first_try) += *worth;
    ++(answer.attempts > 1 ? line.retried.retried : line.retried.first_try);
  } else if (counts_as_answer(answer.outcome)) {
    ++line.not_scored;
  }
  if (const auto judged = judged_worth(answer)) {
    got.judged += *judged;
    ++line.judged_answers;
  } else if (verdicts_of(answer) == 1) {
    ++line.half_judged;
  }
  if (answer.cost_nano) {
    ++line.costs.known;
    line.costs.total_nano += *answer.cost_nano;
  }
  if (!counts_as_answer(answer.outcome)) return;
  if (answer.total_s) got.total_s.push_back(*answer.total_s);
  if (answer.first_token_s) got.first_token_s.push_back(*answer.first_token_s);
  if (answer.tokens.completion) {
    got.tokens += static_cast<double>(*answer.tokens.completion);
    ++got.with_tokens;
  }
}

void settle(const Gathered& got, ModelStanding& line) {
  if (line.judged_answers > 0) line.judged = got.judged / line.judged_answers;
  if (line.retried.first_try > 0) line.retried.first_try_mean = got.first_try / line.retried.first_try;
  if (line.retried.retried > 0) line.retried.retried_mean = got.retried / line.retried.retried;
  AnswerCosts& costs = line.costs;
  if (costs.known > 0) costs.nano_per_answer = static_cast<double>(costs.total_nano) / costs.known;
  if (!got.total_s.empty()) {
    costs.median_s = quantile(got.total_s, 0.5);
    costs.p95_s = quantile(got.total_s, 0.95);
  }
  if (!got.first_token_s.empty()) costs.median_first_token_s = quantile(got.first_token_s, 0.5);
  if (got.with_tokens > 0) costs.completion_tokens = got.tokens / got.with_tokens;
  const int lost = line.outcomes[static_cast<std::size_t>(Outcome::infra_error)] +
                   line.outcomes[static_cast<std::size_t>(Outcome::harness_error)];
  line.is_incomplete = is_incomplete(lost, line.answers);
}

std::vector<ModelStanding> lines_of(const ResultSet& results, const ScoreSheet& sheet, double level) {
  std::vector<ModelStanding> lines(results.models.size());
  std::vector<Gathered> gathered(results.models.size());
  std::unordered_map<std::string_view, std::size_t> index;
  const TaskList tasks = all_tasks(results);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    index.emplace(results.models[i].id, i);
    lines[i].model = i;
    lines[i].mean = task_mean(sheet, i, tasks, level);
  }
  for (const EvaluatedAnswer& answer : results.answers) {
    const auto at = index.find(answer.model);
    if (at != index.end()) add_answer(answer, lines[at->second], gathered[at->second]);
  }
  for (std::size_t i = 0; i < lines.size(); ++i) settle(gathered[i], lines[i]);
  std::stable_sort(lines.begin(), lines.end(), [](const ModelStanding& a, const ModelStanding& b) {
    const bool a_has = a.mean.tasks > 0, b_has = b.mean.tasks > 0;
    if (a_has != b_has) return a_has;
    if (a.is_incomplete != b.is_incomplete) return b.is_incomplete;
    return a.mean.score > b.mean.score;
  });
  return lines;
}

/// Of ranked models of one kind: own, or of one foreign program.
using Group = std::vector<std::size_t>;  ///< places in the list of lines

std::vector<Group> groups_of(const ResultSet& results, const std::vector<ModelStanding>& lines) {
  std::vector<std::pair<std::optional<std::string>, Group>> groups;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].is_incomplete || lines[i].mean.tasks == 0) continue;
    const auto& foreign = results.models[lines[i].model].foreign;
    auto at = std::find_if(groups.begin(), groups.end(), [&](const auto& group) { return group.first == foreign; });
    if (at == groups.end()) at = groups.insert(groups.end(), {foreign, {}});
    at->second.push_back(i);
  }
  std::vector<Group> list;
  list.reserve(groups.size());
  for (auto& [foreign, group] : groups) list.push_back(std::move(group));
  return list;
}

std::vector<std::size_t> models_of(const Group& group, const std::vector<ModelStanding>& lines) {
  std::vector<std::size_t> models;
  models.reserve(group.size());
  for (const std::size_t place : group) models.push_back(lines[place].model);
  return models;
}

/// Tasks that exactly one of two passed.
void count_discordant(const ScoreSheet& sheet, const TaskList& tasks, PairStanding& pair) {
  for (const std::size_t task : tasks) {
    const auto &a = sheet.scores[pair.first][task], &b = sheet.scores[pair.second][task];
    if (!a || !b) continue;
    const double mark = sheet.pass_marks[task] - 1e-9;
    pair.only_first += *a >= mark && *b < mark ? 1 : 0;
    pair.only_second += *b >= mark && *a < mark ? 1 : 0;
  }
  pair.mcnemar_p = mcnemar_exact_p(pair.only_first, pair.only_second);
}

/// Families that would tell the pair apart, were mean and spread of the differences as seen.
std::optional<int> families_needed(const std::vector<double>& differences, double mean, double level) {
  if (differences.size() < 2 || std::abs(mean) < kSmallestGap) return std::nullopt;
  double squares = 0;
  for (const double difference : differences) squares += (difference - mean) * (difference - mean);
  PairedVariance variance;
  variance.between_tasks = squares / static_cast<double>(differences.size() - 1);
  if (variance.between_tasks / (mean * mean) * 20 > kMostFamilies) return std::nullopt;
  return std::max(kFamiliesToCompare, tasks_for_difference(std::abs(mean), variance, level));
}

struct Compared {
  PairStanding pair;
  std::vector<double> differences;
};

Compared compared(const ScoreSheet& sheet, const TaskList& tasks, std::size_t a, std::size_t b, double margin) {
  Compared result;
  result.pair.first = a;
  result.pair.second = b;
  const std::array<std::size_t, 2> both = {a, b};
  const auto means = common_family_means(sheet, both, tasks);
  for (std::size_t i = 0; i < means[0].size(); ++i) result.differences.push_back(means[0][i] - means[1][i]);
  if (!result.differences.empty()) result.pair.comparison = compare_families(result.differences, margin);
  count_discordant(sheet, tasks, result.pair);
  return result;
}

/// Which pairs are shown: all of few models; of many each with its neighbour, the best and the reference.
std::vector<std::pair<std::size_t, std::size_t>> shown_pairs(const std::vector<std::size_t>& models,
                                                             std::optional<std::size_t> reference) {
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  const bool all = models.size() <= kMostModelsInPairs;
  for (std::size_t i = 0; i < models.size(); ++i) {
    for (std::size_t j = i + 1; j < models.size(); ++j) {
      const bool with_reference = reference && (models[i] == *reference || models[j] == *reference);
      if (all || i == 0 || j == i + 1 || with_reference) pairs.emplace_back(models[i], models[j]);
    }
  }
  return pairs;
}

void judge_pairs(std::vector<Compared>& list, double level) {
  std::vector<double> p;
  std::vector<std::size_t> judged;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i].pair.comparison.families < kFamiliesToCompare) continue;
    judged.push_back(i);
    p.push_back(list[i].pair.comparison.p);
  }
  const std::vector<double> corrected = holm(p);
  for (std::size_t i = 0; i < judged.size(); ++i) list[judged[i]].pair.corrected_p = corrected[i];
  const double strict = (1 - level) / static_cast<double>(std::max<std::size_t>(1, list.size()));
  for (Compared& entry : list) {
    PairStanding& pair = entry.pair;
    pair.verdict = verdict_of(pair.comparison, pair.corrected_p, 1 - level);
    if (pair.verdict == PairVerdict::no_difference_shown || pair.verdict == PairVerdict::too_few_families) {
      pair.families_needed = families_needed(entry.differences, pair.comparison.mean_difference, strict);
    }
  }
}

}  // namespace

std::optional<double> judged_worth(const EvaluatedAnswer& answer) {
  constexpr double kAll = 3 * kBestGrade;
  if (answer.review && answer.review->grades) {
    const auto& grades = *answer.review->grades;
    return std::accumulate(grades.begin(), grades.end(), 0) / kAll;
  }
  double sum = 0;
  int verdicts = 0;
  for (const JudgeOpinion& opinion : answer.judgements) {
    if (opinion.repeat != 0 || !opinion.verdict) continue;
    sum += opinion.verdict->sum() / kAll;
    ++verdicts;
  }
  if (verdicts < 2) return std::nullopt;
  return sum / verdicts;
}

std::vector<PairStanding> compared_pairs(const ResultSet& results, const ScoreSheet& sheet,
                                         const std::vector<std::pair<std::size_t, std::size_t>>& pairs,
                                         const StandingsQuestion& question) {
  const TaskList tasks = all_tasks(results);
  std::vector<Compared> list;
  list.reserve(pairs.size());
  for (const auto& [a, b] : pairs) list.push_back(compared(sheet, tasks, a, b, question.margin));
  judge_pairs(list, question.level);
  std::vector<PairStanding> judged;
  judged.reserve(list.size());
  for (Compared& entry : list) judged.push_back(entry.pair);
  return judged;
}

Standings standings(const ResultSet& results, const ScoreSheet& sheet, const StandingsQuestion& question) {
  Standings result;
  result.models = lines_of(results, sheet, question.level);
  const TaskList tasks = all_tasks(results);
  bool is_first = true;
  for (const Group& group : groups_of(results, result.models)) {
    const std::vector<std::size_t> models = models_of(group, result.models);
    const auto means = common_family_means(sheet, models, tasks);
    const int families = static_cast<int>(means.front().size());
    if (is_first) result.common_families = families;
    is_first = false;
    if (models.size() >= 2 && families >= kFamiliesToCompare) {
      const std::vector<RankInterval> ranks = rank_intervals(means, question.level);
      for (std::size_t i = 0; i < group.size(); ++i) result.models[group[i]].rank = ranks[i];
    }
    if (models.size() > kMostModelsInPairs) result.all_pairs = false;
    for (PairStanding& pair : compared_pairs(results, sheet, shown_pairs(models, question.reference), question)) {
      result.pairs.push_back(std::move(pair));
    }
  }
  return result;
}

std::string pair_words(const PairStanding& pair, const std::string& first, const std::string& second) {
  switch (pair.verdict) {
    case PairVerdict::first_better: return first + " > " + second;
    case PairVerdict::second_better: return second + " > " + first;
    case PairVerdict::equivalent: return "equivalent within 0.05";
    case PairVerdict::no_difference_shown: return "no difference shown";
    case PairVerdict::too_few_families: break;
  }
  return "too few tasks to compare";
}

const char* pair_verdict_name(PairVerdict verdict) {
  switch (verdict) {
    case PairVerdict::first_better: return "first_better";
    case PairVerdict::second_better: return "second_better";
    case PairVerdict::equivalent: return "equivalent";
    case PairVerdict::no_difference_shown: return "no_difference_shown";
    case PairVerdict::too_few_families: break;
  }
  return "too_few_families";
}

const char* claim_name(ClaimAllowed claim) {
  if (claim == ClaimAllowed::count_only) return "count_only";
  return claim == ClaimAllowed::interval ? "interval" : "comparison";
}

}  // namespace rigwise
