#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/advise/candidates.h"
#include "core/advise/placement.h"

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

/// A machine with the models that run on it.
struct Option {
  Candidate candidate;
  Placement placement;
  std::vector<TargetAnswer> targets;
  Money cost;  ///< over the horizon, with the expected price
  double score = 0;
  std::vector<std::string> reasons, risks, would_change_if;

  const Layout& layout() const { return candidate.layouts[static_cast<std::size_t>(placement.layout)]; }
};

/// What it costs to buy nothing.
struct CloudBaseline {
  std::vector<CloudTask> tasks;
  std::vector<CloudOffer> offers;  ///< by task
  Money monthly, total;            ///< total: over the horizon, less the tax that expenses save
  bool is_complete = true;         ///< every task has an offer
  const SaasPrice* seat = nullptr;
  Money seats_monthly, seats_total;  ///< as above
  std::vector<std::string> lacks;
  std::string verdict;
};

/// The whole answer. Options point into the finder's and the brief's memory, which it owns.
struct Advice {
  Brief brief;
  Offers offers;
  std::unique_ptr<RunFinder> finder, relaxed_finder;
  std::vector<Option> options;  ///< ranked, unlike machines, at most `limit`
  std::vector<Option> pareto;   ///< not beaten in cost, probability, quality, power and noise at once, cheapest first
  CloudBaseline cloud;
  std::string answer;  ///< one sentence
  std::vector<std::string> would_change_if;
  std::map<std::string, int> excluded;  ///< candidates that break a hard constraint, by the first one broken
  bool minimum_holds = true;            ///< false: no candidate reaches the minimum speeds; the options come nearest
  int candidates = 0, twins_merged = 0, evaluated = 0, qualified = 0;
  int cut_short = 0;  ///< set-ups on which not every combination of models was looked at
  double z = 1.2816;  ///< of the bands' level
  bool prune = true;
};

/// Needs -> options. Errors only for names the catalog does not know and needs that contradict themselves; "nothing
/// fits" is an answer.
Result<std::unique_ptr<Advice>> advise(const Catalog& catalog, const Calibration& calibration, const Needs& needs,
                                       const AdviseSettings& settings);

}  // namespace rigwise
