#include "core/advise/hybrid.h"

#include "core/advise/cloud_baseline.h"
#include "core/advise/ranking.h"
#include "core/advise/words.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr double kClearlyCheaper = 0.9;  ///< of the first option's cost
constexpr double kSameOdds = 0.02;

/// The option with the bill of the API on top, scored by what both cost.
Hybrid with_api(Option option, const CloudOffer& offer, const Brief& brief) {
  Hybrid hybrid;
  hybrid.sent = &offer;
  hybrid.api_total = offer.monthly * (brief.months * (1 - brief.terms.tax_rate));
  hybrid.total = option.candidate.ownership.total + hybrid.api_total;
  option.cost += hybrid.api_total;
  option.score = ranking_scale(brief).score(option);
  hybrid.option = std::move(option);
  return hybrid;
}

bool is_worth_telling(const Hybrid& hybrid, const Option& first) {
  const bool no_less_likely = hybrid.option.placement.probability >= first.placement.probability - kSameOdds;
  const bool cheaper = hybrid.total < first.candidate.ownership.total * kClearlyCheaper;
  return (cheaper && no_less_likely) || hybrid.option.score > first.score;
}

}  // namespace

std::optional<Hybrid> best_hybrid(Advice& advice, const std::vector<Candidate>& candidates) {
  const Brief& brief = advice.brief;
  if (brief.needs.constraints.local_only || brief.tasks.size() < 2 || advice.options.empty()) return std::nullopt;
  const Option& first = advice.options.front();
  std::optional<Hybrid> best;
  for (std::size_t task = 0; task < brief.tasks.size(); ++task) {
    const CloudOffer& offer = advice.cloud.offers[task];
    if (offer.price == nullptr) continue;
    PlacementRules rules = placement_rules(advice, *advice.finder, true);
    rules.left_out = task;
    for (const Candidate& candidate : candidates) {
      if (!(candidate.machine.value < first.candidate.machine.value)) continue;
      std::optional<Option> option = evaluate(brief, *advice.finder, candidate, rules);
      if (!option) continue;
      Hybrid hybrid = with_api(*std::move(option), offer, brief);
      if (!best || best->option.score < hybrid.option.score) best = std::move(hybrid);
    }
  }
  if (!best || !is_worth_telling(*best, first)) return std::nullopt;
  return best;
}

std::string hybrid_words(const Hybrid& hybrid, const Advice& advice) {
  const auto money = [](const Money& m) { return whole_units(m) + " " + m.currency(); };
  std::vector<std::string> local;
  local.reserve(hybrid.option.targets.size());
  for (const TargetAnswer& target : hybrid.option.targets) local.push_back(target.task->name);
  const CloudOffer& sent = *hybrid.sent;
  return hybrid.option.candidate.label + " (" + money(hybrid.option.candidate.machine.value) + ") for " +
         join(local, ", ") + ", with " + sent.task->name + " sent to " + sent.model->name + " at " +
         sent.price->provider + " (" + money(hybrid.api_total) + "): " + money(hybrid.total) + " over " +
         std::to_string(advice.brief.months) + " months, all speeds met with a probability of " +
         percent_words(hybrid.option.placement.probability);
}

}  // namespace rigwise
