#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rigwise {

/// An amount of one currency in units of 10^-9: sums and shares are exact, whatever the order. Amounts beyond
/// +-9.2 billion stay at that limit. Adding two currencies is a mistake of ours and stops the program; convert first.
class Money {
 public:
  Money() = default;
  /// The nearest nano-unit, ties to even. `currency` is an ISO code ("USD").
  Money(double amount, std::string_view currency);
  static Money from_nanos(std::int64_t nanos, std::string_view currency);

  std::int64_t nanos() const { return nanos_; }
  double amount() const { return static_cast<double>(nanos_) / 1e9; }
  std::string currency() const { return std::string(code_, code_[0] == 0 ? 0 : 3); }
  bool is_zero() const { return nanos_ == 0; }

  Money& operator+=(const Money& o);
  Money& operator-=(const Money& o);
  friend Money operator+(Money a, const Money& b) { return a += b; }
  friend Money operator-(Money a, const Money& b) { return a -= b; }
  /// Scaled, to the nearest nano-unit.
  Money operator*(double factor) const;
  friend bool operator<(const Money& a, const Money& b) { return a.same_currency(b).nanos_ < b.nanos_; }
  friend bool operator==(const Money& a, const Money& b) { return a.same_currency(b).nanos_ == b.nanos_; }

 private:
  const Money& same_currency(const Money& o) const;

  std::int64_t nanos_ = 0;
  char code_[4] = {0, 0, 0, 0};
};

/// Rounded half to even to hundredths: the only rounding on the way out (JSON, tables).
double rounded_to_cents(const Money& m);

/// The same as money: what is really paid.
Money in_whole_cents(const Money& m);

/// To the nearest whole unit, halves away from zero, as people round in tables.
Money in_whole_units(const Money& m);

/// "4,300": whole units with thousands separated, for sentences and tables.
std::string whole_units(const Money& m);

/// `total` split by `weights` (not all zero, none negative) so that the parts add up exactly: largest remainder,
/// ties to the earlier part.
std::vector<Money> split_by_largest_remainder(const Money& total, const std::vector<double>& weights);

}  // namespace rigwise
