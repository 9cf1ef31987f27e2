#include "core/base/decimal.h"

#include <cmath>
#include <cstdint>
#include <cstring>

#include "core/base/check.h"

namespace rigwise {
namespace {

/// An unsigned integer of up to 1,280 bits: enough for any double scaled to an integer (2^1074 and 10^17 headroom).
class BigUint {
 public:
  explicit BigUint(std::uint64_t value) {
    limbs_[0] = static_cast<std::uint32_t>(value);
    limbs_[1] = static_cast<std::uint32_t>(value >> 32);
    used_ = 2;
    trim();
  }

  void multiply(std::uint32_t factor) {
    std::uint64_t carry = 0;
    for (int i = 0; i < used_; ++i) {
      carry += std::uint64_t{limbs_[i]} * factor;
      limbs_[i] = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
    if (carry != 0) push(static_cast<std::uint32_t>(carry));
  }

  void multiply_pow10(int exponent) {
    for (; exponent >= 9; exponent -= 9) multiply(1000000000u);
    for (; exponent > 0; --exponent) multiply(10u);
  }

  void shift_left(int bits) {
    for (; bits >= 31; bits -= 31) multiply(1u << 31);
    if (bits > 0) multiply(1u << bits);
  }

  void add(const BigUint& other) {
    std::uint64_t carry = 0;
    for (int i = 0; i < used_ || i < other.used_ || carry != 0; ++i) {
      if (i == used_) push(0);
      carry += std::uint64_t{limbs_[i]} + (i < other.used_ ? other.limbs_[i] : 0u);
      limbs_[i] = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
  }

  /// Requires *this >= other.
  void subtract(const BigUint& other) {
    std::int64_t borrow = 0;
    for (int i = 0; i < used_; ++i) {
      std::int64_t d = std::int64_t{limbs_[i]} - (i < other.used_ ? other.limbs_[i] : 0u) + borrow;
      borrow = d < 0 ? -1 : 0;
      limbs_[i] = static_cast<std::uint32_t>(d);
    }
    trim();
  }

  int compare(const BigUint& other) const {
    if (used_ != other.used_) return used_ < other.used_ ? -1 : 1;
    for (int i = used_ - 1; i >= 0; --i)
      if (limbs_[i] != other.limbs_[i]) return limbs_[i] < other.limbs_[i] ? -1 : 1;
    return 0;
  }

 private:
  static constexpr int kLimbs = 40;

  void push(std::uint32_t limb) {
    RW_CHECK(used_ < kLimbs);
    limbs_[used_++] = limb;
  }
  void trim() {
    while (used_ > 0 && limbs_[used_ - 1] == 0) --used_;
  }

  std::uint32_t limbs_[kLimbs] = {};
  int used_ = 0;
};

int compare_sum(const BigUint& a, const BigUint& b, const BigUint& c) {
  BigUint sum = a;
  sum.add(b);
  return sum.compare(c);
}

void strip_zeros(Decimal& d) {
  while (d.count > 0 && d.digits[d.count - 1] == '0') --d.count;
  if (d.count == 0) d.point = 0;
}

/// Values that a decimal of at most 15 digits names: such a decimal is the only one, so it is the shortest.
bool short_decimal(double magnitude, Decimal& out) {
  double scale = 1;  // powers of ten to 10^22 are exact doubles
  for (int k = 0; k <= 22; ++k, scale *= 10) {
    double scaled = magnitude * scale;
    if (scaled >= 1e15) return false;
    double whole = std::nearbyint(scaled);
    if (whole < 1 || whole / scale != magnitude) continue;
    auto n = static_cast<std::uint64_t>(whole);
    char reversed[20];
    int length = 0;
    for (; n > 0; n /= 10) reversed[length++] = static_cast<char>('0' + n % 10);
    for (int i = 0; i < length; ++i) out.digits[i] = reversed[length - 1 - i];
    out.count = length;
    out.point = length - k;
    strip_zeros(out);
    return true;
  }
  return false;
}

/// Steele and White's exact digit generation, with Burger and Dybvig's interval: value = r / s, half the gap to the
/// neighbours is low / s and high / s. Digits come until the rest lies within the gap.
void exact_decimal(double magnitude, Decimal& out) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, &magnitude, sizeof bits);
  const int biased = static_cast<int>(bits >> 52);
  const std::uint64_t fraction = bits & ((std::uint64_t{1} << 52) - 1);
  const std::uint64_t mantissa = biased == 0 ? fraction : fraction | (std::uint64_t{1} << 52);
  const int exponent = (biased == 0 ? 1 : biased) - 1075;
  const bool even = mantissa % 2 == 0;                    // the ends of the interval then read back as this double too
  const bool narrow_below = fraction == 0 && biased > 1;  // a power of two: the gap below is half the gap above

  BigUint r(mantissa), s(1), low(1), high(1);
  const int extra = narrow_below ? 2 : 1;
  r.shift_left(extra + (exponent > 0 ? exponent : 0));
  s.shift_left(extra + (exponent < 0 ? -exponent : 0));
  if (exponent > 0) low.shift_left(exponent);
  high.shift_left((exponent > 0 ? exponent : 0) + (narrow_below ? 1 : 0));

  int point = static_cast<int>(std::ceil(std::log10(magnitude) - 1e-10));
  if (point > 0) {
    s.multiply_pow10(point);
  } else {
    r.multiply_pow10(-point);
    low.multiply_pow10(-point);
    high.multiply_pow10(-point);
  }
  const int fits = compare_sum(r, high, s);  // the estimate may be one too small
  if (even ? fits >= 0 : fits > 0) {
    ++point;
  } else {
    r.multiply(10);
    low.multiply(10);
    high.multiply(10);
  }

  out.point = point;
  for (;;) {
    char digit = '0';
    while (r.compare(s) >= 0) {
      r.subtract(s);
      ++digit;
    }
    const int below = r.compare(low);
    const int above = compare_sum(r, high, s);
    const bool low_ok = even ? below <= 0 : below < 0;
    const bool high_ok = even ? above >= 0 : above > 0;
    if (low_ok || high_ok) {
      const int against_half = compare_sum(r, r, s);
      const bool nearer_above = against_half > 0 || (against_half == 0 && (digit - '0') % 2 == 1);
      if (high_ok && (!low_ok || nearer_above)) ++digit;
      out.digits[out.count++] = digit;
      break;
    }
    RW_CHECK(out.count < 17);
    out.digits[out.count++] = digit;
    r.multiply(10);
    low.multiply(10);
    high.multiply(10);
  }
  strip_zeros(out);
}

}  // namespace

void Decimal::round_to(int keep) {
  if (keep >= count) return;
  if (keep < 0) {
    count = 0;
    point = 0;
    return;
  }
  const char first_dropped = digits[keep];
  const bool tie = first_dropped == '5' && keep + 1 == count;
  const bool odd = keep > 0 && (digits[keep - 1] - '0') % 2 == 1;
  bool up = tie ? odd : first_dropped >= '5';
  count = keep;
  while (up && count > 0) {
    if (digits[count - 1] != '9') {
      ++digits[count - 1];
      up = false;
    } else {
      --count;
    }
  }
  if (up) {
    digits[0] = '1';
    count = 1;
    ++point;
  }
  strip_zeros(*this);
}

Decimal shortest_decimal(double finite_value) {
  Decimal out;
  out.negative = std::signbit(finite_value);
  const double magnitude = std::fabs(finite_value);
  if (magnitude == 0) return out;
  if (!short_decimal(magnitude, out)) exact_decimal(magnitude, out);
  return out;
}

}  // namespace rigwise
