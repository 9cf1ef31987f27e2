#include "core/advise/advise.h"

#include <algorithm>

#include "core/advise/changes.h"
#include "core/advise/cloud_baseline.h"
#include "core/advise/hybrid.h"
#include "core/advise/probability.h"
#include "core/advise/ranking.h"
#include "core/advise/rehearsal.h"
#include "core/advise/rental.h"
#include "core/advise/trial.h"
#include "core/advise/words.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

/// The answer while it grows.
struct Search {
  const Catalog& catalog;
  const Calibration& calibration;
  const AdviseSettings& settings;
  Advice& advice;
};

/// Candidates that keep every hard constraint; the others are counted by the first one they break.
std::vector<Candidate> within_constraints(Advice& advice, std::vector<NearMiss>& near_misses) {
  std::vector<Candidate> kept;
  for (Candidate& candidate : advice.offers.candidates) {
    std::vector<std::string> broken = broken_constraints(candidate, advice.brief);
    if (broken.empty()) {
      kept.push_back(std::move(candidate));
      continue;
    }
    ++advice.excluded[broken.front()];
    near_misses.push_back({std::move(candidate), std::move(broken)});
  }
  advice.offers.candidates.clear();
  return kept;
}

TargetAnswer target_answer(const Brief& brief, const Placement& placement, const Placed& at, double z) {
  TargetAnswer answer;
  answer.task = &brief.tasks[at.task];
  answer.run = at.run;
  answer.pool = at.pool;
  answer.streams = at.streams;
  answer.alone = at.run->decode;
  const double prompt = answer.task->prompt_tokens;
  answer.ttft_s = {prompt / at.run->prefill.value + 1 / at.run->decode.value,
                   prompt / at.run->prefill.high + 1 / at.run->decode.high,
                   prompt / at.run->prefill.low + 1 / at.run->decode.low};
  const Duty& duty = placement.duty[at.pool];
  const double asked = answer.task->asked_tokens_per_s;
  // Proportional shares: everybody gets the same multiple of the asked speed, never more than it has alone.
  answer.together = {std::min(asked / duty.value, answer.alone.value), std::min(asked / duty.high, answer.alone.low),
                     std::min(asked / duty.low, answer.alone.high)};
  const Band multiple{1 / duty.value, 1 / duty.high, 1 / duty.low};
  answer.probability = probability_at_least(multiple, z, 1);
  return answer;
}

}  // namespace

std::optional<Option> evaluate(const Brief& brief, RunFinder& finder, const Candidate& candidate,
                               const PlacementRules& rules) {
  Option option;
  option.candidate = candidate;
  option.placement = best_placement(brief, finder, option.candidate.layouts, rules);
  if (option.placement.layout < 0) return std::nullopt;
  // More RAM than is needed only costs more.
  const bool needs_ram = std::any_of(option.placement.placed.begin(), option.placement.placed.end(),
                                     [&](const Placed& at) { return at.run->host_bytes > candidate.usual_ram; });
  if (candidate.more_ram && !needs_ram) return std::nullopt;
  for (const Placed& at : option.placement.placed) {
    option.targets.push_back(target_answer(brief, option.placement, at, rules.z));
  }
  const Machine& machine = option.candidate.machine;
  // A machine that is faster than asked works less for the same tokens.
  double duty = 0;
  for (const Duty& pool : option.placement.duty) duty = std::max(duty, pool.value);
  OwnershipTerms terms = brief.terms;
  terms.hours.load = std::min(terms.hours.on, terms.hours.load * duty);
  if (!machine.bill.empty()) option.candidate.ownership = ownership(machine, terms);
  const Ownership& own = option.candidate.ownership;
  option.cost = own.total + (machine.expected - machine.value) * (1 - brief.terms.tax_rate);
  option.score = ranking_scale(brief).score(option);
  return option;
}

namespace {

std::vector<Option> evaluate_all(Advice& advice, RunFinder& finder, const std::vector<Candidate>& candidates,
                                 bool minimum_must_hold) {
  const PlacementRules rules = placement_rules(advice, finder, minimum_must_hold);
  std::vector<Option> options;
  for (const Candidate& candidate : candidates) {
    if (std::optional<Option> option = evaluate(advice.brief, finder, candidate, rules)) {
      advice.cut_short += option->placement.cut_short ? 1 : 0;
      options.push_back(*std::move(option));
    }
  }
  return options;
}

/// Nothing is fast enough: what comes nearest to the minimum speeds, nearest first.
std::vector<Option> nearest_options(Search& search, const std::vector<Candidate>& candidates) {
  Advice& advice = search.advice;
  advice.minimum_holds = false;
  // The bandwidth bound prunes by the minimum speed, so this second look is taken without it.
  advice.relaxed_finder =
      std::make_unique<RunFinder>(search.catalog, search.calibration, advice.brief, search.settings.level, false);
  std::vector<Option> options = evaluate_all(advice, *advice.relaxed_finder, candidates, false);
  for (Option& option : options) option.score = std::min(option.placement.minimum_share, 1.0) + option.score * 1e-3;
  return options;
}

constexpr std::size_t kMostRehearsed = 5;

/// Where more than one stream is asked for, the first options live through their busiest hour.
void rehearse_all(Search& search) {
  Advice& advice = search.advice;
  int streams = 0;
  for (const Task& task : advice.brief.tasks) streams += task.streams;
  if (streams < 2) return;
  for (std::size_t i = 0; i < std::min(kMostRehearsed, advice.options.size()); ++i)
    advice.options[i].rehearsal = rehearse(search.catalog, search.calibration, advice.options[i]);
}

/// `all`: every option, those that are not shown too.
void explain(const Catalog& catalog, Advice& advice, std::vector<Option>& options, const std::vector<Option>& all) {
  const TrialBook trials(catalog);
  for (std::size_t i = 0; i < options.size(); ++i) {
    const Option* next = i + 1 < options.size() ? &options[i + 1] : nullptr;
    options[i].reasons = reasons_for(options[i], advice);
    if (std::string growth = growth_words(options[i], all); !growth.empty())
      options[i].reasons.push_back(std::move(growth));
    options[i].risks = risks_of(options[i], advice);
    for (std::string& risk : trials.risks(options[i])) options[i].risks.push_back(std::move(risk));
    if (advice.minimum_holds) options[i].would_change_if = option_would_change_if(options[i], next, advice);
  }
}

AdviceAction action_of(const Advice& advice) {
  if (advice.options.empty()) return AdviceAction::nothing;
  if (!advice.minimum_holds) return AdviceAction::nearest;
  const Candidate& best = advice.options.front().candidate;
  if (best.is_owned()) return AdviceAction::keep;
  const bool announced = std::any_of(best.parts.begin(), best.parts.end(),
                                     [](const MachinePart& p) { return p.device->status == DeviceStatus::expected; });
  return announced ? AdviceAction::wait_for : AdviceAction::buy;
}

/// One sentence a person can act on.
std::string answer_words(const Advice& advice) {
  if (advice.action == AdviceAction::nothing) {
    return (advice.evaluated == 0 ? "Nothing on offer keeps these limits. "
                                  : "Nothing on offer within these limits holds the models. ") +
           advice.cloud.verdict;
  }
  const Option& best = advice.options.front();
  const std::string price = whole_units(best.candidate.machine.value) + " " + advice.brief.currency;
  if (advice.action == AdviceAction::nearest) {
    return "Nothing within these limits reaches the minimum speeds and waits for sure; " + best.candidate.label + " (" +
           price + ") comes nearest, with " + percent_words(std::min(1.0, best.placement.minimum_share)) +
           " of them at the lower end of the band.";
  }
  std::string models;
  for (const TargetAnswer& target : best.targets) {
    const std::string words = run_words(*target.run);
    if (models.find(words) == std::string::npos) models += (models.empty() ? "" : ", ") + words;
  }
  if (advice.action == AdviceAction::keep) return "Keep " + best.candidate.label + " and run " + models + ".";
  const bool announced = advice.action == AdviceAction::wait_for;
  std::string words = (announced ? "Wait for " : "Buy ") + best.candidate.label + " (" + price +
                      " for the whole machine" + (announced ? ", estimated" : "") + ") and run " + models + ".";
  if (advice.hybrid) {
    const Hybrid& hybrid = *advice.hybrid;
    words += " Or buy less: " + hybrid.option.candidate.label + " (" +
             whole_units(hybrid.option.candidate.machine.value) + " " + advice.brief.currency + "), with " +
             hybrid.sent->task->name + " sent to an API: " + whole_units(hybrid.total) + " " + advice.brief.currency +
             " over " + std::to_string(advice.brief.months) + " months against " +
             whole_units(best.candidate.ownership.total) + ".";
  }
  const CloudBaseline& cloud = advice.cloud;
  const bool cloud_would_do = cloud.is_complete && !advice.brief.needs.constraints.local_only;
  if (cloud_would_do && cloud.total < best.candidate.ownership.total) {
    words += " Or buy nothing: an API does the same work for " + whole_units(cloud.total) + " " +
             advice.brief.currency + " over " + std::to_string(advice.brief.months) + " months" +
             (advice.brief.terms.tax_rate > 0 ? " after tax" : "") + ", if your prompts may leave the house.";
  }
  return words;
}

/// What comes back of the money, and by which rule.
void assume_money(Brief& brief) {
  const OwnershipTerms& terms = brief.terms;
  if (terms.resale && !terms.resale_share) {
    brief.assumptions.push_back(
        "resale by rule of thumb, from launch and used prices in the catalog: a new thing loses a quarter when it "
        "changes "
        "hands, a used one a tenth; then Apple's lose 9 % a year, gaming cards 14 %, other cards 20 %, other machines "
        "19 "
        "%. It is the least certain sum here: resale = false leaves it out");
  }
  if (terms.tax_rate > 0) {
    brief.assumptions.push_back(significant(100 * terms.tax_rate) +
                                " % of what is bought, of electricity, API and subscriptions comes back as tax; resale "
                                "is taxed at the same rate");
  }
}

void assume(Brief& brief, const Advice& advice) {
  assume_money(brief);
  brief.assumptions.push_back(
      "power is the most that the parts draw; prices include what the catalog's template asks "
      "for board, case and power supply around bare cards");
  if (advice.cut_short > 0) {
    brief.assumptions.push_back("so many targets have more combinations than were looked at on " +
                                std::to_string(advice.cut_short) + " set-ups; better ones may exist");
  }
  if (advice.brief.tasks.size() > 1) {
    brief.assumptions.push_back("everything runs at once and shares a pool's time in proportion to the asked speeds");
  }
}

}  // namespace

const char* advice_action_name(AdviceAction action) {
  switch (action) {
    case AdviceAction::buy: return "buy";
    case AdviceAction::keep: return "keep";
    case AdviceAction::wait_for: return "wait_for";
    case AdviceAction::nearest: return "nearest";
    case AdviceAction::nothing: return "nothing";
  }
  return "";
}

Result<std::unique_ptr<Advice>> advise(const Catalog& catalog, const Calibration& calibration, const Needs& needs,
                                       const AdviseSettings& settings) {
  auto advice = std::make_unique<Advice>();
  const std::string as_of = settings.as_of.empty() ? catalog.as_of : settings.as_of;
  if (const Result<void> done = resolve_needs(catalog, needs, as_of, advice->brief); !done) return fail(done.error());
  Search search{catalog, calibration, settings, *advice};
  advice->level = settings.level;
  advice->z = band_width_z(settings.level);
  advice->prune = settings.prune;
  advice->offers = candidates_on_offer(catalog, advice->brief);
  advice->candidates = static_cast<int>(advice->offers.candidates.size());
  std::vector<NearMiss> near_misses;
  std::vector<Candidate> candidates = within_constraints(*advice, near_misses);
  advice->twins_merged = merge_twins(candidates);
  advice->evaluated = static_cast<int>(candidates.size());

  advice->finder = std::make_unique<RunFinder>(catalog, calibration, advice->brief, settings.level, settings.prune);
  std::vector<Option> options = evaluate_all(*advice, *advice->finder, candidates, true);
  advice->qualified = static_cast<int>(options.size());
  if (options.empty()) options = nearest_options(search, candidates);
  sort_by_score(options);

  for (const Option* option : unlike_options(options, settings.limit)) advice->options.push_back(*option);
  for (const Option* option : pareto_front(options)) advice->pareto.push_back(*option);
  assume(advice->brief, *advice);
  advice->cloud = cloud_baseline(catalog, advice->brief);
  const Option* best = advice->options.empty() ? nullptr : &advice->options.front();
  advice->cloud.verdict = cloud_verdict(advice->cloud, advice->brief, best);
  rehearse_all(search);
  explain(catalog, *advice, advice->options, options);
  advice->rental = cheapest_rental(catalog, *advice);
  advice->hybrid = best_hybrid(*advice, candidates);
  advice->action = action_of(*advice);
  advice->answer = answer_words(*advice);
  advice->would_change_if = what_would_change(*advice, options, near_misses);
  return advice;
}

}  // namespace rigwise
