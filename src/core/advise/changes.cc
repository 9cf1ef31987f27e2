#include "core/advise/changes.h"

#include <algorithm>
#include <map>

#include "core/advise/probability.h"
#include "core/advise/ranking.h"
#include "core/advise/words.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr double kVisibleProbability = 0.1, kVisibleQuality = 0.03, kSameOdds = 0.05;
constexpr double kMostBudget = 2.0;  ///< a budget somebody could still stretch to

std::string money(const Money& m) { return whole_units(m) + " " + m.currency(); }

/// Gain a person would notice: likelier speeds, or clearly better models without losing speed.
bool is_clearly_better(const Option& option, const Option& best) {
  const double probability = option.placement.probability - best.placement.probability;
  const double quality = option.placement.quality - best.placement.quality;
  return (probability > kVisibleProbability && quality > -kVisibleQuality) ||
         (quality > kVisibleQuality && probability > -kSameOdds);
}

std::string what_it_gives(const Option& option) {
  return option.candidate.label + " (" + money(option.candidate.machine.value) +
         ") would meet all speeds with a probability of " + percent_words(option.placement.probability) +
         " and models of relative quality " + significant(option.placement.quality, 2);
}

/// What must give way for the candidate: "a budget of 4,800 USD", "340 W allowed".
std::string relaxed(const std::string& broken, const Candidate& candidate) {
  if (broken == "over the budget") return "a budget of " + money(candidate.machine.value);
  if (broken.starts_with("louder")) {
    std::string noise = noise_class_name(candidate.machine.noise);
    std::replace(noise.begin(), noise.end(), '_', ' ');
    return "a machine that is " + noise;
  }
  if (broken == "draws too much power") return significant(candidate.machine.load_w) + " W allowed";
  if (broken == "not portable") return "a machine that stays where it is";
  if (broken == "of another form factor") return std::string("a ") + body_shape_name(body_shape(candidate));
  if (broken == "of an excluded vendor") return "its vendor accepted";
  if (broken == "does not run the wanted system") return "another operating system";
  return "a laptop that is switched on all the time";
}

std::string with_all(const std::vector<std::string>& broken, const Candidate& candidate) {
  std::vector<std::string> parts;
  parts.reserve(broken.size());
  for (const std::string& one : broken) parts.push_back(relaxed(one, candidate));
  return "With " + join(parts, " and ") + ": ";
}

/// The best near miss of each constraint, where it beats the answer clearly.
void add_relaxed(Advice& advice, const std::vector<NearMiss>& near_misses, const Option& best,
                 std::vector<std::string>& changes) {
  const Brief& brief = advice.brief;
  const Money nothing(0, brief.currency);
  std::vector<std::pair<Prospect, const NearMiss*>> hopeful;
  for (const NearMiss& miss : near_misses) {
    if (miss.broken.size() != 1) continue;
    const bool stretch = miss.broken.front() == "over the budget";
    if (stretch && brief.budget && *brief.budget * kMostBudget < miss.candidate.machine.value) continue;
    hopeful.emplace_back(prospect_of(miss.candidate, brief, nothing), &miss);
  }
  std::stable_sort(hopeful.begin(), hopeful.end(), [](const auto& a, const auto& b) {
    return a.first.score_before_placement > b.first.score_before_placement;
  });
  PlacementRules rules = placement_rules(advice, *advice.finder, true);
  const double clearly_better =
      advice.minimum_holds ? rules.weight_probability * confidence_worth(best.placement.probability - kSameOdds) : -1;
  std::map<std::string, Option> best_by_reason;
  for (const auto& [prospect, miss] : hopeful) {
    const std::string& broken = miss->broken.front();
    const auto known = best_by_reason.find(broken);
    rules.least_value = clearly_better;
    if (known != best_by_reason.end())
      rules.least_value = std::max(rules.least_value, least_value_for(known->second.score, prospect, brief));
    if (!rules.can_be_reached()) continue;
    const std::optional<Option> option = evaluate(brief, *advice.finder, miss->candidate, rules);
    if (!option || (advice.minimum_holds && !is_clearly_better(*option, best))) continue;
    if (known == best_by_reason.end() || known->second.score < option->score) {
      best_by_reason.insert_or_assign(broken, *option);
    }
  }
  for (const auto& [broken, option] : best_by_reason)
    changes.push_back(with_all({broken}, option.candidate) + what_it_gives(option) + ".");
}

/// "; Apple Mac Studio ... comes nearest, with 18 % of them"; of all machines on offer. Empty where none holds the
/// models.
std::string nearest_words(Advice& advice, const std::vector<NearMiss>& near_misses) {
  if (advice.relaxed_finder == nullptr) return "";
  const PlacementRules rules = placement_rules(advice, *advice.relaxed_finder, false);
  std::optional<Option> nearest;
  for (const NearMiss& miss : near_misses) {
    std::optional<Option> option = evaluate(advice.brief, *advice.relaxed_finder, miss.candidate, rules);
    if (option && (!nearest || nearest->placement.minimum_share < option->placement.minimum_share))
      nearest = std::move(option);
  }
  if (!nearest) return "; none holds them";
  return "; " + nearest->candidate.label + " (" + money(nearest->candidate.machine.value) + ") comes nearest, with " +
         percent_words(std::min(1.0, nearest->placement.minimum_share)) + " of them at the lower end of its band";
}

/// Nothing within the limits does it: which of them must give way, as few as possible, and by how much. Of machines
/// that break the same ones the cheapest counts, for it asks for the least.
void add_ways_out(Advice& advice, const std::vector<NearMiss>& near_misses, std::vector<std::string>& changes) {
  const PlacementRules rules = placement_rules(advice, *advice.finder, true);
  std::size_t most = 0;
  for (const NearMiss& miss : near_misses) most = std::max(most, miss.broken.size());
  for (std::size_t count = 1; count <= most; ++count) {
    std::map<std::vector<std::string>, Option> cheapest;
    for (const NearMiss& miss : near_misses) {
      if (miss.broken.size() != count) continue;
      const auto known = cheapest.find(miss.broken);
      if (known != cheapest.end() && !(miss.candidate.machine.value < known->second.candidate.machine.value)) continue;
      if (const std::optional<Option> option = evaluate(advice.brief, *advice.finder, miss.candidate, rules))
        cheapest.insert_or_assign(miss.broken, *option);
    }
    for (const auto& [broken, option] : cheapest)
      changes.push_back(with_all(broken, option.candidate) + what_it_gives(option) + ".");
    if (!cheapest.empty()) return;
  }
  changes.push_back("No machine on offer, at any price, reaches the minimum speeds with these models" +
                    nearest_words(advice, near_misses) +
                    "; lower minimum speeds or contexts, or smaller models, would.");
}

/// The cheapest machine that still holds the minimum speeds.
void add_cheapest(const std::vector<Option>& options, const Option& best, std::vector<std::string>& changes) {
  const auto cheapest = std::min_element(options.begin(), options.end(), [](const Option& a, const Option& b) {
    return a.candidate.machine.value < b.candidate.machine.value;
  });
  if (cheapest == options.end() || cheapest->candidate.label == best.candidate.label) return;
  if (best.candidate.machine.value * 0.8 < cheapest->candidate.machine.value) return;
  changes.push_back("For less money, meeting at least the minimum speeds: " + cheapest->candidate.label + " (" +
                    money(cheapest->candidate.machine.value) + ", probability " +
                    percent_words(cheapest->placement.probability) + ", relative quality " +
                    significant(cheapest->placement.quality, 2) + ").");
}

/// Tokens of a month from which owning is cheaper than the API, at unchanged shares.
void add_break_even(const Advice& advice, const Option& best, std::vector<std::string>& changes) {
  double tokens = 0;
  for (const Task& task : advice.brief.tasks) tokens += task.input_tokens_per_month + task.output_tokens_per_month;
  if (advice.cloud.total.nanos() <= 0 || tokens <= 0 || advice.brief.needs.constraints.local_only) return;
  const double break_even = tokens * best.candidate.ownership.total.amount() / advice.cloud.total.amount();
  const bool pays = break_even <= tokens;
  const double most = tokens * room_for_growth(best, advice.brief);
  if (break_even > most) {
    changes.push_back("No volume makes the machine cheaper than the API: it would take " +
                      significant(break_even / 1e6, 2) +
                      " million tokens a month, and in its hours of use it makes at most " +
                      significant(most / 1e6, 2) + " million.");
    return;
  }
  changes.push_back((pays ? "Below " : "Above ") + significant(break_even / 1e6, 2) + " million tokens a month the " +
                    (pays ? "API" : "machine") + " is cheaper (now " + significant(tokens / 1e6, 2) + " million).");
}

}  // namespace

std::vector<std::string> what_would_change(Advice& advice, const std::vector<Option>& options,
                                           const std::vector<NearMiss>& near_misses) {
  std::vector<std::string> changes;
  const Option* best = advice.options.empty() ? nullptr : &advice.options.front();
  if (best == nullptr || !advice.minimum_holds) {
    add_ways_out(advice, near_misses, changes);
    if (best == nullptr) return changes;
  } else {
    add_relaxed(advice, near_misses, *best, changes);
  }
  if (advice.minimum_holds) add_cheapest(options, *best, changes);
  for (const std::string& change : best->would_change_if) changes.push_back("The first option: " + change + ".");
  add_break_even(advice, *best, changes);
  return changes;
}

}  // namespace rigwise
