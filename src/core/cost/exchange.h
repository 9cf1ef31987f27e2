#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/cost/money.h"
#include "core/facts/market.h"

namespace rigwise {

/// A rate as it was used, for the list of assumptions.
struct UsedRate {
  std::string currency;
  double per_usd = 1;
  std::string date;
};

/// Converts money at dated rates: for each currency the newest rate not after the asked date, or, when all are
/// later, the oldest. The dollar needs no rate.
class Exchange {
 public:
  Exchange(const std::vector<ExchangeRate>& rates, const std::string& as_of);

  /// Accepts "USD" and every currency with a rate, in any case; gives the ISO code. Errors list the known ones.
  Result<std::string> currency(std::string_view name) const;
  bool knows(std::string_view currency) const { return find(currency) != nullptr; }

  /// Lays a rate of the asker's own over the dated ones: units of the currency for one dollar, above 0.
  void set_rate(const std::string& currency, double per_usd, const std::string& date);

  /// Both currencies must be known.
  Money convert(const Money& m, std::string_view to) const;
  Money convert(double amount, std::string_view from, std::string_view to) const;

  /// The rate behind a known currency.
  const UsedRate& rate(std::string_view currency) const;

 private:
  const UsedRate* find(std::string_view currency) const;

  std::vector<UsedRate> rates_;
};

}  // namespace rigwise
