#include "core/grade/score.h"

#include <algorithm>
#include <array>

namespace rigwise {
namespace {

double weight_of(const ScoreWeights& weights, ScorePart part) {
  if (part == ScorePart::compile) return weights.compile;
  return part == ScorePart::content ? weights.content : weights.completeness;
}

constexpr std::array<std::string_view, 8> kOutcomes = {
    "ok", "empty", "truncated", "refused", "content_filter", "timeout_model", "infra_error", "harness_error"};

}  // namespace

AnswerScore score_answer(const std::vector<ScoredCheck>& checks, const ScoreWeights& weights, double cap,
                         bool cut_off) {
  const bool has_tests =
      std::any_of(checks.begin(), checks.end(), [](const ScoredCheck& c) { return c.is_unit_test && c.applicable; });
  AnswerScore score;
  double over = 0, sum = 0, lowest = 1;
  for (const ScorePart part : {ScorePart::content, ScorePart::compile, ScorePart::completeness}) {
    double got = 0, of = 0;
    for (const ScoredCheck& check : checks) {
      const bool replaced = part == ScorePart::content && has_tests && !check.is_unit_test;
      if (check.part != part || !check.applicable || replaced) continue;
      got += check.weight * check.value;
      of += check.weight;
    }
    if (cut_off && part == ScorePart::completeness) {
      got = 0;
      of = 1;
    }
    if (of <= 0 || weight_of(weights, part) <= 0) continue;
    score.parts.push_back({part, got / of, weight_of(weights, part)});
    over += weight_of(weights, part);
    sum += weight_of(weights, part) * got / of;
  }
  for (const ScoredCheck& check : checks) {
    if (!check.applicable) score.not_run.push_back(check.name);
    if (check.must && check.applicable) lowest = std::min(lowest, check.value);
  }
  if (over <= 0) return score;
  for (PartScore& part : score.parts) part.weight /= over;
  score.total = sum / over;
  score.capped = lowest < 1;
  if (score.capped) score.total = std::min(*score.total, kLowestCap + (cap - kLowestCap) * lowest);
  return score;
}

std::string_view outcome_name(Outcome outcome) { return kOutcomes[static_cast<std::size_t>(outcome)]; }

std::optional<Outcome> outcome_of_name(std::string_view name) {
  const auto at = std::find(kOutcomes.begin(), kOutcomes.end(), name);
  if (at == kOutcomes.end()) return std::nullopt;
  return static_cast<Outcome>(at - kOutcomes.begin());
}

bool counts_as_answer(Outcome outcome) { return outcome != Outcome::infra_error && outcome != Outcome::harness_error; }

bool is_incomplete(int not_counted, int all) { return all > 0 && not_counted > kIncompleteShare * all; }

}  // namespace rigwise
