#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/cost/alternatives.h"
#include "core/cost/break_even.h"
#include "core/cost/per_token.h"

namespace rigwise {

/// A whole question of money, so that one of its figures can be moved and all else follows.
struct CostCase {
  CostPlan local;                           ///< hours.on as it is switched on; the load follows
  TokenVolume volume;                       ///< of a month; 0 when nobody said
  std::optional<ServingSpeed> speed;        ///< absent: unknown
  double hours_in_use = 730.5;              ///< of a month
  double utilisation = 0.25;                ///< at which a token is costed
  bool volume_follows_utilisation = false;  ///< nobody stated a volume: it is what the machine does then
  bool utilisation_follows_volume = false;  ///< nobody stated a utilisation: it is what the volume takes
  std::optional<ApiOffer> api;              ///< what it is compared with,
  std::optional<CostPlan> rival;            ///< or this
  int months = 36;
};

struct CaseOutcome {
  Money total;                  ///< of the machine over the horizon, with what runs beside it
  std::optional<Money> saving;  ///< against the API or the rival
  std::optional<double> break_even_months;
  std::optional<TokenCost> tokens;
};

/// Share of the hours in use that the machine works, as stated or as the volume takes it; at most 1.
double utilisation_of(const CostCase& c);
/// The machine's plan as it works for this volume at this speed; the load hours follow the tokens where both are known,
/// else the utilisation.
CostPlan local_plan(const CostCase& c);
/// What it is compared with, for this volume; nothing without an API or a rival.
std::optional<CostPlan> rival_plan(const CostCase& c);
CaseOutcome outcome_of(const CostCase& c);

/// Multipliers of one figure, low and high.
struct Range {
  double low = 1, high = 1;
};
struct SensitivityRanges {
  Range volume{0.5, 2}, utilisation{0.5, 2}, electricity{0.5, 1.5}, resale{0, 1.25}, api_price{0.5, 1.5};
  std::optional<Range> price, speed;  ///< absent: the bands; a price without one +-20 %
};

/// One figure moved down and up, all others as they are.
struct SensitivityRow {
  std::string figure;  ///< "volume", "price", ...
  double low = 1, high = 1;
  CaseOutcome at_low, at_high;
  double swing = 0;  ///< of the measure, high less low, without sign
};

/// The measure that sensitivity_of() sorts by: the saving where there is something to compare with, else the cost of a
/// million output tokens, else the total.
enum class Measure { saving, output_per_mtok, total };
const char* measure_name(Measure m);
Measure measure_of(const CaseOutcome& outcome);

/// Rows of a tornado, the widest first; ties by name.
std::vector<SensitivityRow> sensitivity_of(const CostCase& c, const SensitivityRanges& ranges);

}  // namespace rigwise
