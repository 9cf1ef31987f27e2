#pragma once

#include "core/advise/needs.h"
#include "verbs/verbs.h"

namespace rigwise {

/// The needs in words, one line a subject: [{"name": "Budget", "value": "25,000 CAD for the whole machine"}]. Only what
/// was said; what was assumed instead is in the advice's assumptions.
Json needs_lines_json(const Catalog& catalog, const Needs& needs);

/// Every way out of a scenario, from the response of `advise`: its first three machines, a machine beside an API, GPUs
/// by the hour, the cheapest API, subscriptions; in this order, those that there are.
/// [{"kind", "name", "price", "total", "total_low", "total_high", "per_month", "probability", "quality", "noise",
/// "power_w", "leaves_the_house", "paid_at_start", "paid_before_sale", "paid_by_year", "pays_back_months"}], null where
/// it means nothing. Paid so far, after tax:
///
///     a machine, after m of M months:  (purchase + electricity * m / M) * (1 - tax rate), and at the end less
///                                      resale * (1 - tax rate), which is its total
///     anything paid by the month:      total * m / M
///
/// `pays_back_months` of a machine: when that is no more than what subscriptions have cost by then, resale not counted:
/// purchase / (subscriptions a month - electricity a month), rounded up; null when not within the horizon.
Json alternatives_json(const Json& advice);

/// Who says what the report rests on: machines, models and offers that are named in it, each once.
/// [{"subject", "covers", "kind", "ref"}]
Json report_sources_json(const House& house, const Json& scenarios);

}  // namespace rigwise
