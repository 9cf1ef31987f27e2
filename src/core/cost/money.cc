#include "core/cost/money.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/base/check.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kCent = 10'000'000;

std::int64_t nearest_nanos(double nanos) {
  // 2^63 as a double is one past the largest int64; NaN fails both comparisons and counts as nothing.
  if (nanos >= 9.2e18) return kMost;
  if (nanos <= -9.2e18) return -kMost;
  return nanos == nanos ? static_cast<std::int64_t>(std::nearbyint(nanos)) : 0;
}

std::int64_t saturating_add(std::int64_t a, std::int64_t b) {
  if (b > 0 && a > kMost - b) return kMost;
  if (b < 0 && a < -kMost - b) return -kMost;
  return a + b;
}

/// Half to even.
std::int64_t nearest_cents(std::int64_t nanos) {
  const std::int64_t cents = nanos / kCent;
  const std::int64_t rest = std::abs(nanos % kCent);
  const bool up = rest > kCent / 2 || (rest == kCent / 2 && cents % 2 != 0);
  if (!up) return cents;
  return nanos < 0 ? cents - 1 : cents + 1;
}

}  // namespace

Money::Money(double amount, std::string_view currency) : nanos_(nearest_nanos(amount * 1e9)) {
  RW_CHECK(currency.size() == 3);
  std::copy(currency.begin(), currency.end(), code_);
}

Money Money::from_nanos(std::int64_t nanos, std::string_view currency) {
  Money m(0, currency);
  m.nanos_ = nanos;
  return m;
}

const Money& Money::same_currency(const Money& o) const {
  RW_CHECK(std::equal(code_, code_ + 3, o.code_));
  return *this;
}

Money& Money::operator+=(const Money& o) {
  nanos_ = saturating_add(same_currency(o).nanos_, o.nanos_);
  return *this;
}

Money& Money::operator-=(const Money& o) {
  nanos_ = saturating_add(same_currency(o).nanos_, -o.nanos_);
  return *this;
}

Money Money::operator*(double factor) const {
  Money m = *this;
  m.nanos_ = nearest_nanos(static_cast<double>(nanos_) * factor);
  return m;
}

double rounded_to_cents(const Money& m) { return static_cast<double>(nearest_cents(m.nanos())) / 100.0; }

Money in_whole_cents(const Money& m) { return Money::from_nanos(nearest_cents(m.nanos()) * kCent, m.currency()); }

Money in_whole_units(const Money& m) {
  constexpr std::int64_t kUnit = 100 * kCent;
  const std::int64_t half = m.nanos() < 0 ? -kUnit / 2 : kUnit / 2;
  return Money::from_nanos(saturating_add(m.nanos(), half) / kUnit * kUnit, m.currency());
}

std::string whole_units(const Money& m) {
  std::string digits = fixed(m.amount(), 0);
  const std::size_t sign = digits.starts_with('-') ? 1 : 0;
  for (std::size_t i = digits.size(); i > sign + 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::vector<Money> split_by_largest_remainder(const Money& total, const std::vector<double>& weights) {
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  RW_CHECK(sum > 0);
  std::vector<Money> parts;
  std::vector<double> remainders;
  std::int64_t left = total.nanos();
  for (const double weight : weights) {
    const double exact = static_cast<double>(total.nanos()) * (weight / sum);
    const double floor = std::floor(exact);
    parts.push_back(Money::from_nanos(nearest_nanos(floor), total.currency()));
    remainders.push_back(exact - floor);
    left -= parts.back().nanos();
  }
  std::vector<std::size_t> order(weights.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return remainders[a] > remainders[b]; });
  // Doubles carry 53 bits of a 63-bit amount, so what is left may exceed one nano-unit a part: deal it out evenly.
  const std::int64_t count = static_cast<std::int64_t>(parts.size());
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    std::int64_t extra = left / count;
    const std::int64_t odd = left % count;
    if (odd > 0 && static_cast<std::int64_t>(rank) < odd) ++extra;
    if (odd < 0 && static_cast<std::int64_t>(rank) < -odd) --extra;
    parts[order[rank]] += Money::from_nanos(extra, total.currency());
  }
  return parts;
}

}  // namespace rigwise
