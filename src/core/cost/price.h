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
  std::optional<Money> usual;      ///< what such a used machine usually fetches, when `value` is clearly below it
  std::string
      risen_with;  ///< name of the machine with this chip that got dearer since its launch, and this one with it

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
/// Quotes of one kind within three months of the newest are taken together (median); those of a part no longer made
/// are all of one kind, for what shops still have competes with what is used. A used price clearly below what such a
/// part usually fetches reaches up to that. Where nothing newer than a launch price is known, it rises as the shop
/// prices of machines with the same chip and memory have since their launch (median, at most to twice).
PriceAnswer purchase_price(const Catalog& catalog, const Device& device, const PriceRules& rules);

/// The same for hosts, switches, racks and cables, which are sold new. The editors' own estimates stand in for earlier
/// dates too, when nothing older is known.
PriceAnswer part_price(const std::vector<Quote>& quotes, const PriceRules& rules);

/// Share of its second-hand price that a thing still fetches a year later.
/// From   launch against used prices in prices/observations.csv, after the first fall below: RTX 3090 0.91, RTX 4090
///        1.01 (a market short of cards; 0.86 is taken for both), RTX A6000 0.80; Apple 0.91; seed S0-31's 40 % of a
///        Framework and 60 % of a switch after three years.
double yearly_retention(const Device& device);
inline constexpr double kHostRetention = 0.81, kNetworkRetention = 0.93;

/// Share of its price that is left as soon as a thing changes hands: new ones become second-hand, used ones cost the
/// sale.
/// From   used against new prices of a year later: Mac Studio M4 Max 0.71 after 13 months, MacBook Pro M4 Pro 0.71
///        after 17; a tenth is what marketplaces and shipping take.
inline constexpr double kNewKept = 0.75, kUsedKept = 0.9;

/// Share of the purchase price that comes back after so many months.
///     share = kept * yearly ^ (months / 12)
/// Holds  as a rule of thumb over a few years. Seed S0-31 expects 75 % of a MacBook after three years; by the prices
///        above a Mac has fallen below that in one, and this gives 57 %.
double resale_share(double kept, double yearly, double months);

}  // namespace rigwise
