#include "core/evaluate/agreement_of_judges.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "core/stats/quantile.h"
#include "core/stats/random.h"

namespace rigwise {
namespace {

constexpr std::size_t kGrades = 3;

/// One answer with the verdicts of its two judges, by name of judge.
struct Judged {
  const EvaluatedAnswer* answer = nullptr;
  const EvaluatedTask* task = nullptr;
  const JudgeOpinion *first = nullptr, *second = nullptr;
};

void add(GradePairs& to, const GradePairs& from) {
  for (std::size_t i = 0; i < kGrades; ++i) {
    for (std::size_t j = 0; j < kGrades; ++j) to[i][j] += from[i][j];
  }
}

using PairCoefficient = std::optional<double> PairCoefficients::*;

/// Interval of a coefficient when whole families are drawn.
std::optional<Interval> drawn_interval(const std::vector<GradePairs>& families, PairCoefficient which, double level,
                                       const std::vector<PairCoefficients>& draws) {
  if (families.size() < 2) return std::nullopt;
  std::vector<double> values;
  for (const PairCoefficients& draw : draws) {
    if (draw.*which) values.push_back(*(draw.*which));
  }
  if (values.size() < draws.size() / 2) return std::nullopt;  // mostly undefined: no interval to speak of
  return Interval{quantile(values, (1 - level) / 2), quantile(values, (1 + level) / 2)};
}

std::vector<PairCoefficients> draws_of(const std::vector<GradePairs>& families) {
  std::vector<PairCoefficients> draws;
  if (families.size() < 2) return draws;
  draws.reserve(kAgreementDraws);
  for (int draw = 0; draw < kAgreementDraws; ++draw) {
    Random random(kBootstrapSeed, 3, static_cast<std::uint64_t>(draw));
    GradePairs sum = {};
    for (std::size_t i = 0; i < families.size(); ++i)
      add(sum, families[static_cast<std::size_t>(random.below(families.size()))]);
    draws.push_back(coefficients_of(sum));
  }
  return draws;
}

void add_grades(const Judged& judged, std::size_t criterion, GradePairs& pairs) {
  const auto grade = [&](const JudgeOpinion& o) {
    return static_cast<std::size_t>(o.verdict->grades[criterion].score);
  };
  pairs[grade(*judged.first)][grade(*judged.second)] += 1;
}

/// `criteria`: which of the three count.
Agreement agreement_about(const std::string& about, const std::vector<Judged>& list,
                          const std::vector<std::size_t>& criteria, double level) {
  Agreement agreement;
  agreement.about = about;
  std::map<std::string, GradePairs> by_family;
  for (const Judged& judged : list) {
    GradePairs& pairs = by_family[judged.task->family.empty() ? judged.task->id : judged.task->family];
    for (const std::size_t criterion : criteria) add_grades(judged, criterion, pairs);
    ++agreement.answers;
  }
  std::vector<GradePairs> families;
  families.reserve(by_family.size());
  for (const auto& [family, pairs] : by_family) {
    add(agreement.pairs, pairs);
    families.push_back(pairs);
  }
  agreement.grades = agreement.answers * static_cast<int>(criteria.size());
  const PairCoefficients whole = coefficients_of(agreement.pairs);
  const std::vector<PairCoefficients> draws = draws_of(families);
  const auto coefficient = [&](PairCoefficient which) {
    return Coefficient{whole.*which, whole.*which ? drawn_interval(families, which, level, draws) : std::nullopt};
  };
  agreement.raw = coefficient(&PairCoefficients::raw);
  agreement.kappa = coefficient(&PairCoefficients::kappa);
  agreement.alpha = coefficient(&PairCoefficients::alpha);
  agreement.ac2 = coefficient(&PairCoefficients::ac2);
  if (whole.alpha) agreement.reliability = reliability_of(*whole.alpha);
  return agreement;
}

double length_of(const EvaluatedAnswer& answer) {
  if (answer.text) return static_cast<double>(answer.text->size());
  return answer.tokens.completion ? static_cast<double>(*answer.tokens.completion) : -1;
}

/// Values less the mean of their task: what is left does not say which task was hard, or asked for much.
std::vector<double> within(const std::vector<std::pair<std::string, double>>& values) {
  std::map<std::string, std::pair<double, int>> means;
  for (const auto& [task, value] : values) {
    means[task].first += value;
    ++means[task].second;
  }
  std::vector<double> rest;
  rest.reserve(values.size());
  for (const auto& [task, value] : values) rest.push_back(value - means[task].first / means[task].second);
  return rest;
}

/// What one judge did, gathered while answers go by.
struct Gathered {
  JudgeRecordOf record;
  std::vector<std::pair<std::string, double>> lengths, sums;
  std::map<std::string, std::pair<double, int>> leans;
  std::vector<Ratings> beside_person;
};

double share_of(const JudgeVerdict& verdict) { return verdict.sum() / (3.0 * kBestGrade); }

void add_opinion(const EvaluatedAnswer& answer, const JudgeOpinion& opinion, Gathered& got) {
  got.record.judge = opinion.judge;
  if (!opinion.family.empty()) got.record.family = opinion.family;
  if (opinion.repeat > 0) return;
  ++(opinion.verdict ? got.record.verdicts : got.record.errors);
  if (!opinion.verdict) return;
  if (const double length = length_of(answer); length >= 0) {
    got.lengths.emplace_back(answer.task, length);
    got.sums.emplace_back(answer.task, opinion.verdict->sum());
  }
  if (!answer.review || !answer.review->grades) return;
  for (std::size_t i = 0; i < kGrades; ++i) {
    const int mine = opinion.verdict->grades[i].score, theirs = (*answer.review->grades)[i];
    ++got.record.with_person;
    got.record.as_person += mine == theirs ? 1 : 0;
    got.beside_person.push_back({mine, theirs});
  }
}

void add_repeat(const EvaluatedAnswer& answer, const JudgeOpinion& again, Gathered& got) {
  for (const JudgeOpinion& before : answer.judgements) {
    if (before.judge != again.judge || before.repeat != 0 || !before.verdict || !again.verdict) continue;
    ++got.record.repeats;
    bool same = true;
    for (std::size_t i = 0; i < kGrades; ++i) {
      same = same && before.verdict->grades[i].score == again.verdict->grades[i].score;
    }
    got.record.repeats_same += same ? 1 : 0;
  }
}

void add_leans(const Judged& judged, const std::string& family, std::map<std::string, Gathered>& judges) {
  const double mean = (share_of(*judged.first->verdict) + share_of(*judged.second->verdict)) / 2;
  for (const JudgeOpinion* opinion : {judged.first, judged.second}) {
    auto& lean = judges[opinion->judge].leans[family];
    lean.first += share_of(*opinion->verdict) - mean;
    ++lean.second;
  }
}

JudgeRecordOf settled(const ResultSet& results, Gathered& got) {
  JudgeRecordOf record = std::move(got.record);
  record.length_rank = spearman(within(got.lengths), within(got.sums));
  for (const auto& [family, lean] : got.leans) record.leans.push_back({family, lean.first / lean.second, lean.second});
  if (!got.beside_person.empty()) {
    record.kappa_with_person = cohen_kappa(confusion_of(got.beside_person, static_cast<int>(kGrades)));
  }
  for (const CanaryCount& canary : results.canaries) {
    if (canary.judge == record.judge) record.canaries.push_back(canary);
  }
  return record;
}

/// What the checks say of the words: the content part, or the whole score where it has none.
std::optional<double> checked_worth(const EvaluatedAnswer& answer) {
  for (const PartScore& part : answer.parts) {
    if (part.part == ScorePart::content) return part.value;
  }
  return answer.score;
}

std::vector<TaskCorrelation> correlations(const std::vector<Judged>& list) {
  std::map<std::string, std::pair<std::vector<double>, std::vector<double>>> by_task;
  for (const Judged& judged : list) {
    const auto checked = checked_worth(*judged.answer);
    if (!checked) continue;
    auto& [x, y] = by_task[judged.task->id];
    x.push_back(*checked);
    y.push_back(share_of(*judged.first->verdict) + share_of(*judged.second->verdict));
  }
  std::vector<TaskCorrelation> tasks;
  for (const auto& [task, values] : by_task) {
    if (values.first.size() < kAnswersForCorrelation) continue;
    TaskCorrelation entry;
    entry.task = task;
    entry.answers = static_cast<int>(values.first.size());
    entry.rank_correlation = spearman(values.first, values.second);
    entry.is_flagged = entry.rank_correlation && *entry.rank_correlation < kLowestCorrelation;
    tasks.push_back(std::move(entry));
  }
  return tasks;
}

/// The two verdicts of an answer that are compared: the first two judges by name.
Judged two_verdicts(const EvaluatedAnswer& answer, const EvaluatedTask& task) {
  Judged judged{&answer, &task, nullptr, nullptr};
  for (const JudgeOpinion& opinion : answer.judgements) {
    if (opinion.repeat != 0 || !opinion.verdict || judged.second != nullptr) continue;
    (judged.first == nullptr ? judged.first : judged.second) = &opinion;
  }
  return judged;
}

std::vector<Agreement> agreements_of(const std::vector<Judged>& list, double level) {
  std::vector<Agreement> agreements = {agreement_about("all", list, {0, 1, 2}, level)};
  for (std::size_t i = 0; i < kCriterionNames.size(); ++i) {
    agreements.push_back(agreement_about(std::string(kCriterionNames[i]), list, {i}, level));
  }
  std::map<std::string, std::vector<Judged>> roles;
  for (const Judged& judged : list) {
    if (!judged.task->role.empty()) roles[judged.task->role].push_back(judged);
  }
  for (const auto& [role, of_role] : roles)
    agreements.push_back(agreement_about("role " + role, of_role, {0, 1, 2}, level));
  return agreements;
}

}  // namespace

PairCoefficients coefficients_of(const GradePairs& pairs) {
  std::array<double, kGrades> rows = {}, columns = {};
  double total = 0, same = 0, apart = 0;
  const auto square = [](std::size_t i, std::size_t j) {
    const double off = static_cast<double>(i) - static_cast<double>(j);
    return off * off;
  };
  for (std::size_t i = 0; i < kGrades; ++i) {
    for (std::size_t j = 0; j < kGrades; ++j) {
      rows[i] += pairs[i][j];
      columns[j] += pairs[i][j];
      total += pairs[i][j];
      same += i == j ? pairs[i][j] : 0;
      apart += square(i, j) * pairs[i][j];
    }
  }
  PairCoefficients result;
  if (total <= 0) return result;
  result.raw = same / total;
  double by_chance = 0, observed = 0, expected = 0, spread = 0;
  for (std::size_t i = 0; i < kGrades; ++i) {
    const double share = (rows[i] + columns[i]) / (2 * total);
    spread += share * (1 - share);
    for (std::size_t j = 0; j < kGrades; ++j) by_chance += square(i, j) * rows[i] * columns[j];
  }
  if (by_chance > 0) result.kappa = 1 - apart * total / by_chance;
  for (std::size_t c = 0; c < kGrades; ++c) {  // each unit has two ratings: coincidences are both orders
    double between = (rows[c] + columns[c]) / 2;
    for (std::size_t k = c + 1; k < kGrades; ++k) {
      const double of_k = rows[k] + columns[k], distance = between + of_k / 2;
      between += of_k;
      observed += (pairs[c][k] + pairs[k][c]) * distance * distance;
      expected += (rows[c] + columns[c]) * of_k * distance * distance;
    }
  }
  if (expected > 0) result.alpha = 1 - (2 * total - 1) * observed / expected;
  constexpr double kWeights = 6;  ///< sum of 1 - (i - j)^2/4 over all pairs of three grades
  const double chance = kWeights / (kGrades * (kGrades - 1.0)) * spread;
  if (chance < 1) result.ac2 = (1 - apart / 4 / total - chance) / (1 - chance);
  return result;
}

const char* reliability_words(Reliability reliability) {
  if (reliability == Reliability::reliable) return "reliable";
  return reliability == Reliability::tentative ? "tentative" : "unreliable: shown, not ranked";
}

std::optional<JudgesReport> judges_report(const ResultSet& results, double level) {
  std::map<std::string_view, const EvaluatedTask*> tasks;
  std::map<std::string_view, const EvaluatedModel*> models;
  for (const EvaluatedTask& task : results.tasks) tasks[task.id] = &task;
  for (const EvaluatedModel& model : results.models) models[model.id] = &model;
  JudgesReport report;
  std::map<std::string, Gathered> judges;
  std::vector<Judged> both;
  for (const EvaluatedAnswer& answer : results.answers) {
    const auto task = tasks.find(answer.task);
    const auto model = models.find(answer.model);
    if (answer.judgements.empty() || task == tasks.end() || model == models.end()) continue;
    ++report.answers;
    bool has_error = false;
    for (const JudgeOpinion& opinion : answer.judgements) {
      Gathered& got = judges[opinion.judge];
      add_opinion(answer, opinion, got);
      if (opinion.repeat > 0) add_repeat(answer, opinion, got);
      has_error = has_error || (opinion.repeat == 0 && opinion.error);
    }
    report.in_error += has_error ? 1 : 0;
    const Judged judged = two_verdicts(answer, *task->second);
    if (judged.second != nullptr) {
      both.push_back(judged);
      add_leans(judged, model->second->family, judges);
    } else if (judged.first != nullptr) {
      ++report.one;
    }
  }
  if (report.answers == 0) return std::nullopt;
  report.both = static_cast<int>(both.size());
  if (!both.empty()) report.agreements = agreements_of(both, level);
  for (auto& [name, got] : judges) report.judges.push_back(settled(results, got));
  report.tasks = correlations(both);
  return report;
}

}  // namespace rigwise
