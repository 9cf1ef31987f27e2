#include "core/cost/money.h"

#include <gtest/gtest.h>

#include "core/cost/calendar.h"
#include "core/cost/exchange.h"

namespace rigwise {
namespace {

TEST(Money, AddsTenTimesTenCentsToExactlyOneUnit) {
  Money sum(0, "USD");
  for (int i = 0; i < 10; ++i) sum += Money(0.1, "USD");
  EXPECT_EQ(sum.nanos(), 1'000'000'000);
}

TEST(Money, RoundsHalfCentsToTheEvenCent) {
  EXPECT_DOUBLE_EQ(rounded_to_cents(Money(0.125, "USD")), 0.12);
  EXPECT_DOUBLE_EQ(rounded_to_cents(Money(0.135, "USD")), 0.14);
  EXPECT_DOUBLE_EQ(rounded_to_cents(Money(-0.125, "USD")), -0.12);
  EXPECT_DOUBLE_EQ(rounded_to_cents(Money(-0.126, "USD")), -0.13);
}

TEST(Money, StaysAtItsLimitInsteadOfWrappingAround) {
  Money much(9.1e9, "USD");
  much += Money(9.1e9, "USD");
  EXPECT_GT(much.amount(), 9.2e9);
  EXPECT_LT((Money(0, "USD") - much - much).amount(), -9.2e9);
}

TEST(Money, SharesAddUpToTheTotal) {
  const std::vector<Money> shares = split_by_largest_remainder(Money(100, "CHF"), {1, 1, 1});
  EXPECT_EQ(shares[0].nanos(), 33'333'333'334);
  EXPECT_EQ((shares[0] + shares[1] + shares[2]).nanos(), 100'000'000'000);
}

TEST(Money, SharesOfAHugeTotalStillAddUp) {
  const Money total = Money::from_nanos(9'007'199'254'740'993'123, "USD");
  Money sum(0, "USD");
  for (const Money& share : split_by_largest_remainder(total, {3, 1, 1, 2})) sum += share;
  EXPECT_EQ(sum.nanos(), total.nanos());
}

TEST(Money, PrintsWholeUnitsWithThousandsApart) {
  EXPECT_EQ(whole_units(Money(1234567.4, "SEK")), "1,234,567");
  EXPECT_EQ(whole_units(Money(-12345, "SEK")), "-12,345");
  EXPECT_EQ(whole_units(Money(999, "SEK")), "999");
}

TEST(Calendar, TakesTheMiddleOfAMonthWithoutADay) {
  EXPECT_NEAR(*months_between("2026-01", "2026-11"), 10.0, 1e-12);
  EXPECT_NEAR(*months_between("2026-04-01", "2026-05-01"), 1.0, 1e-12);
  EXPECT_EQ(*months_between("2026-05", "2026-04"), 0.0);
  EXPECT_FALSE(month_number("April 2026").has_value());
  EXPECT_FALSE(month_number("2026-13").has_value());
  EXPECT_FALSE(month_number("2026-4").has_value());
}

ExchangeRate rate(const char* date, const char* currency, double per_usd) {
  ExchangeRate r;
  r.date = date;
  r.currency = currency;
  r.per_usd = per_usd;
  return r;
}

TEST(Exchange, UsesTheNewestRateNotAfterTheDate) {
  const std::vector<ExchangeRate> rates = {rate("2026-01", "CHF", 0.9), rate("2026-04", "CHF", 0.8),
                                           rate("2026-09", "CHF", 0.7)};
  EXPECT_NEAR(Exchange(rates, "2026-05-01").convert(100, "USD", "CHF").amount(), 80, 1e-9);
  EXPECT_NEAR(Exchange(rates, "2026-11-21").convert(100, "USD", "CHF").amount(), 70, 1e-9);
  EXPECT_NEAR(Exchange(rates, "2025-01-01").convert(100, "USD", "CHF").amount(), 90, 1e-9);
}

TEST(Exchange, ConvertsBetweenTwoForeignCurrenciesThroughTheDollar) {
  const Exchange exchange({rate("2026-04", "CAD", 1.4), rate("2026-04", "SEK", 10.5)}, "2026-11-21");
  EXPECT_NEAR(exchange.convert(Money(1400, "CAD"), "SEK").amount(), 10500, 1e-6);
}

TEST(Exchange, NamesTheKnownCurrenciesWhenItMeetsAnUnknownOne) {
  const Exchange exchange({rate("2026-04", "CAD", 1.4)}, "2026-11-21");
  const Result<std::string> answer = exchange.currency("Doubloons");
  ASSERT_FALSE(answer.has_value());
  EXPECT_NE(answer.error().message.find("Doubloons"), std::string::npos);
  EXPECT_NE(answer.error().try_this.find("CAD, USD"), std::string::npos);
  EXPECT_EQ(*exchange.currency("cad"), "CAD");
}

}  // namespace
}  // namespace rigwise
