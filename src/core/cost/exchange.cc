#include "core/cost/exchange.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/base/text.h"
#include "core/cost/calendar.h"

namespace rigwise {
namespace {

std::string upper(std::string_view text) {
  std::string result(trim(text));
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return result;
}

/// True when `a` is the better rate for `as_of`: not after it before after it, then the nearer one.
bool is_better(const std::string& a, const std::string& b, double as_of) {
  const double ma = month_number(a).value_or(0), mb = month_number(b).value_or(0);
  const bool past_a = ma <= as_of, past_b = mb <= as_of;
  if (past_a != past_b) return past_a;
  return past_a ? ma > mb : ma < mb;
}

}  // namespace

Exchange::Exchange(const std::vector<ExchangeRate>& rates, const std::string& as_of) {
  rates_.push_back({"USD", 1.0, as_of});
  const double month = month_number(as_of).value_or(1e9);
  for (const ExchangeRate& rate : rates) {
    if (rate.per_usd <= 0 || rate.currency.size() != 3 || rate.currency == "USD") continue;
    const auto known =
        std::find_if(rates_.begin(), rates_.end(), [&](const UsedRate& r) { return r.currency == rate.currency; });
    if (known == rates_.end()) {
      rates_.push_back({rate.currency, rate.per_usd, rate.date});
    } else if (is_better(rate.date, known->date, month)) {
      *known = {rate.currency, rate.per_usd, rate.date};
    }
  }
}

Result<std::string> Exchange::currency(std::string_view name) const {
  std::string code = upper(name);
  if (knows(code)) return code;
  std::vector<std::string> codes;
  codes.reserve(rates_.size());
  for (const UsedRate& rate : rates_) codes.push_back(rate.currency);
  std::sort(codes.begin(), codes.end());
  return fail({ErrorCode::not_found, "no exchange rate is known for the currency \"" + std::string(name) + "\"",
               "currency", "one of: " + join(codes, ", "), nearest_names(code, codes)});
}

void Exchange::set_rate(const std::string& currency, double per_usd, const std::string& date) {
  std::erase_if(rates_, [&](const UsedRate& rate) { return rate.currency == currency; });
  rates_.push_back({currency, per_usd, date});
}

const UsedRate* Exchange::find(std::string_view currency) const {
  for (const UsedRate& rate : rates_) {
    if (rate.currency == currency) return &rate;
  }
  return nullptr;
}

const UsedRate& Exchange::rate(std::string_view currency) const {
  const UsedRate* found = find(currency);
  RW_CHECK(found != nullptr);
  return *found;
}

Money Exchange::convert(double amount, std::string_view from, std::string_view to) const {
  return Money(from == to ? amount : amount / rate(from).per_usd * rate(to).per_usd, to);
}

Money Exchange::convert(const Money& m, std::string_view to) const {
  return m.currency() == to ? m : convert(m.amount(), m.currency(), to);
}

}  // namespace rigwise
