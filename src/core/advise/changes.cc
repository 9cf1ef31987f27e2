#include "core/advise/changes.h"

#include <algorithm>
#include <map>

#include "core/advise/ranking.h"
#include "core/advise/words.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr double kVisibleProbability = 0.1, kVisibleQuality = 0.03;
constexpr double kMostBudget = 2.0;  ///< a budget somebody could still stretch to

std::string money(const Money& m) { return whole_units(m) + " " + m.currency(); }

/// Gain a person would notice: likelier speeds, or clearly better models without losing speed.
bool is_clearly_better(const Option& option, const Option& best) {
  const double probability = option.placement.probability - best.placement.probability;
  const double quality = option.placement.quality - best.placement.quality;
  return (probability > kVisibleProbability && quality > -kVisibleQuality) ||
         (quality > kVisibleQuality && probability > -0.05);
}

std::string what_it_gives(const Option& option) {
  return option.candidate.label + " (" + money(option.candidate.machine.value) +
         ") would meet all speeds with a probability of " + percent_words(option.placement.probability) +
         " and models of relative quality " + significant(option.placement.quality, 2);
}

std::string without(const std::string& broken, const Option& option) {
  if (broken == "over the budget") return "With a budget of " + money(option.candidate.machine.value) + ": ";
  if (broken.starts_with("louder")) {
    return std::string("If a ") + noise_class_name(option.candidate.machine.noise) + " machine were accepted: ";
  }
  if (broken == "draws too much power") {
    return "With " + significant(option.candidate.machine.load_w) + " W allowed: ";
  }
  if (broken == "not portable") return "If it need not be carried: ";
  if (broken == "of another form factor") {
    return std::string("As a ") + body_shape_name(body_shape(option.candidate)) + ": ";
  }
  return "";
}

/// The best near miss of each constraint, where it beats the answer clearly.
void add_relaxed(Advice& advice, const std::vector<NearMiss>& near_misses, const Option* best,
                 std::vector<std::string>& changes) {
  const PlacementRules rules = placement_rules(advice, *advice.finder, true);
  std::map<std::string, Option> best_by_reason;
  for (const NearMiss& miss : near_misses) {
    const Money& price = miss.candidate.machine.value;
    const bool stretch = miss.broken == "over the budget";
    if (stretch && advice.brief.budget && *advice.brief.budget * kMostBudget < price) continue;
    const std::optional<Option> option = evaluate(advice.brief, *advice.finder, miss.candidate, rules);
    if (!option || (best != nullptr && advice.minimum_holds && !is_clearly_better(*option, *best))) continue;
    const auto known = best_by_reason.find(miss.broken);
    if (known == best_by_reason.end() || known->second.score < option->score) {
      best_by_reason.insert_or_assign(miss.broken, *option);
    }
  }
  for (const auto& [broken, option] : best_by_reason) {
    const std::string condition = without(broken, option);
    if (!condition.empty()) changes.push_back(condition + what_it_gives(option) + ".");
  }
}

/// The cheapest machine that still holds the minimum speeds.
void add_cheapest(const std::vector<Option>& options, const Option& best, std::vector<std::string>& changes) {
  const auto cheapest = std::min_element(options.begin(), options.end(), [](const Option& a, const Option& b) {
    return a.candidate.machine.value < b.candidate.machine.value;
  });
  if (cheapest == options.end() || cheapest->candidate.label == best.candidate.label) return;
  if (best.candidate.machine.value * 0.8 < cheapest->candidate.machine.value) return;
  changes.push_back("If the minimum speeds and lesser models were enough: " + cheapest->candidate.label + " (" +
                    money(cheapest->candidate.machine.value) + ", probability " +
                    percent_words(cheapest->placement.probability) + ", relative quality " +
                    significant(cheapest->placement.quality, 2) + ").");
}

/// Tokens of a month from which owning is cheaper than the API, at unchanged shares.
void add_break_even(const Advice& advice, const Option& best, std::vector<std::string>& changes) {
  double tokens = 0;
  for (const Task& task : advice.brief.tasks) tokens += task.input_tokens_per_month + task.output_tokens_per_month;
  if (advice.cloud.total.nanos() <= 0 || tokens <= 0) return;
  const double break_even = tokens * best.candidate.ownership.total.amount() / advice.cloud.total.amount();
  const bool pays = break_even <= tokens;
  changes.push_back((pays ? "Below " : "Above ") + significant(break_even / 1e6, 2) + " million tokens a month the " +
                    (pays ? "API" : "machine") + " is cheaper (now " + significant(tokens / 1e6, 2) + " million).");
}

}  // namespace

std::vector<std::string> what_would_change(Advice& advice, const std::vector<Option>& options,
                                           const std::vector<NearMiss>& near_misses) {
  std::vector<std::string> changes;
  const Option* best = advice.options.empty() ? nullptr : &advice.options.front();
  add_relaxed(advice, near_misses, best, changes);
  if (best == nullptr) return changes;
  if (advice.minimum_holds) add_cheapest(options, *best, changes);
  for (const std::string& change : best->would_change_if) changes.push_back("The first option: " + change + ".");
  add_break_even(advice, *best, changes);
  return changes;
}

}  // namespace rigwise
