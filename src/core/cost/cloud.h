#pragma once

#include <string>
#include <vector>

#include "core/cost/exchange.h"
#include "core/facts/catalog.h"

namespace rigwise {

/// Work that could go to a cloud instead: tokens of a month and the models that would do for it.
struct CloudTask {
  std::string name;
  std::vector<const Llm*> models;
  double input_tokens_per_month = 0, output_tokens_per_month = 0;
};

/// The cheapest offer for one task.
struct CloudOffer {
  const CloudTask* task = nullptr;
  const ApiPrice* price = nullptr;  ///< null: nobody offers any of the models
  const Llm* model = nullptr;
  Money monthly;
};

/// Monthly price of a task at an offer:
///
///     (input tokens * input price + output tokens * output price) / 10^6, prices in USD per million tokens
///
/// Holds  without cached-input discounts, which differ by use.
Money api_cost(const ApiPrice& price, double input_tokens, double output_tokens, const Exchange& exchange,
               const std::string& currency);

/// The cheapest API that serves one of the task's models on that date. Free tiers (price 0) do not count: they are
/// limited.
CloudOffer cheapest_offer(const Catalog& catalog, const CloudTask& task, const Exchange& exchange,
                          const std::string& currency, const std::string& as_of);

/// The cheapest seat of a kind of subscription ("chat", "coding") on that date, or null.
const SaasPrice* cheapest_seat(const Catalog& catalog, std::string_view category, const Exchange& exchange,
                               const std::string& as_of);

}  // namespace rigwise
