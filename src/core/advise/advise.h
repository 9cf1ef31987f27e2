#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/advise/candidates.h"
#include "core/advise/placement.h"
#include "core/cost/seats.h"

namespace rigwise {

struct AdviseSettings {
  std::string as_of;  ///< empty: the catalog's date
  int limit = 5;      ///< options in the answer
  double level = 0.8;
  bool prune = true;  ///< false: predict everything, for tests
};

/// A task on an option: what runs it and how fast.
struct TargetAnswer {
  const Task* task = nullptr;
  const ModelRun* run = nullptr;
  std::size_t pool = 0;
  int streams = 1;         ///< served by one replica
  Band alone;              ///< tokens/s of one stream when nothing else runs
  Band together;           ///< when every task runs at once, time shared in proportion to the asked speeds
  Band ttft_s;             ///< from sending the task's prompt to the first token, when nobody else asks
  double probability = 0;  ///< that it gets the asked speed when all run at once
};

/// A task in the busiest hour, as the simulator saw it.
struct RehearsedTask {
  const Task* task = nullptr;
  double ttft_p50_s = 0, ttft_p95_s = 0;             ///< from sending a prompt to the first token, queue included
  double tokens_per_s_p50 = 0, tokens_per_s_p5 = 0;  ///< while an answer is written: half, and 95 %, are faster
  double within = 0;                                 ///< share of the answers that keep the task's limits
  bool overloaded = false;                           ///< more comes than can be served
};

/// An option in its busiest hour.
struct Rehearsal {
  std::vector<RehearsedTask> tasks;  ///< empty: see why_not
  double utilisation = 0;            ///< of the busiest pool
  std::string why_not;               ///< set when nothing was simulated
};

/// A machine with the models that run on it.
struct Option {
  Candidate candidate;
  Placement placement;
  std::vector<TargetAnswer> targets;
  Money cost;  ///< over the horizon, with the expected price
  double score = 0;
  Rehearsal rehearsal;
  std::vector<std::string> reasons, risks, would_change_if;

  const Layout& layout() const { return candidate.layouts[static_cast<std::size_t>(placement.layout)]; }
};

/// What it costs to buy nothing.
struct CloudBaseline {
  std::vector<CloudTask> tasks;
  std::vector<CloudOffer> offers;    ///< by task
  Money monthly, total;              ///< total: over the horizon, less the tax that expenses save
  bool is_complete = true;           ///< every task has an offer
  std::vector<SeatGroup> seats;      ///< what the people would subscribe to instead, by role
  Money seats_monthly, seats_total;  ///< as above
  std::vector<std::string> lacks;
  std::string verdict;
};

/// A machine for some of the work, an API for the rest.
struct Hybrid {
  Option option;                     ///< without the task that is sent out; its cost and score include the API
  const CloudOffer* sent = nullptr;  ///< what is sent out, and to whom
  Money api_total;                   ///< of it over the horizon, after tax
  Money total;                       ///< machine and API
};

/// GPUs by the hour instead of a machine.
struct Rental {
  Option option;                                ///< its cost and ownership.total are the rent
  std::vector<const RentalPrice*> quotes;       ///< the newest of each provider, cheapest first
  Money per_hour, per_hour_low, per_hour_high;  ///< median, least and most of them
  double hours_per_month = 0;
  Money monthly;
};

/// What the answer comes to.
enum class AdviceAction {
  buy,       ///< the first option
  keep,      ///< the first option, which is there already
  wait_for,  ///< the first option, a part of which is announced and not sold
  nearest,   ///< nothing reaches the minimum speeds; the first option comes nearest
  nothing    ///< nothing on offer keeps the limits
};
const char* advice_action_name(AdviceAction action);

/// The whole answer. Options point into the finder's and the brief's memory, which it owns.
struct Advice {
  Brief brief;
  Offers offers;
  std::unique_ptr<RunFinder> finder, relaxed_finder;
  std::vector<Option> options;  ///< ranked, unlike machines, at most `limit`
  std::vector<Option> pareto;   ///< not beaten in cost, probability, quality, power and noise at once, cheapest first
  CloudBaseline cloud;
  std::optional<Rental> rental;  ///< the cheapest that meets the minimum speeds
  std::optional<Hybrid> hybrid;  ///< where it is clearly better or cheaper than the first option
  AdviceAction action = AdviceAction::nothing;
  std::string answer;  ///< one sentence
  std::vector<std::string> would_change_if;
  std::map<std::string, int> excluded;  ///< candidates that break a hard constraint, by the first one broken
  bool minimum_holds = true;            ///< false: no candidate reaches the minimum speeds; the options come nearest
  int candidates = 0, twins_merged = 0, evaluated = 0, qualified = 0;
  int cut_short = 0;               ///< set-ups on which not every combination of models was looked at
  double level = 0.8, z = 1.2816;  ///< of the bands
  bool prune = true;
};

/// Needs -> options. Errors only for names the catalog does not know and needs that contradict themselves; "nothing
/// fits" is an answer.
Result<std::unique_ptr<Advice>> advise(const Catalog& catalog, const Calibration& calibration, const Needs& needs,
                                       const AdviseSettings& settings);

}  // namespace rigwise
