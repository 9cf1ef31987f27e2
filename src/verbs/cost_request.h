#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/cost/calendar.h"
#include "core/cost/coop.h"
#include "core/cost/seats.h"
#include "core/cost/sensitivity.h"
#include "verbs/question.h"
#include "verbs/verbs.h"

namespace rigwise {

/// Another way to get the work done, to compare the machine with.
struct Rival {
  std::string kind;  ///< api seats rent hybrid wait
  CostPlan plan;
  std::optional<ApiOffer> api;   ///< its bill follows the volume
  std::vector<SeatGroup> seats;  ///< what the bundle is made of
  std::string basis;             ///< where its price is from
  std::string why_no_volume;     ///< set when its bill needs tokens that nobody stated
};

/// Time that people win, valued apart and never part of a total.
struct HoursSaved {
  double hours_per_day = 0, days_per_year = 240, share = 1;
  int people = 1;
  Money per_hour;

  Money per_year() const { return per_hour * (hours_per_day * days_per_year * people * share); }
};

/// What the co-op is asked: who pays, what is put aside, and how many are needed at a price.
struct SplitQuestion {
  CoopTerms terms;
  std::optional<Money> price_per_month;
};

/// A request of `cost`, resolved against the catalog.
struct CostQuestion {
  std::string as_of, currency;
  Exchange exchange{{}, ""};
  CostCase cost_case;
  std::optional<SpeedQuestion> speed_question;  ///< set-up and model, when both are named
  std::optional<Prediction> prediction;
  std::string cannot_run;  ///< why the set-up does not run the model
  double discount_rate = 0;
  double hours_per_day = 24, days_per_month = kDaysPerMonth;
  bool volume_is_stated = false;
  std::vector<Rival> rivals;
  std::vector<SeatGroup> seats;
  std::optional<HoursSaved> hours_saved;
  std::optional<SplitQuestion> split;
  SensitivityRanges ranges;
  std::vector<std::string> assumptions, notes;
};

/// Reads and resolves the whole request. Errors name the key and what is accepted.
Result<CostQuestion> read_cost_question(const House& house, const Json& request);

}  // namespace rigwise
