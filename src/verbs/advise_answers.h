#pragma once

#include "core/advise/advise.h"
#include "verbs/verbs.h"

namespace rigwise {

/// A ranked option with its bill, its models, their speeds, its busiest hour, reasons and risks.
Json option_json(const House& house, const Advice& advice, const Option& option, int rank);

/// GPUs by the hour, or null; each quote with its source.
Json rental_json(const House& house, const Advice& advice);

/// A machine for some of the work and an API for the rest, or null.
Json hybrid_json(const House& house, const Advice& advice);

/// A point of the Pareto front, short: what it costs, gives, draws and sounds like; rank when it is among the options.
Json pareto_json(const Option& option, const Advice& advice);

/// The cloud baseline: what not buying costs, at which named offers, and what it lacks.
Json do_not_buy_json(const House& house, const Advice& advice);

/// Money as JSON says it: rounded to cents, the currency stands once in the response.
Json money_json(const Money& money);

}  // namespace rigwise
