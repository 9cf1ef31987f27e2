#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/cost/cost_plan.h"
#include "core/cost/deliverable.h"
#include "core/cost/exchange.h"
#include "core/facts/catalog.h"

namespace rigwise {

/// What an API asks for a million tokens, in the asked currency.
struct ApiOffer {
  std::string name, date, source;
  Money input, output;
  std::optional<Money> cached;  ///< of input seen before; absent: the full price
  std::optional<double> tokens_per_s, ttft_s;
};

/// A month's bill of an API.
///
///     (input * (1 - cached_share) * input price + input * cached_share * cached price + output * output price) / 10^6
///
/// From   seed S3-9: 0.3 * 1.9e9 at 0.10 and 0.7 * 1.9e9 at 0.30 USD are 456 USD.
Money monthly_bill(const ApiOffer& offer, const TokenVolume& volume);

/// The offer that a name means: a model of the catalog ("gpt-oss-120b": the cheapest that serves it for this volume),
/// a provider's own name ("claude-sonnet-4.5"), or both ("groq/qwen3-32b"); its newest price on that date. Free tiers
/// do not count. Errors list the nearest names.
Result<ApiOffer> find_api(const Catalog& catalog, const std::string& name, const TokenVolume& volume,
                          const Exchange& exchange, const std::string& currency, const std::string& as_of);

/// The cheapest API that serves a model for this volume; nothing when nobody does.
std::optional<ApiOffer> cheapest_api(const Catalog& catalog, std::string_view model_id, const TokenVolume& volume,
                                     const Exchange& exchange, const std::string& currency, const std::string& as_of);

/// A plan that is nothing but a bill every month.
CostPlan plan_of_bill(std::string name, CashKind kind, const Money& per_month, const TaxRules& tax);

/// The machine for a share of the work, an API for the rest, and what is kept beside both. `busy` are the hours of all
/// of the work on the machine.
CostPlan hybrid_plan(const CostPlan& machine, double busy, double local_share, const std::optional<MonthlyBill>& rest,
                     const std::vector<MonthlyBill>& kept);

/// The same machine bought `months` later at another price; until then the work is done as `meanwhile` does it.
CostPlan waiting_plan(const CostPlan& machine, int months, double price_factor, const CostPlan* meanwhile);

}  // namespace rigwise
