#pragma once

#include <vector>

#include "core/advise/advise.h"

namespace rigwise {

/// How the ranking reads cost, noise and power: 1 is best, 0 worst.
///     cost  = 1 - sqrt(cost over the horizon / (1.5 * budget))   (4,000 USD where no budget is given, 20,000 USD at
///             most): the first thousand weighs more than the tenth; below 0 where it costs more than that
///     noise = 1 - class / 4 (silent 0 ... very loud 4);      power = 1 - watts under load / 1500
///     speed = log2(speed when all runs at once / asked speed) / 2, of the task that has least: 1 at four times
/// The score is the weighted mean with confidence_worth(probability) and quality (its place between the worst and the
/// best model of each task's class, or a quarter below the best where they are closer together).
struct RankingScale {
  Money cost_anchor;
  Weights weights;

  double cost_share(const Money& cost) const;
  /// The cost at which the cost share has fallen by so much.
  Money cost_after_fall(const Money& cost, double fall) const;
  double score(const Option& option) const;
  /// The score of a machine at a cost, as fast as counts, with nothing for what is placed on it.
  double before_placement(const Machine& machine, const Money& cost) const;
};

RankingScale ranking_scale(const Brief& brief);

/// A candidate before anything is placed on it, as good as it may turn out.
struct Prospect {
  Money least_total;                  ///< over the horizon, where the machine only idles
  double score_before_placement = 0;  ///< as fast as counts, with nothing for what runs on it
};
/// `besides`: what else it costs over the horizon.
Prospect prospect_of(const Candidate& candidate, const Brief& brief, const Money& besides);
/// What a placement on it must be worth for a score of `bar`; rules.least_value.
double least_value_for(double bar, const Prospect& prospect, const Brief& brief);
/// `minimum_must_hold`: false for a second look at what comes nearest.
PlacementRules placement_rules(const Advice& advice, const RunFinder& finder, bool minimum_must_hold);

/// Best score first; ties by cost, then by set-up.
void sort_by_score(std::vector<Option>& options);

/// True when `a` is nowhere visibly worse than `b` and somewhere better. Visible steps: 5 % of probability, 2.5 % of
/// quality, 50 W, a class of noise; of cost every unit counts.
bool dominates(const Option& a, const Option& b);

/// Options that none dominates, cheapest first.
std::vector<const Option*> pareto_front(const std::vector<Option>& options);

/// The first `limit` of a ranked list with at most two that share a chip, for ten variants of one machine are one
/// answer, and at most a third (two or more) of one road (Apple's machines, other shared memory, cards in a PC, a
/// laptop with something at home) while another road has one that comes close: a shortlist shows the ways there
/// are. Best first.
std::vector<const Option*> unlike_options(const std::vector<Option>& ranked, int limit);

}  // namespace rigwise
