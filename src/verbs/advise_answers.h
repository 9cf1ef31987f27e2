#pragma once

#include "core/advise/advise.h"
#include "verbs/verbs.h"

namespace rigwise {

/// A ranked option with its bill, its models, their speeds, reasons and risks.
Json option_json(const Option& option, int rank, double level, double tax_rate);

/// A point of the Pareto front, short: what it costs, gives, draws and sounds like; rank when it is among the options.
Json pareto_json(const Option& option, const Advice& advice);

/// The cloud baseline: what not buying costs, at which named offers, and what it lacks.
Json do_not_buy_json(const Advice& advice);

/// Money as JSON says it: rounded to cents, the currency stands once in the response.
Json money_json(const Money& money);

}  // namespace rigwise
