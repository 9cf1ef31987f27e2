#include "core/advise/hybrid.h"

#include <algorithm>

#include "core/advise/cloud_baseline.h"
#include "core/advise/ranking.h"
#include "core/advise/words.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr double kClearlyCheaper = 0.9;  ///< of the first option's cost
constexpr double kSameOdds = 0.02;

/// A machine with one of the tasks sent out.
struct Way {
  const Candidate* candidate = nullptr;
  const CloudOffer* sent = nullptr;
  Prospect prospect;
};

Money api_total(const CloudOffer& offer, const Brief& brief) {
  return offer.monthly * (brief.months * (1 - brief.terms.tax_rate));
}

/// The option with the bill of the API on top, scored by what both cost.
Hybrid with_api(Option option, const CloudOffer& offer, const Brief& brief) {
  Hybrid hybrid;
  hybrid.sent = &offer;
  hybrid.api_total = api_total(offer, brief);
  hybrid.total = option.candidate.ownership.total + hybrid.api_total;
  option.cost += hybrid.api_total;
  option.score = ranking_scale(brief).score(option);
  hybrid.option = std::move(option);
  return hybrid;
}

bool is_clearly_cheaper(const Money& total, const Option& first) {
  return total < first.candidate.ownership.total * kClearlyCheaper;
}

bool is_worth_telling(const Hybrid& hybrid, const Option& first) {
  const bool no_less_likely = hybrid.option.placement.probability >= first.placement.probability - kSameOdds;
  return (is_clearly_cheaper(hybrid.total, first) && no_less_likely) || hybrid.option.score > first.score;
}

/// Every machine below the first option's price with every task that somebody offers, most promising first.
std::vector<Way> ways(const Advice& advice, const std::vector<Candidate>& candidates) {
  const Option& first = advice.options.front();
  std::vector<Way> all;
  for (const CloudOffer& offer : advice.cloud.offers) {
    if (offer.price == nullptr) continue;
    const Money api = api_total(offer, advice.brief);
    for (const Candidate& candidate : candidates) {
      if (candidate.machine.value < first.candidate.machine.value)
        all.push_back({&candidate, &offer, prospect_of(candidate, advice.brief, api)});
    }
  }
  std::stable_sort(all.begin(), all.end(), [](const Way& a, const Way& b) {
    return a.prospect.score_before_placement > b.prospect.score_before_placement;
  });
  return all;
}

}  // namespace

std::optional<Hybrid> best_hybrid(Advice& advice, const std::vector<Candidate>& candidates) {
  const Brief& brief = advice.brief;
  if (brief.needs.constraints.local_only || brief.tasks.size() < 2 || advice.options.empty()) return std::nullopt;
  const Option& first = advice.options.front();
  std::optional<Hybrid> best;
  for (const Way& way : ways(advice, candidates)) {
    // Only a cheaper one may score below the first option; none below the best one found.
    double bar = is_clearly_cheaper(way.prospect.least_total, first) ? -1e9 : first.score;
    if (best) bar = std::max(bar, best->option.score);
    PlacementRules rules = placement_rules(advice, *advice.finder, true);
    rules.left_out = static_cast<std::size_t>(way.sent - advice.cloud.offers.data());
    rules.least_value = least_value_for(bar, way.prospect, brief);
    if (!rules.can_be_reached()) continue;
    std::optional<Option> option = evaluate(brief, *advice.finder, *way.candidate, rules);
    if (!option) continue;
    Hybrid hybrid = with_api(*std::move(option), *way.sent, brief);
    if (is_worth_telling(hybrid, first) && (!best || best->option.score < hybrid.option.score))
      best = std::move(hybrid);
  }
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
