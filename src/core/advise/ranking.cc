#include "core/advise/ranking.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "core/advise/probability.h"

namespace rigwise {
namespace {

constexpr double kLoudPower = 1500;
constexpr double kUsualBudgetUsd = 4000, kMostAnchorUsd = 20000;
constexpr int kMostPerChip = 2;
constexpr double kLikelyRoad = 0.6;  ///< of the first option's probability
constexpr double kCloseRoad = 0.11;  ///< of the score behind the first option
constexpr double kLeastQualitySpan = 0.25;

double noise_share(NoiseClass noise) { return 1 - static_cast<int>(noise) / 4.0; }
double power_share(double watts) { return std::max(0.0, 1 - watts / kLoudPower); }

/// Speed beyond the asked one, of the task that has least of it: 0 at the asked speed, 1 at four times it.
double speed_share(const Option& option) {
  double least = 1e9;
  for (const TargetAnswer& target : option.targets)
    least = std::min(least, target.together.value / target.task->asked_tokens_per_s);
  return std::clamp(std::log2(std::max(least, 1e-9)) / 2, 0.0, 1.0);
}

/// Best score first; ties by cost, then by set-up.
bool ranks_before(const Option& a, const Option& b) {
  if (a.score != b.score) return a.score > b.score;
  if (!(a.cost == b.cost)) return a.cost < b.cost;
  return a.candidate.setup < b.candidate.setup;
}

/// What people would call another way to go: Apple's machines, other ones with shared memory, cards in a PC, a laptop
/// with something at home.
enum class Road { apple, shared_memory, cards, mixed };

Road road_of(const Option& option) {
  const std::vector<MachinePart>& parts = option.candidate.parts;
  const auto bare = [](const MachinePart& part) { return part.device->is_bare(); };
  if (std::all_of(parts.begin(), parts.end(), bare)) return Road::cards;
  if (parts.size() > 1) return Road::mixed;
  if (parts[0].device->processor == Processor::apple_gpu) return Road::apple;
  return parts[0].device->parts.empty() ? Road::shared_memory : Road::cards;
}

/// "Apple M3 Ultra" for both of its GPU sizes: what people call the same machine.
std::string chip_of(const MachinePart& part) {
  const std::string& chip = part.device->chip.empty() ? part.device->id : part.device->chip;
  return chip.substr(0, chip.find(" ("));
}

}  // namespace

double RankingScale::cost_share(const Money& cost) const {
  return 1 - std::sqrt(std::max(0.0, cost.amount()) / (1.5 * cost_anchor.amount()));
}

Money RankingScale::cost_after_fall(const Money& cost, double fall) const {
  const double most = 1.5 * cost_anchor.amount();
  const double root = std::sqrt(std::max(0.0, cost.amount()) / most) + fall;
  return Money(most * root * root, cost.currency());
}

double RankingScale::score(const Option& option) const {
  return before_placement(option.candidate.machine, option.cost) +
         (weights.probability * confidence_worth(option.placement.probability) +
          weights.quality * option.placement.quality_share + weights.speed * (speed_share(option) - 1)) /
             weights.sum();
}

double RankingScale::before_placement(const Machine& machine, const Money& cost) const {
  return (weights.cost * cost_share(cost) + weights.speed + weights.noise * noise_share(machine.noise) +
          weights.power * power_share(machine.load_w)) /
         weights.sum();
}

RankingScale ranking_scale(const Brief& brief) {
  const bool has_budget = brief.budget && brief.budget->nanos() > 0;
  const Money usual = brief.exchange.convert(kUsualBudgetUsd, "USD", brief.currency);
  const Money most = brief.exchange.convert(kMostAnchorUsd, "USD", brief.currency);
  const Money anchor = has_budget ? *brief.budget : usual;
  return {most < anchor ? most : anchor, brief.needs.weights};
}

Prospect prospect_of(const Candidate& candidate, const Brief& brief, const Money& besides) {
  OwnershipTerms idle = brief.terms;
  idle.hours.load = 0;
  const Machine& machine = candidate.machine;
  const Money owned = machine.bill.empty() ? candidate.ownership.total : ownership(machine, idle).total;
  const Money least_total = owned + besides;
  const Money cost = least_total + (machine.expected - machine.value) * (1 - brief.terms.tax_rate);
  return {least_total, ranking_scale(brief).before_placement(machine, cost)};
}

double least_value_for(double bar, const Prospect& prospect, const Brief& brief) {
  constexpr double kSlack = 1e-9;
  return (bar - prospect.score_before_placement) * brief.needs.weights.sum() - kSlack;
}

PlacementRules placement_rules(const Advice& advice, const RunFinder& finder, bool minimum_must_hold) {
  const Brief& brief = advice.brief;
  PlacementRules rules;
  rules.z = advice.z;
  rules.prune = advice.prune;
  rules.weight_probability = brief.needs.weights.probability;
  rules.weight_quality = brief.needs.weights.quality;
  rules.minimum_must_hold = minimum_must_hold;
  for (std::size_t t = 0; t < brief.tasks.size(); ++t) {
    double least = 1e9, most = 0;
    for (const RelativeQuality& quality : finder.qualities(t)) {
      least = std::min(least, quality.value);
      most = std::max(most, quality.value);
    }
    // Room for the loss of a low-bit format below the weakest model; a class of equals does not magnify trifles.
    const double span = std::max(most - least * 0.95, kLeastQualitySpan);
    rules.quality_floor.push_back(most - span);
    rules.quality_span.push_back(span);
  }
  return rules;
}

void sort_by_score(std::vector<Option>& options) { std::stable_sort(options.begin(), options.end(), ranks_before); }

bool dominates(const Option& a, const Option& b) {
  const auto steps = [](double x, double y, double step) {
    return std::nearbyint(x / step) - std::nearbyint(y / step);
  };
  const double probability = steps(a.placement.probability, b.placement.probability, 0.05);
  const double quality = steps(a.placement.quality, b.placement.quality, 0.025);
  const double power = steps(b.candidate.machine.load_w, a.candidate.machine.load_w, 50);
  const double cost = (b.cost - a.cost).amount();
  const int noise = static_cast<int>(b.candidate.machine.noise) - static_cast<int>(a.candidate.machine.noise);
  const bool nowhere_worse = probability >= 0 && quality >= 0 && cost >= 0 && power >= 0 && noise >= 0;
  return nowhere_worse && (probability > 0 || quality > 0 || cost > 0 || power > 0 || noise > 0);
}

std::vector<const Option*> pareto_front(const std::vector<Option>& options) {
  std::vector<const Option*> front;
  for (const Option& option : options) {
    const bool beaten =
        std::any_of(options.begin(), options.end(), [&](const Option& o) { return dominates(o, option); });
    if (!beaten) front.push_back(&option);
  }
  std::stable_sort(front.begin(), front.end(), [](const Option* a, const Option* b) {
    return a->candidate.ownership.total < b->candidate.ownership.total;
  });
  return front;
}

std::vector<const Option*> unlike_options(const std::vector<Option>& ranked, int limit) {
  std::vector<const Option*> unlike, chosen, passed_over;
  std::map<std::string, int> seen;
  for (const Option& option : ranked) {
    std::set<std::string> chips;
    for (const MachinePart& part : option.candidate.parts) chips.insert(chip_of(part));
    if (std::any_of(chips.begin(), chips.end(), [&](const std::string& c) { return seen[c] >= kMostPerChip; }))
      continue;
    for (const std::string& chip : chips) ++seen[chip];
    unlike.push_back(&option);
  }
  const auto most = static_cast<std::size_t>(std::max(limit, 0));
  const int most_per_road = std::max(kMostPerChip, (limit + 2) / 3);
  std::map<Road, int> on_road;
  for (const Option* option : unlike) {
    const bool crowded = on_road[road_of(*option)] >= most_per_road;
    (crowded ? passed_over : chosen).push_back(option);
    on_road[road_of(*option)] += crowded ? 0 : 1;
  }
  // A way of its own is shown only where it comes close; else more of the same are better advice.
  std::erase_if(chosen, [&](const Option* option) {
    const Option& first = *unlike.front();
    const bool poor = option->placement.probability < kLikelyRoad * first.placement.probability ||
                      option->score < first.score - kCloseRoad;
    if (poor) passed_over.push_back(option);
    return poor;
  });
  if (chosen.size() > most) chosen.resize(most);
  const auto before = [](const Option* a, const Option* b) { return ranks_before(*a, *b); };
  std::stable_sort(passed_over.begin(), passed_over.end(), before);
  for (const Option* option : passed_over)
    if (chosen.size() < most) chosen.push_back(option);
  std::stable_sort(chosen.begin(), chosen.end(), before);
  return chosen;
}

}  // namespace rigwise
