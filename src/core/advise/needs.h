#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/facts/device.h"

namespace rigwise {

/// What a person says before asking what to buy; the keys of the contract's `needs`. Names are still the user's own
/// words here: resolve_needs() looks them up. Absent means "not said", and every default we then take is named in
/// the answer's assumptions.
struct Budget {
  std::optional<double> max;  ///< for the whole machine, at purchase
  std::string currency = "USD";
  int horizon_months = 36;
};

struct PeopleGroup {
  std::string role;  ///< empty: nobody said what they do
  int count = 1;
};

/// One thing that must run, beside the others: "main agent, coding class, 60 tok/s, at least 30".
struct NeedTarget {
  std::string name;
  std::string model_class;  ///< or `model`; one of the two
  std::string model;
  std::optional<double> tokens_per_s;          ///< asked speed of one stream
  std::optional<double> minimum_tokens_per_s;  ///< below this it is no use
  std::optional<double> ttft_s;                ///< longest wait for the first token
  std::optional<double> prompt_tokens, context_tokens;
  std::optional<double> max_params_b;  ///< of the class only models up to this size, 10^9 parameters
  int streams = 1;
};

enum class Condition { any, only_new, only_used };
const char* condition_name(Condition c);

/// What a machine looks like where it stands.
enum class BodyShape { laptop, mini, desktop, tower, rack, board };
const char* body_shape_name(BodyShape s);

struct Constraints {
  std::optional<NoiseClass> noise;  ///< the loudest that is accepted
  bool portable = false;
  std::optional<double> power_w_max;  ///< of the whole machine under load
  std::vector<BodyShape> form_factors;
  std::vector<std::string> os;  ///< any of these
  std::vector<std::string> vendors_excluded;
  bool always_on = false;
  bool local_only = false;  ///< no token may leave the house
};

struct PromptShare {
  std::string category;
  double share = 0;
};

struct Usage {
  std::optional<double> tokens_per_month;  ///< input and output together
  std::optional<double> input_share;
  std::optional<double> hours_per_day;  ///< in use
  std::vector<PromptShare> prompt_mix;
};

struct MoneyNeeds {
  std::optional<double> electricity_per_kwh;  ///< in the budget's currency
  double tax_rate = 0;                        ///< hardware and running costs are deducted at this rate
  bool resale = false;                        ///< count what the machine fetches at the end of the horizon
  std::optional<double> resale_share;         ///< of the purchase price; else by kind of machine and years
};

/// How much each thing counts in the ranking; only the proportions matter.
struct Weights {
  double probability = 0.4, cost = 0.25, quality = 0.2, speed = 0.07, noise = 0.04, power = 0.04;

  double sum() const { return probability + cost + quality + speed + noise + power; }
};

struct Needs {
  Budget budget;
  std::vector<PeopleGroup> people;
  std::optional<int> concurrency;  ///< streams at once when no people and no targets say it
  std::vector<std::string> owned;  ///< set-up parts: "2x rtx 3090"
  std::string upgrade_of;          ///< the machine to be improved upon, owned too
  std::vector<NeedTarget> targets;
  bool vision = false;
  std::vector<std::string> services;  ///< speech, image, embedding: memory beside the models
  bool fine_tuning = false;
  std::string region;
  Condition condition = Condition::any;
  std::string not_before;  ///< a date one is ready to wait for: announced machines then count, as estimates
  std::optional<double> minimum_relative_quality;
  Constraints constraints;
  Usage usage;
  MoneyNeeds money;
  Weights weights;
};

}  // namespace rigwise
