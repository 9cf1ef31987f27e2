#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/cost/exchange.h"
#include "core/facts/catalog.h"

namespace rigwise {

/// What a quote is, whatever words its source used ("used each", "complete node", "msrp").
enum class PriceKind { street, listed, used, estimate, launch, unusable };
PriceKind price_kind(std::string_view words);
const char* price_kind_name(PriceKind k);

/// A price somebody saw or stated.
struct SeenPrice {
  double low = 0, high = 0;
  std::string currency;
  PriceKind kind = PriceKind::unusable;
  std::string date, source;
};

/// What one piece costs, with the quote it rests on.
struct PurchasePrice {
  Money value, low, high;  ///< in the asked currency; low and high widen with the quote's age
  SeenPrice seen;          ///< the newest quote used, as written
  double age_months = 0;
  bool used = false;
  std::optional<Money> new_price;  ///< what it costs new, when `value` is a used price and both are known

  /// The mean of the band, for ranking: an uncertain bargain is worth less than a sure one.
  Money expected() const { return (low + value + value + high) * 0.25; }
  /// "650 USD used (2026-05)".
  std::string words() const;
};

enum class Market { any, only_new, only_used };

struct PriceRules {
  const Exchange* exchange = nullptr;
  std::string currency;
  std::string as_of;
  Market market = Market::any;
  bool announced_too = false;  ///< estimates of machines not yet sold count
};

/// A price, or why there is none.
struct PriceAnswer {
  std::optional<PurchasePrice> price;
  std::string why_not;
};

/// What the device costs today. Street prices go before list prices, those before estimates; quotes in the buyer's own
/// currency before foreign ones; the launch price counts only while the part is sold, and its band
/// reaches far up. Quotes of more than three years ago say nothing about today, and those
/// after `as_of` are not known yet.
/// Quotes of one kind within three months of the newest are taken together (median).
PriceAnswer purchase_price(const Catalog& catalog, const Device& device, const PriceRules& rules);

/// The same for hosts, switches, racks and cables, which are sold new.
PriceAnswer part_price(const std::vector<Quote>& quotes, const PriceRules& rules);

/// Share of its price that a thing still fetches a year later; after m months it is this to the power m / 12.
/// Holds  as a rule of thumb over a few years; markets short of memory pay more.
/// From   seed S0-31 (75 % of a MacBook, 40 % of a Framework, 60 % of a switch after 3 years) and, for cards, launch
///        against used prices of RTX 3090 (0.865 a year) and RTX 4090 (0.93 a year) in prices/observations.csv.
double yearly_retention(const Device& device);
inline constexpr double kHostRetention = 0.74, kNetworkRetention = 0.84;
double retained(double yearly, double months);

}  // namespace rigwise
