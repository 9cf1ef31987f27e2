#include "core/cost/break_even.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/cost/alternatives.h"
#include "core/cost/plans_for_tests.h"

namespace rigwise {
namespace {

CostPlan bill_of(double per_month, const std::string& currency) {
  return plan_of_bill("other", CashKind::api, Money(per_month, currency), {});
}

TEST(BreakEven, OfTheSeedsTeamIsTenMonths) {
  const BreakEven even = break_even(plain_plan(9503, 50, "CAD"), bill_of(1000, "CAD"));
  EXPECT_NEAR(*even.months, 9503.0 / 950, 1e-6) << "S0-27: 10.0 months";
  EXPECT_EQ(*even.month, 11) << "after ten bills 3 CAD are missing";
}

TEST(BreakEven, CountsThePriceOnceWhereTheSeedCountsItTwice) {
  // S3-9 as printed: price / (API - month), a month of 1,186 SEK that holds 40,000 / 36 of depreciation already.
  const double printed_month = 1186;
  EXPECT_NEAR(40000 / (2400 - printed_month), 33, 0.5);
  EXPECT_NEAR(40000 / (4600 - printed_month), 12, 0.5);
  EXPECT_NEAR(40000 / (7300 - printed_month), 7, 0.5);
  // What is really paid every month is the electricity: 1,186 - 40,000 / 36 = 75.
  const CostPlan mac = plain_plan(40000, 75, "SEK");
  EXPECT_NEAR(*break_even(mac, bill_of(4600, "SEK")).months, 8.84, 0.01) << "I-39: 8.8 months";
  EXPECT_NEAR(*break_even(mac, bill_of(2400, "SEK")).months, 17.2, 0.05);
  EXPECT_NEAR(*break_even(mac, bill_of(1200, "SEK")).months, 35.6, 0.05) << "the seed says never";
  EXPECT_NEAR(*break_even(mac, bill_of(7300, "SEK")).months, 5.5, 0.05);
}

TEST(BreakEven, IsNeverWhenRunningCostsAsMuchAsTheOther) {
  const BreakEven even = break_even(plain_plan(1000, 50, "USD"), bill_of(50, "USD"));
  EXPECT_FALSE(even.months);
  EXPECT_NE(even.why_never.find("50.00 USD a month"), std::string::npos) << even.why_never;
}

TEST(BreakEven, IsNeverWhenItTakesMoreThanTenYears) {
  const BreakEven even = break_even(plain_plan(100000, 1, "USD"), bill_of(11, "USD"));
  EXPECT_FALSE(even.months);
  EXPECT_NE(even.why_never.find("10 years"), std::string::npos) << even.why_never;
}

TEST(BreakEven, OfSomethingOwnedIsAtOnce) {
  EXPECT_EQ(*break_even(plain_plan(0, 5, "USD"), bill_of(50, "USD")).months, 0);
}

TEST(BreakEven, HasToLast) {
  // Cheaper for a while, dearer in the end: the other machine is paid later but runs on less.
  CostPlan later = plain_plan(500, 1, "USD");
  later.bought_month = 10;
  EXPECT_FALSE(break_even(plain_plan(100, 20, "USD"), later).months);
}

RC_GTEST_PROP(BreakEvenLaw, EqualBillsGiveThePriceOverTheirDifference, ()) {
  const double price = 1 + any_amount(20000), own = any_amount(200), other = own + 1 + any_amount(2000);
  const std::optional<double> months = break_even(plain_plan(price, own, "EUR"), bill_of(other, "EUR")).months;
  const double exact = price / (other - own);
  if (exact > kBreakEvenMonths + 0.01) {
    RC_ASSERT(!months);
  } else if (exact < kBreakEvenMonths - 0.01) {
    RC_ASSERT(months.has_value());
    RC_ASSERT(std::abs(*months - exact) < 0.05);  // bills are whole cents
  }
}

RC_GTEST_PROP(BreakEvenLaw, ADearerRivalIsNeverBeatenLater, ()) {
  const double price = 1 + any_amount(20000), own = any_amount(200), other = own + any_amount(2000);
  const CostPlan machine = plain_plan(price, own, "EUR");
  const BreakEven cheap = break_even(machine, bill_of(other, "EUR"));
  const BreakEven dear = break_even(machine, bill_of(other * 1.5, "EUR"));
  if (cheap.months) RC_ASSERT(*dear.months <= *cheap.months + 1e-9);
}

ApiOffer qwen(double per_usd) {
  ApiOffer offer;
  offer.name = "Qwen3-32B";
  offer.input = Money(0.10 * per_usd, "SEK");
  offer.output = Money(0.30 * per_usd, "SEK");
  return offer;
}

TEST(Alternatives, AnApiIsBilledByTheMonthAsInTheSeed) {
  const TokenVolume volume{0.3 * 1.9e9, 0.7 * 1.9e9, 0};
  EXPECT_NEAR(monthly_bill(qwen(10.09), volume).amount(), 4601, 1) << "S3-9, at its own implied rate (I-40)";
}

TEST(Alternatives, CachedInputIsBilledAtItsPriceWhereThereIsOne) {
  ApiOffer offer = qwen(10);
  const TokenVolume volume{1e6, 0, 0.9};
  EXPECT_EQ(monthly_bill(offer, volume), Money(1, "SEK")) << "no cached price: the full one";
  offer.cached = Money(0.1, "SEK");
  EXPECT_EQ(monthly_bill(offer, volume), Money(0.1 * 1 + 0.9 * 0.1, "SEK"));
}

TEST(Alternatives, AHybridPaysTheMachineTheRestAndWhatIsKept) {
  CostPlan machine = plain_plan(1000, 0, "USD");
  machine.electricity_per_month.reset();
  machine.per_kwh = Money(1, "USD");
  machine.load_w = 1000;
  machine.hours = {730.5, 100};
  const MonthlyBill rest{"API", CashKind::api, Money(20, "USD")}, seat{"seat", CashKind::subscription, Money(5, "USD")};
  const CashFlow flow = cash_flow(hybrid_plan(machine, 100, 0.4, rest, {seat}), 10);
  EXPECT_EQ(flow.total_of(CashKind::electricity), Money(400, "USD"));
  EXPECT_EQ(flow.total(), Money(1000 + 400 + 200 + 50, "USD"));
}

TEST(Alternatives, WaitingPaysTheOtherUntilThenAndTheNewPriceAfter) {
  const CostPlan machine = plain_plan(1000, 10, "USD");
  const CostPlan meanwhile = bill_of(100, "USD");
  const CashFlow flow = cash_flow(waiting_plan(machine, 6, 0.8, &meanwhile), 12);
  EXPECT_EQ(flow.total_of(CashKind::api), Money(600, "USD"));
  EXPECT_EQ(flow.total_of(CashKind::purchase), Money(800, "USD"));
  EXPECT_EQ(flow.total_of(CashKind::electricity), Money(60, "USD"));
  EXPECT_TRUE(flow.cumulative()[5] == Money(500, "USD"));
}

}  // namespace
}  // namespace rigwise
