#include "core/cost/price.h"

#include <algorithm>
#include <cmath>

#include "core/base/text.h"
#include "core/cost/calendar.h"

namespace rigwise {
namespace {

constexpr double kSameTimeMonths = 3;   ///< quotes so near in time are taken together
constexpr double kTooOldMonths = 36;    ///< older quotes say nothing about today
constexpr double kStaleMonths = 12;     ///< oldest shop price of a part no longer made
constexpr double kDoubtfulShare = 0.5;  ///< of what such a machine usually fetches: no market
constexpr double kCheapShare = 0.75;    ///< below it the band reaches up to what is usual

bool contains(std::string_view text, std::string_view word) { return text.find(word) != std::string_view::npos; }

/// Half-widths of the band that age alone gives: 5 % and 1 % a month, at most 50 %. A price of something new may have
/// risen by more, at most 90 %: a launch price by 3 % a month (RTX 5090 1,999 -> 3,775 USD in 17 months, Framework
/// 128 GB 1,999 -> 2,459 in 8), a shop's by 2 %.
Money aged_low(const Money& low, double months) { return low * (1 - std::min(0.5, 0.05 + 0.01 * months)); }
Money aged_high(const Money& high, double months, PriceKind kind) {
  const double monthly = kind == PriceKind::launch ? 0.03 : kind == PriceKind::used ? 0.01 : 0.02;
  return high * (1 + std::min(kind == PriceKind::used ? 0.5 : 0.9, 0.05 + monthly * months));
}

/// How much a quote says about what this buyer would pay for a new one.
int trust(const SeenPrice& seen, const std::string& currency) {
  const bool own = seen.currency == currency;
  switch (seen.kind) {
    case PriceKind::street: return 9;
    case PriceKind::listed: return own ? 8 : 5;
    case PriceKind::estimate: return own ? 7 : 4;
    case PriceKind::launch: return own ? 6 : 3;
    case PriceKind::used: return 2;
    case PriceKind::unusable: return 0;
  }
  return 0;
}

/// The band of the most trusted quotes, together.
std::optional<PurchasePrice> settle(const std::vector<SeenPrice>& quotes, const PriceRules& rules) {
  const SeenPrice* best = nullptr;
  for (const SeenPrice& q : quotes) {
    const int better = best == nullptr ? 1 : trust(q, rules.currency) - trust(*best, rules.currency);
    if (better > 0 || (better == 0 && month_number(q.date) > month_number(best->date))) best = &q;
  }
  if (best == nullptr) return std::nullopt;

  const Exchange& exchange = *rules.exchange;
  std::vector<double> middles;
  PurchasePrice price;
  price.seen = *best;
  price.low = price.high = exchange.convert((best->low + best->high) / 2, best->currency, rules.currency);
  for (const SeenPrice& q : quotes) {
    const bool alike = trust(q, rules.currency) == trust(*best, rules.currency);
    if (!alike || months_between(q.date, best->date).value_or(99) > kSameTimeMonths) continue;
    const Money low = exchange.convert(q.low, q.currency, rules.currency);
    const Money high = exchange.convert(q.high, q.currency, rules.currency);
    middles.push_back((low + high).amount() / 2);
    price.low = std::min(price.low, low);
    price.high = std::max(price.high, high);
  }
  std::sort(middles.begin(), middles.end());
  const std::size_t half = middles.size() / 2;
  const double middle = middles.size() % 2 == 1 ? middles[half] : (middles[half - 1] + middles[half]) / 2;
  price.value = Money(middle, rules.currency);
  price.age_months = months_between(best->date, rules.as_of).value_or(0);
  price.used = best->kind == PriceKind::used;
  price.low = aged_low(price.low, price.age_months);
  price.high = aged_high(price.high, price.age_months, best->kind);
  return price;
}

std::vector<SeenPrice> quotes_of(const Catalog& catalog, const Device& device, const PriceRules& rules) {
  std::vector<SeenPrice> quotes;
  const auto add = [&](SeenPrice seen) {
    const bool usable = seen.kind != PriceKind::unusable && seen.low > 0 && rules.exchange->knows(seen.currency);
    if (usable && !is_after(seen.date, rules.as_of)) quotes.push_back(std::move(seen));
  };
  for (const Quote& q : device.quotes) {
    add({q.amount, q.amount, q.currency, price_kind(q.kind), q.date, "the catalog's device record"});
  }
  for (const PriceObservation& o : catalog.price_observations) {
    if (o.item_id != device.id) continue;
    add({o.price_low, o.price_high.value_or(o.price_low), o.currency, price_kind(o.price_kind), o.date, o.source});
  }
  return quotes;
}

/// What a machine usually fetches at the time of a used price: its launch price, less a share a year (Apple 9 %, cards
/// 14 %, others 26 %). Nothing when the launch price is unknown.
std::optional<Money> usual_used_price(const PurchasePrice& used, const std::vector<SeenPrice>& quotes,
                                      const Device& device, const PriceRules& rules) {
  const double yearly = device.vendor == "Apple" ? 0.91 : device.is_bare() ? 0.86 : 0.74;
  std::optional<Money> usual;
  for (const SeenPrice& q : quotes) {
    const std::optional<double> age = months_between(q.date, used.seen.date);
    if (q.kind != PriceKind::launch || !age) continue;
    const Money launch = rules.exchange->convert(q.low, q.currency, rules.currency);
    const Money now = launch * std::pow(yearly, *age / 12);
    if (!usual || *usual < now) usual = now;
  }
  return usual;
}

/// Drops a used price of less than half of what is usual (one author's bargain is no market), and lets the band of a
/// merely cheap one reach up to it. Gives true when it was dropped.
bool judge_used(std::optional<PurchasePrice>& used, const std::vector<SeenPrice>& quotes, const Device& device,
                const PriceRules& rules) {
  if (!used) return false;
  const std::optional<Money> usual = usual_used_price(*used, quotes, device, rules);
  if (!usual) return false;
  if (used->value < *usual * kDoubtfulShare) {
    used.reset();
    return true;
  }
  if (used->value < *usual * kCheapShare) {
    used->usual = usual;
    used->high = std::max(used->high, *usual);
  }
  return false;
}

/// Whether a quote tells what the part costs now, in its present state of sale.
bool counts_as_new(const SeenPrice& q, const Device& device, const PriceRules& rules) {
  const double age = months_between(q.date, rules.as_of).value_or(kTooOldMonths + 1);
  if (q.kind == PriceKind::used || age > kTooOldMonths) return false;
  if (device.status == DeviceStatus::expected) return q.kind == PriceKind::estimate;
  if (device.status == DeviceStatus::current) return true;
  return q.kind != PriceKind::launch && age <= kStaleMonths;
}

/// How the price of a machine has moved since its launch: shop price over launch price.
struct Move {
  double ratio = 1;
  std::string name;
};

std::optional<Move> move_since_launch(const Catalog& catalog, const Device& device, const PriceRules& rules) {
  std::vector<SeenPrice> launch, shop;
  for (const SeenPrice& q : quotes_of(catalog, device, rules)) {
    if (q.kind == PriceKind::launch) launch.push_back(q);
    if (q.kind == PriceKind::street || q.kind == PriceKind::listed) shop.push_back(q);
  }
  const std::optional<PurchasePrice> then = settle(launch, rules), now = settle(shop, rules);
  if (!then || !now || now->age_months > kStaleMonths) return std::nullopt;
  return Move{now->value.amount() / then->value.amount(), device.name};
}

/// A launch price taken up with what other machines of this chip and memory cost today; unchanged without any.
void rise_with_chip(const Catalog& catalog, const Device& device, const PriceRules& rules, PurchasePrice& price) {
  constexpr double kMostRise = 2;
  if (device.chip.empty() || price.seen.kind != PriceKind::launch) return;
  std::vector<Move> moves;
  for (const Device& mate : catalog.devices) {
    const bool is_mate = mate.chip == device.chip && mate.id != device.id && mate.status == DeviceStatus::current &&
                         mate.memory_capacity == device.memory_capacity && mate.is_bare() == device.is_bare();
    if (!is_mate) continue;
    if (std::optional<Move> move = move_since_launch(catalog, mate, rules)) moves.push_back(*std::move(move));
  }
  if (moves.empty()) return;
  std::sort(moves.begin(), moves.end(), [](const Move& a, const Move& b) { return a.ratio < b.ratio; });
  const Move& middle = moves[(moves.size() - 1) / 2];
  // What got cheaper may be another make's bargain.
  if (middle.ratio <= 1) return;
  price.value = price.value * std::min(middle.ratio, kMostRise);
  // It may still be had at its launch price, or dearer than its mates.
  price.low = std::min(price.low, aged_low(price.value, 0));
  price.high = std::max(price.high, aged_high(price.value, price.age_months, PriceKind::street));
  price.risen_with = middle.name;
}

std::string why_unpriced(const std::vector<SeenPrice>& quotes, const Device& device, const PriceRules& rules) {
  if (quotes.empty()) return "no dated price";
  const bool has_used = std::any_of(quotes.begin(), quotes.end(), [](auto& q) { return q.kind == PriceKind::used; });
  if (rules.market == Market::only_used) return "no used price";
  if (rules.market == Market::only_new && has_used) return "sold used only";
  return device.status == DeviceStatus::discontinued ? "no longer sold, and no used price is known"
                                                     : "only prices of more than three years ago";
}

}  // namespace

PriceKind price_kind(std::string_view words) {
  const std::string w = lower(words);
  if (contains(w, "used")) return PriceKind::used;
  if (contains(w, "street")) return PriceKind::street;
  if (contains(w, "launch")) return PriceKind::launch;
  if (contains(w, "estimate") || contains(w, "midpoint")) return PriceKind::estimate;
  for (const char* listed : {"list", "msrp", "quote", "complete node", "card", "system", "seed", "laptop with"}) {
    if (w.starts_with(listed)) return PriceKind::listed;
  }
  return PriceKind::unusable;
}

const char* price_kind_name(PriceKind k) {
  switch (k) {
    case PriceKind::street: return "street price";
    case PriceKind::listed: return "list price";
    case PriceKind::used: return "used";
    case PriceKind::estimate: return "estimate";
    case PriceKind::launch: return "launch price";
    case PriceKind::unusable: return "no price";
  }
  return "no price";
}

std::string PurchasePrice::words() const {
  std::string basis = price_kind_name(seen.kind);
  if (!risen_with.empty()) {
    basis +=
        " of " + whole_units(Money(seen.low, seen.currency)) + " " + seen.currency + ", risen with the " + risen_with;
  }
  return whole_units(value) + " " + value.currency() + " (" + basis + ", " + seen.date + ")";
}

PriceAnswer purchase_price(const Catalog& catalog, const Device& device, const PriceRules& rules) {
  if (device.status == DeviceStatus::seed) return {std::nullopt, "a configuration that nobody sells"};
  if (device.status == DeviceStatus::expected && !rules.announced_too) return {std::nullopt, "not sold yet"};
  const std::vector<SeenPrice> quotes = quotes_of(catalog, device, rules);
  const bool still_made = device.status != DeviceStatus::discontinued;
  std::vector<SeenPrice> as_new, as_used;
  for (const SeenPrice& q : quotes) {
    if (q.kind == PriceKind::used) as_used.push_back(q);
    if (counts_as_new(q, device, rules)) as_new.push_back(q);
  }
  if (!still_made && !as_used.empty()) {
    for (SeenPrice& q : as_new) {
      q.kind = PriceKind::used;
      as_used.push_back(std::move(q));
    }
    as_new.clear();
  }
  std::optional<PurchasePrice> used = rules.market == Market::only_new ? std::nullopt : settle(as_used, rules);
  const bool doubtful = judge_used(used, quotes, device, rules);
  // What is still on offer for a part no longer made is second-hand or old stock.
  std::optional<PurchasePrice> fresh = settle(as_new, rules);
  if (fresh) fresh->used = !still_made;
  if (fresh && still_made) rise_with_chip(catalog, device, rules, *fresh);
  if (fresh && rules.market == (still_made ? Market::only_used : Market::only_new)) fresh.reset();

  if (used && fresh && still_made) used->new_price = fresh->value;
  if (used && (!fresh || !still_made || used->value < fresh->value)) return {used, ""};
  if (fresh) return {fresh, ""};
  return {std::nullopt, doubtful ? "only a doubtful used price" : why_unpriced(quotes, device, rules)};
}

PriceAnswer part_price(const std::vector<Quote>& quotes, const PriceRules& rules) {
  std::vector<SeenPrice> seen, later;
  for (const Quote& q : quotes) {
    const PriceKind kind = price_kind(q.kind);
    if (kind == PriceKind::unusable || !rules.exchange->knows(q.currency)) continue;
    const bool is_known = !is_after(q.date, rules.as_of);
    if (!is_known && kind != PriceKind::estimate) continue;
    (is_known ? seen : later).push_back({q.amount, q.amount, q.currency, kind, q.date, "the catalog's record"});
  }
  std::optional<PurchasePrice> price = settle(seen.empty() ? later : seen, rules);
  return price ? PriceAnswer{price, ""} : PriceAnswer{std::nullopt, "no dated price"};
}

double yearly_retention(const Device& device) {
  constexpr double kApple = 0.91, kGamingCard = 0.86, kOtherCard = 0.80;
  if (device.vendor == "Apple") return kApple;
  if (!device.is_bare()) return kHostRetention;
  return device.form_factor == "desktop card" ? kGamingCard : kOtherCard;
}

double resale_share(double kept, double yearly, double months) { return kept * std::pow(yearly, months / 12); }

}  // namespace rigwise
